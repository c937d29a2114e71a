import { Link, useParams } from "@tanstack/react-router";
import type { PlanDetail } from "../../app/api/contract.ts";
import { ApiError } from "../api/client.ts";
import { usePlan } from "../api/get-plan.ts";
import { moveFocus, useKeys } from "../shell/keys.ts";
import { NotFound } from "../shell/not-found.tsx";
import { usePageTitle } from "../shell/page-title.ts";
import { useClock } from "../ui/clock.tsx";
import { count, plural } from "../ui/format.ts";
import { incidentName, isOver, isRunning, planName } from "../ui/labels.ts";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { Verdict } from "../ui/verdict.tsx";
import { Aside } from "./aside.tsx";
import { ChangeGroups } from "./change-groups.tsx";
import { Ledger, NotApplied } from "./ledger.tsx";
import { Replaces } from "./replaces.tsx";
import { Stepper } from "./stepper.tsx";
import { UndoSection } from "./undo-box.tsx";
import { OPS, planVerdict, shortVerb } from "./words.ts";
import "./plans.css";
import "./plans-narrow.css";

/** What exactly will change, is it safe, what happened? */
export function PlanPage() {
  const { id } = useParams({ from: "/plans/$id" });
  const number = Number(id);
  const plan = usePlan(number);
  usePageTitle(planName(number));
  useKeys({ n: () => moveFocus("[data-group]", 1), p: () => moveFocus("[data-group]", -1) });
  if (!Number.isInteger(number) || (plan.error instanceof ApiError && plan.error.status === 404))
    return <NotFound />;
  if (plan.isError && !plan.data)
    return (
      <ErrorBlock
        page
        error={plan.error}
        what="This plan could not be loaded"
        retry={() => void plan.refetch()}
      />
    );
  if (!plan.data) return <Skeleton what="Reading the plan" aside />;
  const detail = plan.data;
  const started = detail.startedAt !== null || isRunning(detail.plan.state) || detail.plan.state === "done";
  return (
    <>
      <Head detail={detail} />
      <div className="two plan-two">
        <div className="stack">
          {started && <Ledger detail={detail} />}
          {started && <NotApplied rows={detail.notApplied} groups={detail.groups} />}
          <UndoSection detail={detail} />
          <Section
            title="Changes"
            note={detail.place.where === "destination" ? "in the order they are made" : undefined}
            end={
              <a href={`/api/v1/plans/${number}/changes.csv`} download>
                All {plural(detail.plan.changes + leftOutOf(detail), "row")} as CSV
              </a>
            }
          >
            {detail.place.where !== "destination" && !isOver(detail.plan.state) && (
              <p className="place marked">
                <Mark name="look" silent />{" "}
                <span>
                  <strong>
                    {detail.place.where === "resync"
                      ? "A resync in the sync tool is the better place."
                      : "The rule is the better place."}
                  </strong>{" "}
                  {detail.place.because}
                </span>
              </p>
            )}
            <ChangeGroups detail={detail} />
          </Section>
        </div>
        <Aside key={detail.plan.id} detail={detail} />
      </div>
    </>
  );
}

const leftOutOf = (detail: PlanDetail): number =>
  detail.groups.reduce((sum, g) => sum + g.leftOut.reduce((n, l) => n + l.count, 0), 0);

function Head(props: { detail: PlanDetail }) {
  const { detail } = props;
  const { plan } = detail;
  const clock = useClock();
  const left = leftOutOf(detail);
  return (
    <header className="plan-head">
      <div className="plan-top">
        <p className="crumbs">
          <Link to="/plans">Plans</Link> / {planName(plan.id)}
          {plan.incidentId !== null && (
            <span>
              for{" "}
              <Link to="/incidents/$id" params={{ id: String(plan.incidentId) }}>
                {incidentName(plan.incidentId)}
              </Link>
            </span>
          )}
          {plan.undoes !== null && (
            <span>
              undoes{" "}
              <Link to="/plans/$id" params={{ id: String(plan.undoes) }}>
                {planName(plan.undoes)}
              </Link>
            </span>
          )}
          <span className="soft anyname">
            drafted {clock.when(plan.createdAt)} by {plan.author}
          </span>
        </p>
        <Stepper state={plan.state} started={detail.startedAt !== null} />
      </div>
      <Verdict parts={planVerdict(detail)} size="head" />
      <Replaces replaces={detail.replaces} />
      <p className="ops">
        {OPS.filter((op) => plan.ops[op] > 0).map((op) => (
          <span key={op}>
            <Mark name={op} silent size={11} /> <strong>{count(plan.ops[op])}</strong> {shortVerb[op]}
          </span>
        ))}
        {left > 0 && (
          <span className="soft">
            <Mark name="left_out" silent size={11} /> {count(left)} left out
          </span>
        )}
        <span className="muted ops-end">
          {detail.basedOn.length > 0 && (
            <>Based on reads of {clock.when(detail.basedOn.map((b) => b.asOf).sort()[0] ?? "")}. </>
          )}
          Content{" "}
          <code>
            {detail.hash.slice(0, 4)} {detail.hash.slice(4, 8)}
          </code>
        </span>
      </p>
    </header>
  );
}
