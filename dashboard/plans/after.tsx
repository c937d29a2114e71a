import type { PlanDetail } from "../../app/api/contract.ts";
import { useDraftFrom } from "../api/change-plan.ts";
import { ErrorBlock, StateBlock } from "../ui/state-block.tsx";
import { useOpenDraft } from "./open-draft.ts";
import { UndoBox } from "./undo-box.tsx";

/** What is left to do with a plan that is over: draft it again, or draft its undo. */
export function After(props: { detail: PlanDetail }) {
  const { detail } = props;
  const { plan, can } = detail;
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
                Draft again from the latest reads
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
      {written && plan.undoes === null && <UndoBox detail={detail} />}
      {!outdated && can.redraft && (
        <button
          type="button"
          className="btn"
          disabled={again.isPending}
          onClick={() => again.mutate(undefined, { onSuccess: open })}
        >
          Draft again from the latest reads
        </button>
      )}
      {again.isError && <ErrorBlock error={again.error} what="It could not be drafted" />}
    </div>
  );
}
