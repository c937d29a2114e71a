import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { IncidentDetail } from "../../app/api/contract.ts";
import { useDraftRepair } from "../api/change-incident.ts";
import { ApiError } from "../api/client.ts";
import { useIncident } from "../api/get-incident.ts";
import { NotFound } from "../shell/not-found.tsx";
import { usePageTitle } from "../shell/page-title.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { incidentMark, incidentName, incidentState, severityWord } from "../ui/labels.ts";
import { LazySizeChart } from "../ui/lazy-chart.tsx";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { Activity } from "./activity.tsx";
import { Affected } from "./affected.tsx";
import { Cause } from "./cause.tsx";
import { Evidence } from "./evidence.tsx";
import { WhatToDo } from "./what-to-do.tsx";
import "./incidents.css";

/** What is wrong, how sure, why, what now? */
export function IncidentPage() {
  const { id } = useParams({ from: "/incidents/$id" });
  const number = Number(id);
  const incident = useIncident(number);
  usePageTitle(incident.data ? `${incidentName(number)} ${incident.data.incident.title}` : "Incident");
  if (!Number.isInteger(number) || (incident.error instanceof ApiError && incident.error.status === 404))
    return <NotFound />;
  if (incident.isError && !incident.data)
    return (
      <ErrorBlock
        page
        error={incident.error}
        what="This incident could not be loaded"
        retry={() => void incident.refetch()}
      />
    );
  if (!incident.data) return <Skeleton what="Collecting the evidence" aside />;
  return <Loaded detail={incident.data} />;
}

function Loaded(props: { detail: IncidentDetail }) {
  const { detail } = props;
  const { incident } = detail;
  const navigate = useNavigate();
  const draft = useDraftRepair(incident.id);
  const onDraft = () =>
    draft.mutate(undefined, {
      onSuccess: (made) => made && void navigate({ to: "/plans/$id", params: { id: String(made.planId) } }),
    });
  return (
    <div className="two incident">
      <div className="stack">
        <Head detail={detail} />
        <Happened detail={detail} />
        <Cause detail={detail} />
        <Evidence detail={detail} />
      </div>
      <div className="stack">
        <WhatToDo detail={detail} draft={onDraft} drafting={draft.isPending} />
        {draft.isError && (
          <ErrorBlock error={draft.error} what="The repair could not be drafted" retry={onDraft} />
        )}
        <Affected affected={detail.affected} />
        <Activity detail={detail} />
      </div>
    </div>
  );
}

function Head(props: { detail: IncidentDetail }) {
  const { incident, means, cause } = props.detail;
  const clock = useClock();
  const tone = incident.state === "resolved" ? "ok" : incident.cantTell ? "quiet" : incident.severity;
  return (
    <header className="inc-head">
      <p className="crumbs">
        <Link to="/incidents">Incidents</Link> / {incidentName(incident.id)}
        <span className={`tag tag-${tone}`}>
          <Mark name={incidentMark(incident)} silent size={10} />{" "}
          {incident.state === "resolved"
            ? incident.markedFalse
              ? "Not a problem"
              : "Resolved"
            : incident.cantTell
              ? "Can’t tell"
              : `${severityWord(incident.severity)}, ${incidentState(incident)}`}
        </span>
        <span className="soft">
          {incident.state === "resolved" && incident.resolvedAt
            ? `resolved ${clock.when(incident.resolvedAt)}`
            : `opened ${clock.when(incident.openedAt)}`}
          {incident.state === "snoozed" &&
            incident.snoozedUntil &&
            `, snoozed until ${clock.when(incident.snoozedUntil)}`}
          , {incident.owner ? <span className="anyname">{incident.owner} is on it</span> : "nobody owns it"}
        </span>
      </p>
      <h1 className="head anyname">
        <strong>{incident.title.replace(/\.$/, "")}.</strong> {incident.moved}
      </h1>
      <p className="lead">
        <strong className="anyname">{means}</strong>{" "}
        {cause.text && (
          <span className="anyname">
            {cause.certainty === "confirmed"
              ? "Cause"
              : cause.certainty === "likely"
                ? "Likely cause"
                : "Possible cause"}
            : {cause.text}
          </span>
        )}
      </p>
    </header>
  );
}

function Happened(props: { detail: IncidentDetail }) {
  const { detail } = props;
  const { incident } = detail;
  if (detail.line.length === 0) return null;
  return (
    <Section
      title="What happened"
      note={`people in ${incident.systemTitle}, each dot a read; shaded: normal range`}
      end={
        detail.observed !== null && (
          <span className="happened-now">
            <strong className={incident.state === "resolved" ? "" : `t-${incident.severity}`}>
              {count(detail.observed)}
            </strong>{" "}
            {detail.expected && (
              <span className="muted small">
                normal {count(Math.round(detail.expected.low))} to {count(Math.round(detail.expected.high))}
              </span>
            )}
          </span>
        )
      }
    >
      <LazySizeChart
        title={incident.systemTitle}
        points={detail.line}
        mark={incident.state === "resolved" ? "fine" : incident.cantTell ? "cant_tell" : incident.severity}
        changes={detail.changes}
        height={240}
        large
      />
    </Section>
  );
}
