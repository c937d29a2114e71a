import type { PlanDetail } from "../../app/api/contract.ts";
import { useStopPlan } from "../api/change-plan.ts";
import { useStatus } from "../api/get-status.ts";
import { useClock } from "../ui/clock.tsx";
import { people } from "../ui/format.ts";
import { isOver, isRunning, planName } from "../ui/labels.ts";
import { Section } from "../ui/section.tsx";
import { ErrorBlock } from "../ui/state-block.tsx";
import { After } from "./after.tsx";
import { Approvals } from "./approvals.tsx";
import { CannotRun } from "./cannot-run.tsx";
import { Confirm } from "./confirm.tsx";
import { Review } from "./review.tsx";
import { Safeguards } from "./safeguards.tsx";

/** The side of the page that acts: safeguards and confirmation before, Stop while, undo after. */
export function Aside(props: { detail: PlanDetail }) {
  const { detail } = props;
  const { plan } = detail;
  const status = useStatus().data;
  const clock = useClock();
  const failing = detail.safeguards.some((s) => s.verdict === "fail");
  if (isRunning(plan.state))
    return (
      <div className="stack">
        <Running detail={detail} />
        <Safeguards safeguards={detail.safeguards} />
      </div>
    );
  // Refused before it began: the page still has to say why, and what would pass.
  const refused = plan.state === "refused" && detail.startedAt === null && failing;
  if (isOver(plan.state) && !refused)
    return (
      <div className="stack">
        <After detail={detail} />
        <Review detail={detail} />
        <Safeguards safeguards={detail.safeguards} />
        <Approvals detail={detail} status={status} />
      </div>
    );
  return (
    <div className="stack">
      <Safeguards safeguards={detail.safeguards} />
      <Approvals detail={detail} status={status} />
      {failing ? <CannotRun detail={detail} /> : <Confirm detail={detail} status={status} />}
      {!refused && (
        <p className="muted small">
          Expires {clock.when(plan.expiresAt)}, {clock.ago(plan.expiresAt)}. Any edit voids approvals.
        </p>
      )}
    </div>
  );
}

function Running(props: { detail: PlanDetail }) {
  const { detail } = props;
  const { plan } = detail;
  const stop = useStopPlan(plan.id);
  const asked = detail.stopRequestedBy !== null;
  return (
    <Section title="If you stop now">
      <div className="stack" style={{ gap: 12 }}>
        <p className="soft">
          What is done stays done and is read back. {people(detail.counts.waiting)} stay as they are; draft a
          new plan for them.
        </p>
        <button
          type="button"
          className="btn btn-stop btn-wide"
          disabled={!detail.can.stop || asked || stop.isPending}
          onClick={() => stop.mutate()}
        >
          <span className="stop-sign" />{" "}
          {asked ? `${detail.stopRequestedBy} asked to stop` : `Stop ${planName(plan.id)}`}
        </button>
        {stop.isError && (
          <ErrorBlock error={stop.error} what="Stop did not reach the server" retry={() => stop.mutate()} />
        )}
      </div>
    </Section>
  );
}
