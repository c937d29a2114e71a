import type { PlanDetail } from "../../app/api/contract.ts";
import { useDraftFrom } from "../api/change-plan.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { planName } from "../ui/labels.ts";
import { ErrorBlock, StateBlock } from "../ui/state-block.tsx";
import { useOpenDraft } from "./open-draft.ts";

/** What is left to do with a plan that is over: draft it again, or draft its undo. */
export function After(props: { detail: PlanDetail }) {
  const { detail } = props;
  const { plan, can } = detail;
  const clock = useClock();
  const undo = useDraftFrom(plan.id, "undo");
  const again = useDraftFrom(plan.id, "redraft");
  const open = useOpenDraft();
  const written = detail.counts.applied > 0;
  const outdated = plan.state === "stale" || plan.state === "expired" || plan.state === "refused";
  return (
    <div className="stack">
      {outdated && (
        <StateBlock
          tone="look"
          mark="look"
          title={
            plan.state === "stale"
              ? "Out of date"
              : plan.state === "expired"
                ? "Expired"
                : "Refused by a safeguard"
          }
          actions={
            can.redraft && (
              <button
                type="button"
                className="btn btn-primary"
                disabled={again.isPending}
                onClick={() => again.mutate(undefined, { onSuccess: open })}
              >
                Draft again from fresh reads
              </button>
            )
          }
        >
          <p>
            Nothing was written. {plan.because && <span className="anyname">{plan.because}. </span>}Approvals
            of the old content are void.
          </p>
        </StateBlock>
      )}
      {written && (
        <section className="framed confirm" aria-label="Undo">
          <h2>Undo</h2>
          <p className="soft">
            {undoWords(detail)}
            {detail.undoUntil && can.undo && <> Possible until {clock.when(detail.undoUntil)}.</>}
          </p>
          {detail.undonePlan !== null && <p>Undone by {planName(detail.undonePlan)}.</p>}
          {detail.undonePlan === null && can.undo && (
            <button
              type="button"
              className="btn btn-wide"
              disabled={undo.isPending}
              onClick={() => undo.mutate(undefined, { onSuccess: open })}
            >
              Draft the undo of {planName(plan.id)}
            </button>
          )}
          {detail.undonePlan === null && !can.undo && plan.ops.suppress < plan.changes && (
            <p className="muted small">Not possible now: its time is over, or you may not draft plans.</p>
          )}
        </section>
      )}
      {!outdated && can.redraft && (
        <button
          type="button"
          className="btn"
          disabled={again.isPending}
          onClick={() => again.mutate(undefined, { onSuccess: open })}
        >
          Draft again from fresh reads
        </button>
      )}
      {(undo.isError || again.isError) && (
        <ErrorBlock error={undo.error ?? again.error} what="It could not be drafted" />
      )}
    </div>
  );
}

function undoWords(detail: PlanDetail): string {
  const { suppress } = detail.plan.ops;
  const only = suppress === detail.plan.changes;
  if (only) return "Suppressions are one-way here; there is nothing that Plumbline would undo.";
  return `An undo is a new plan under the same safeguards; it changes nothing before it is approved.${suppress > 0 ? ` The ${count(suppress)} suppressed stay suppressed.` : ""}`;
}
