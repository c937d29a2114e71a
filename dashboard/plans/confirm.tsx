import { useId, useState } from "react";
import type { PlanDetail, Status } from "../../app/api/contract.ts";
import { useApproveAndApply } from "../api/change-plan.ts";
import { ApiError, said } from "../api/client.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { ErrorBlock, StateBlock } from "../ui/state-block.tsx";
import { applyWords } from "./words.ts";

export const typedRight = (typed: string, wanted: string): boolean =>
  typed.trim().replace(/\s+/g, " ").toUpperCase() === wanted.toUpperCase();

const oneWay = (detail: PlanDetail): string => {
  const { suppress, add } = detail.plan.ops;
  if (detail.plan.undoes !== null) return "An undo is not undone again; the repair can be drafted anew.";
  if (suppress > 0) return "Suppressions are one-way here: Plumbline never lifts one.";
  return add > 0 ? "Can be undone; mail that is sent meanwhile cannot." : "Can be undone.";
};

/** One typed confirmation, one button. What was seen is bound by the hash: an edit voids it. */
export function Confirm(props: { detail: PlanDetail; status: Status | undefined }) {
  const { detail, status } = props;
  const { plan, can } = detail;
  const clock = useClock();
  const run = useApproveAndApply(plan.id);
  const [typed, setTyped] = useState("");
  const [ticked, setTicked] = useState(false);
  const why = useId();
  const words = applyWords(
    plan,
    detail.groups.map((g) => g.systemTitle),
  );
  const mineFirst = plan.need === "second_person" && detail.approvals.length === 0 && !can.coolingOffUntil;
  const cooling = can.coolingOffUntil !== null && can.coolingOffUntil > clock.now;
  const may = can.approve || can.apply;
  const right = typedRight(typed, detail.confirmText);
  const needsTick = detail.needsAutomationsTick && !ticked;
  const ready = may && right && !needsTick && !run.isPending;
  const reason = !may
    ? (can.because ?? "Not possible now.")
    : needsTick
      ? "Tick that adding may send mail."
      : right
        ? null
        : `Type ${detail.confirmText} first.`;
  const request = {
    hash: detail.hash,
    confirm: detail.confirmText,
    ...(detail.needsAutomationsTick ? { automations: ticked } : {}),
  };
  return (
    <form
      className="framed confirm"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) run.mutate({ detail, request });
      }}
    >
      <h2>{may ? (mineFirst ? "Approve, then a second person" : words) : "This can’t run yet"}</h2>
      <p className="soft">
        {may
          ? mineFirst
            ? "It is too large for one person. Nothing runs before somebody else has approved it too."
            : oneWay(detail)
          : can.because}
      </p>
      {cooling && can.coolingOffUntil && (
        <p className="marked">
          <strong>Opens {clock.ago(can.coolingOffUntil)}</strong>{" "}
          <span className="soft">
            at {clock.time(can.coolingOffUntil)}: there is no second person, so a wait replaces one.
          </span>
        </p>
      )}
      {detail.needsAutomationsTick && may && (
        <label className="check">
          <input type="checkbox" checked={ticked} onChange={(event) => setTicked(event.target.checked)} />{" "}
          <span>
            {count(plan.ops.add)} {plan.ops.add === 1 ? "person" : "people"} may get mail when they are added
          </span>
        </label>
      )}
      <label className="field">
        <span>
          Type <code className="wanted">{detail.confirmText}</code> to confirm
          {status && detail.approvals.length > 0 && (
            <span className="soft">
              {" "}
              as <span className="anyname">{status.me.name}</span>
            </span>
          )}
        </span>
        <input
          className="input mono"
          value={typed}
          disabled={!may || run.isPending}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={may ? "" : "waits"}
        />
      </label>
      <button
        type="submit"
        className={`btn btn-wide ${ready ? "btn-primary" : ""}`}
        aria-disabled={!ready}
        aria-describedby={why}
      >
        {run.isPending
          ? "Working…"
          : mineFirst && may
            ? `Approve as ${status?.me.name ?? plan.author}`
            : words}
      </button>
      <p id={why} className="muted small">
        {reason ?? `Approves ${detail.approves}. Each change is read back; Stop works at any time.`}
      </p>
      {run.isError &&
        (run.error instanceof ApiError && run.error.status === 409 ? (
          <StateBlock live tone="look" mark="look" title="This changed meanwhile">
            <p>{said(run.error)} Nothing was written.</p>
          </StateBlock>
        ) : (
          <ErrorBlock error={run.error} what="It was not started" />
        ))}
    </form>
  );
}
