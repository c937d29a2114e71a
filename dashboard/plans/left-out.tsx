import type { PlanDetail } from "../../app/api/contract.ts";
import { count } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";

type LeftOutRow = PlanDetail["groups"][number]["leftOut"][number];

/** People whom the plan leaves out, by reason; some of each are named, masked. */
export function LeftOut(props: { left: LeftOutRow }) {
  const { left } = props;
  const head = (
    <>
      <Mark name="left_out" silent /> <b>{count(left.count)}</b>
      <span>
        <strong>left out</strong> <span className="soft anyname">{left.reason}</span>
      </span>
    </>
  );
  if (left.sample.length === 0)
    return (
      <p className="verb">
        {head} <span className="soft verb-undo">Nothing happens to them</span>
      </p>
    );
  return (
    <details className="verb-box">
      <summary className="verb" data-group="">
        {head}{" "}
        <span className="soft verb-undo">
          Nothing happens to them <span className="twist" aria-hidden="true" />
        </span>
      </summary>
      <ul className="left-sample mono">
        {left.sample.map((masked, index) => (
          <li key={index} className="anyname">
            {masked}
          </li>
        ))}
      </ul>
      {left.count > left.sample.length && (
        <p className="muted small sample-none">
          {count(left.sample.length)} of {count(left.count)}, in random order. Addresses are masked.
        </p>
      )}
    </details>
  );
}
