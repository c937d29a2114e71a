import { Link } from "@tanstack/react-router";
import type { Status } from "../../app/api/contract.ts";
import { useStopPlan } from "../api/change-plan.ts";
import { count } from "../ui/format.ts";
import { planName } from "../ui/labels.ts";

/** What is running now: a plan being applied with its Stop, or a read. */
export function ApplyBar(props: { status: Status }) {
  const { applying, progress } = props.status;
  if (applying) return <Applying {...applying} />;
  if (progress) {
    return (
      <section className="strip" aria-label="Running now">
        <strong>{progress.what}</strong>
        <Bar done={progress.done} of={progress.of} label={progress.what} />
        {progress.of > 0 && (
          <span>
            <b>{count(progress.done)}</b> of {count(progress.of)}
          </span>
        )}
      </section>
    );
  }
  return null;
}

function Applying(props: { planId: number; ended: number; of: number }) {
  const stop = useStopPlan(props.planId);
  const name = planName(props.planId);
  return (
    <section className="strip" aria-label="Running now">
      <strong>Applying {name}</strong>
      <Bar done={props.ended} of={props.of} label={`Applying ${name}`} />
      <span>
        <b>{count(props.ended)}</b> of {count(props.of)} ended
      </span>
      <span className="strip-end">
        <button
          type="button"
          className="btn btn-stop"
          disabled={stop.isPending}
          onClick={() => stop.mutate()}
        >
          <span className="stop-sign" /> Stop {name}
        </button>
        <Link to="/plans/$id" params={{ id: String(props.planId) }}>
          View
        </Link>
      </span>
    </section>
  );
}

function Bar(props: { done: number; of: number; label: string }) {
  return <progress className="bar" value={props.done} max={Math.max(1, props.of)} aria-label={props.label} />;
}
