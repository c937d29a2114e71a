import type { PlanDetail } from "../../app/api/contract.ts";
import { useDraftFrom, useDraftSuppressions } from "../api/change-plan.ts";
import { count, list, plural } from "../ui/format.ts";
import { ErrorBlock } from "../ui/state-block.tsx";
import { useOpenDraft } from "./open-draft.ts";
import { Override } from "./override.tsx";

/** A failing safeguard is the loudest thing here; it offers the smaller plan that passes. */
export function CannotRun(props: { detail: PlanDetail }) {
  const { detail } = props;
  const fails = detail.safeguards.filter((s) => s.verdict === "fail");
  const suppress = detail.groups.flatMap((g) =>
    g.verbs.filter((v) => v.op === "suppress").map((v) => ({ system: g.systemTitle, count: v.count })),
  );
  const total = suppress.reduce((sum, s) => sum + s.count, 0);
  const draft = useDraftSuppressions(detail.plan);
  const again = useDraftFrom(detail.plan.id, "redraft");
  const open = useOpenDraft();
  return (
    <section className="framed confirm" aria-label="This plan can’t run">
      <h2>This plan can’t run as it stands</h2>
      <p className="soft anyname">{fails.map((f) => `${f.title}: ${f.because}.`).join(" ")}</p>
      <button
        type="button"
        className="btn btn-wide"
        disabled
      >{`Apply ${plural(detail.plan.changes, "change")} to ${list(detail.groups.map((g) => g.systemTitle))}`}</button>
      {detail.can.suppressOnly && total > 0 && (
        <>
          <button
            type="button"
            className="btn btn-primary btn-wide"
            disabled={draft.isPending}
            onClick={() => draft.mutate(undefined, { onSuccess: open })}
          >
            Suppress only the {count(total)} in {list(suppress.map((s) => s.system))}
          </button>
          <p className="muted small">
            This drafts a smaller plan that the removal limits do not hold back. You review it first.
          </p>
        </>
      )}
      {detail.can.override && <Override detail={detail} />}
      {detail.can.redraft && (
        <button
          type="button"
          className="btn btn-wide"
          disabled={again.isPending}
          onClick={() => again.mutate(undefined, { onSuccess: open })}
        >
          Draft again from the latest reads
        </button>
      )}
      {(draft.isError || again.isError) && (
        <ErrorBlock error={draft.error ?? again.error} what="The other plan could not be drafted" />
      )}
    </section>
  );
}
