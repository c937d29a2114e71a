import { Link } from "@tanstack/react-router";
import type { PlanRow } from "../../app/api/contract.ts";
import { useSystems } from "../api/get-systems.ts";
import { useClock } from "../ui/clock.tsx";
import { count, list, plural } from "../ui/format.ts";
import { incidentName, isOver, isRunning, planName, planState } from "../ui/labels.ts";
import { Mark, type Shape } from "../ui/mark.tsx";
import { OPS, shortVerb } from "./words.ts";

const mark = (plan: PlanRow): Shape => {
  if (isRunning(plan.state)) return "running";
  if (plan.state === "done") return "fine";
  if (plan.state === "refused") return "fail";
  return isOver(plan.state) ? "left_out" : "look";
};

export function PlanTable(props: { plans: readonly PlanRow[] }) {
  const clock = useClock();
  const systems = useSystems().data?.systems;
  const title = (id: string) => systems?.find((s) => s.id === id)?.title ?? id;
  return (
    <table className="table plans">
      <thead>
        <tr>
          <th scope="col">Plan</th>
          <th scope="col">What</th>
          <th scope="col" className="num">
            Changes
          </th>
          <th scope="col">State</th>
          <th scope="col">Drafted</th>
        </tr>
      </thead>
      <tbody>
        {props.plans.map((plan) => (
          <tr key={plan.id}>
            <td className="p-name">
              <span className="marked">
                <Mark name={mark(plan)} silent />{" "}
                <Link to="/plans/$id" params={{ id: String(plan.id) }} data-row="" className="row-link">
                  {planName(plan.id)}
                </Link>
              </span>
            </td>
            <td className="p-what">
              <strong className="anyname">
                {plan.undoes !== null && `Undo of ${planName(plan.undoes)}: `}
                {plan.audienceTitle}
              </strong>{" "}
              <span className="soft anyname">{list(plan.systems.map(title))}</span>
              <br />
              <span className="soft">
                {OPS.filter((op) => plan.ops[op] > 0)
                  .map((op) => `${count(plan.ops[op])} ${shortVerb[op]}`)
                  .join(", ")}
              </span>
            </td>
            <td className="num p-count">
              <strong>{count(plan.changes)}</strong>
            </td>
            <td className="p-state">
              {planState(plan.state)}
              {plan.toReview === true && (
                <>
                  <br />
                  <span className="t-look">to review</span>
                </>
              )}
              {plan.because && isOver(plan.state) && (
                <>
                  <br />
                  <span className="muted small anyname">{plan.because}</span>
                </>
              )}
              {!isOver(plan.state) && !isRunning(plan.state) && (
                <>
                  <br />
                  <span className="muted small">expires {clock.when(plan.expiresAt)}</span>
                </>
              )}
            </td>
            <td className="soft p-when">
              {clock.when(plan.createdAt)} <span className="muted anyname">by {plan.author}</span>
              {plan.incidentId !== null && (
                <>
                  <br />
                  <Link to="/incidents/$id" params={{ id: String(plan.incidentId) }}>
                    {incidentName(plan.incidentId)}
                  </Link>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
      <caption className="hidden">{plural(props.plans.length, "plan")}</caption>
    </table>
  );
}
