import type { IncidentDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count, signed } from "../ui/format.ts";

type Parts = NonNullable<IncidentDetail["whyMoved"]>;
type Part = { readonly name: string; readonly says: string; readonly came: number; readonly left: number };

/** The parts of the change; "not explained" only where somebody is left over. They sum to the change. */
export function partsOf(why: Parts): Part[] {
  const parts: Part[] = [
    { name: "Rule", says: "the definition changed, and nothing else about them", ...why.rule },
    { name: "Data", says: "they changed, or the source says so now", ...why.data },
    { name: "Identity", says: "the same records under another identifier, or none", ...why.identity },
    { name: "Reading", says: "the reading was odd, not the list", ...why.snapshot },
  ];
  const { unexplained } = why;
  return unexplained.came + unexplained.left === 0
    ? parts
    : [
        ...parts,
        { name: "Not explained", says: "nothing about them is known to have changed", ...unexplained },
      ];
}

/** Why the people moved who came or left between two complete reads. */
export function WhyMoved(props: { why: Parts }) {
  const { why } = props;
  const clock = useClock();
  return (
    <table className="table why-moved">
      <caption>
        Why it moved from {count(why.before)} to {count(why.now)} people, {clock.when(why.since)} to{" "}
        {clock.when(why.until)}
        {why.lookedUp ? "" : "; who left could not be looked up, since the whole system is not readable"}
      </caption>
      <thead>
        <tr>
          <th scope="col">Because of</th>
          <th scope="col" className="num">
            Came
          </th>
          <th scope="col" className="num">
            Left
          </th>
          <th scope="col" className="num">
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {partsOf(why).map((part) => (
          <tr key={part.name}>
            <th scope="row">
              {part.name} <span className="soft">{part.says}</span>
            </th>
            <td className="num mono">{count(part.came)}</td>
            <td className="num mono">{count(part.left)}</td>
            <td className="num mono">{signed(part.came - part.left)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
