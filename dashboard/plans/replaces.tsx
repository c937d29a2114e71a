import { Link } from "@tanstack/react-router";
import type { PlanDetail } from "../../app/api/contract.ts";
import { count } from "../ui/format.ts";
import { planName } from "../ui/labels.ts";
import { Mark } from "../ui/mark.tsx";

/** A plan that was drafted again: what differs from the one whose place it takes. */
export function Replaces(props: { replaces: PlanDetail["replaces"] }) {
  const r = props.replaces;
  if (r === null) return null;
  const parts = [
    `${count(r.same)} the same`,
    `${count(r.added)} new`,
    `${count(r.gone)} no longer in it`,
    ...(r.other > 0 ? [`${count(r.other)} with another change`] : []),
  ];
  return (
    <p className="replaces">
      <Mark name={r.added + r.gone + r.other > 0 ? "look" : "fine"} silent size={11} />{" "}
      <span>
        Takes the place of{" "}
        <Link to="/plans/$id" params={{ id: String(r.planId) }}>
          {planName(r.planId)}
        </Link>
        : <strong>{parts.join(", ")}</strong>.
      </span>
    </p>
  );
}
