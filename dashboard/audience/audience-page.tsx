import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { AudienceDetail } from "../../app/api/contract.ts";
import { ApiError } from "../api/client.ts";
import { useAudience } from "../api/get-audience.ts";
import type { AudienceTab } from "../router.tsx";
import { NotFound } from "../shell/not-found.tsx";
import { usePageTitle } from "../shell/page-title.ts";
import { cadenceWords } from "../ui/cadence.ts";
import { useClock } from "../ui/clock.tsx";
import { EXACT } from "../ui/exact.ts";
import { incidentName, purposeWord } from "../ui/labels.ts";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { Verdict } from "../ui/verdict.tsx";
import { Checks } from "./checks.tsx";
import { Definition } from "./definition.tsx";
import { History } from "./history.tsx";
import { Summary } from "./summary.tsx";
import { Trend } from "./trend.tsx";
import "./audience.css";
import "./audience-narrow.css";
import "./checks.css";
import "./rules.css";

const TABS: readonly (readonly [AudienceTab, string])[] = [
  ["summary", "Summary"],
  ["trend", "Trend"],
  ["checks", "Checks"],
  ["definition", "Definition"],
  ["history", "Incidents"],
];

/** How did it move, and where do its copies differ? */
export function AudiencePage() {
  const { id } = useParams({ from: "/audiences/$id" });
  const search = useSearch({ from: "/audiences/$id" });
  const audience = useAudience(id, search.days ?? 28);
  usePageTitle(audience.data?.title ?? "Audience");
  if (audience.error instanceof ApiError && audience.error.status === 404) return <NotFound />;
  if (audience.isError && !audience.data)
    return (
      <ErrorBlock
        page
        error={audience.error}
        what="This audience could not be loaded"
        retry={() => void audience.refetch()}
      />
    );
  if (!audience.data) return <Skeleton what="Comparing the copies of this audience" />;
  const tab = search.tab ?? "summary";
  return (
    <>
      <Head audience={audience.data} />
      <nav className="tabs" aria-label="Parts of this audience">
        {TABS.map(([name, title]) => (
          <Link
            key={name}
            to="/audiences/$id"
            params={{ id }}
            search={name === "summary" ? {} : { tab: name }}
            activeOptions={EXACT}
            aria-current={tab === name ? "true" : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      <div className="tab-body">
        {tab === "summary" && <Summary audience={audience.data} system={search.system} />}
        {tab === "trend" && (
          <Trend audience={audience.data} days={search.days ?? 28} system={search.system} />
        )}
        {tab === "checks" && <Checks audience={audience.data.id} />}
        {tab === "definition" && <Definition audience={audience.data} />}
        {tab === "history" && <History audience={audience.data} />}
      </div>
    </>
  );
}

function Head(props: { audience: AudienceDetail }) {
  const { audience } = props;
  const clock = useClock();
  const owner = audience.systems.find((s) => s.id === audience.owner)?.title ?? audience.owner;
  const open = audience.incidents.find((i) => i.state !== "resolved");
  return (
    <header className="au-head">
      <div>
        <p className="crumbs">
          <Link to="/audiences">Audiences</Link> / <code className="anyname">{audience.id}</code>
        </p>
        <Verdict parts={audience.verdict} size="head" />
        <p className="facts">
          <span>Purpose: {purposeWord(audience.purpose)}</span>
          <span className="anyname">Owner: {owner}</span>
          <span>Matched by: {audience.identity.replace("_", " ")}</span>
          <span>Allowed delay: {audience.latencyBudgetHours} h</span>
          <span>Read {cadenceWords(audience.cadence)}</span>
          <span>
            Next send:{" "}
            {audience.nextSend ? (
              <strong className="anyname">
                {clock.when(audience.nextSend.at)}, “{audience.nextSend.name}”
              </strong>
            ) : (
              "not known"
            )}
          </span>
        </p>
      </div>
      {open && (
        <Link to="/incidents/$id" params={{ id: String(open.id) }} className="btn btn-primary">
          Open {incidentName(open.id)}
        </Link>
      )}
    </header>
  );
}
