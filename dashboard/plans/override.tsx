import { useId, useState } from "react";
import type { PlanDetail } from "../../app/api/contract.ts";
import { useOverride } from "../api/change-plan.ts";
import { ErrorBlock } from "../ui/state-block.tsx";

const SHORTEST = 10;

/** For an admin who did not draft it, where the size alone refuses the plan. */
export function Override(props: { detail: PlanDetail }) {
  const { detail } = props;
  const override = useOverride(detail.plan.id);
  const [reason, setReason] = useState("");
  const why = useId();
  const ready = reason.trim().length >= SHORTEST && !override.isPending;
  return (
    <form
      className="stack override"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) override.mutate({ hash: detail.hash, reason: reason.trim() });
      }}
    >
      <label className="field">
        <span>Override its size, because</span>
        <input
          className="input"
          value={reason}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <button type="submit" className="btn btn-wide" aria-disabled={!ready} aria-describedby={why}>
        Override once, for 60 minutes
      </button>
      <p id={why} className="muted small">
        {ready
          ? "Another person still approves it. Your name and the reason stand in the audit log."
          : `Give a reason of at least ${SHORTEST} characters.`}
      </p>
      {override.isError && <ErrorBlock error={override.error} what="It was not overridden" />}
    </form>
  );
}
