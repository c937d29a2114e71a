import type { IncidentDetail } from "../../app/api/contract.ts";
import { count, people } from "../ui/format.ts";
import { Section } from "../ui/section.tsx";
import { Siblings } from "./siblings.tsx";
import { WhyMoved } from "./why-moved.tsx";

/** The numbers behind the sentence; statistics stay behind "Show the maths". */
export function Evidence(props: { detail: IncidentDetail }) {
  const { detail } = props;
  const { incident } = detail;
  const distance =
    detail.observed !== null && detail.expected !== null
      ? detail.observed > detail.expected.high
        ? detail.observed - detail.expected.high
        : detail.observed < detail.expected.low
          ? detail.expected.low - detail.observed
          : 0
      : null;
  const replay = detail.maths.find((row) => row.name === "Replay");
  return (
    <Section title="Evidence">
      <dl className="evidence">
        <div>
          <dt>Rule</dt>
          <dd className="mono">
            <strong>{incident.check}</strong>
          </dd>
        </div>
        <div>
          <dt>Observed</dt>
          <dd>
            <strong>{count(detail.observed)}</strong>
          </dd>
        </div>
        <div>
          <dt>Expected</dt>
          <dd>
            <strong>
              {detail.expected
                ? `${count(Math.round(detail.expected.low))} to ${count(Math.round(detail.expected.high))}`
                : "no range yet"}
            </strong>
          </dd>
        </div>
        {distance !== null && (
          <div>
            <dt>Outside by</dt>
            <dd>
              <strong>{count(Math.round(distance))}</strong>
            </dd>
          </div>
        )}
        <div>
          <dt>Concerns</dt>
          <dd>
            <strong>{people(incident.people)}</strong>
          </dd>
        </div>
        {replay !== undefined && (
          <div className="evidence-wide">
            <dt>Played again</dt>
            <dd className="anyname">{replay.value}</dd>
          </div>
        )}
      </dl>
      {detail.siblings !== undefined && <Siblings siblings={detail.siblings} />}
      {detail.whyMoved !== null && <WhyMoved why={detail.whyMoved} />}
      {detail.maths.length > 0 && (
        <details className="twin">
          <summary>Show the maths</summary>
          <table className="table maths">
            <caption className="hidden">The maths behind this verdict</caption>
            <tbody>
              {detail.maths.map((row) => (
                <tr key={row.name}>
                  <th scope="row">{row.name}</th>
                  <td className="num mono anyname">
                    {row.value === null
                      ? "can’t tell"
                      : typeof row.value === "number"
                        ? count(Math.round(row.value * 1000) / 1000)
                        : row.value}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </Section>
  );
}
