import { Link } from "@tanstack/react-router";
import type { Overview } from "../../app/api/contract.ts";
import { count, signed } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";
import { Sparkline } from "../ui/sparkline.tsx";

type Change = Overview["changes"][number];

/** What moved since yesterday, each against what is normal for that weekday. */
export function Changes(props: { changes: readonly Change[]; trusted: boolean }) {
  return (
    <Section
      title="What changed in 24 hours"
      note="line: 28 days; shaded: what is normal for that weekday"
      end={<Link to="/incidents">All incidents</Link>}
      className="ov-changes"
    >
      {props.changes.length === 0 ? (
        <p className="marked">
          <Mark name={props.trusted ? "fine" : "cant_tell"} silent />{" "}
          <span>Nothing moved outside its normal range{!props.trusted && " in what could be read"}.</span>
        </p>
      ) : (
        <table className="table changes">
          <thead>
            <tr>
              <th scope="col">Audience</th>
              <th scope="col">28 days</th>
              <th scope="col" className="num">
                Now
              </th>
              <th scope="col" className="num">
                Change
              </th>
              <th scope="col">Normal</th>
              <th scope="col">Cause</th>
            </tr>
          </thead>
          <tbody>
            {props.changes.map((change) => (
              <ChangeRow key={`${change.audience} ${change.system} ${change.title}`} change={change} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function ChangeRow(props: { change: Change }) {
  const { change } = props;
  const name = (
    <>
      <span className="anyname">{change.title}</span>{" "}
      <span className="c-system anyname">{change.systemTitle}</span>
    </>
  );
  return (
    <tr>
      <td className="c-name">
        <span className="marked">
          <Mark name={change.mark} />
          {change.incidentId !== null ? (
            <Link
              to="/incidents/$id"
              params={{ id: String(change.incidentId) }}
              data-row=""
              className="row-link"
            >
              {name}
            </Link>
          ) : change.audience !== null ? (
            <Link to="/audiences/$id" params={{ id: change.audience }} data-row="" className="row-link">
              {name}
            </Link>
          ) : (
            <span className="row-link">{name}</span>
          )}
        </span>
      </td>
      <td className="c-line">
        <Sparkline points={change.line} mark={change.mark} />
      </td>
      <td className="num c-now">
        {change.now === null ? (
          <span className="muted">can’t tell</span>
        ) : (
          <strong>{count(change.now)}</strong>
        )}
      </td>
      <td
        className={`num c-change ${change.mark === "act" || change.mark === "look" ? `t-${change.mark} strong` : "soft"}`}
      >
        {change.change !== null && signed(change.change)}
      </td>
      <td className="soft c-normal">
        {change.normal && (
          <>
            <span className="narrow">normal </span>
            {count(Math.round(change.normal.low))} to {count(Math.round(change.normal.high))}{" "}
            <span className="hidden">{change.normal.label}</span>
          </>
        )}
      </td>
      <td className="c-cause">
        <Cause cause={change.cause} />
      </td>
    </tr>
  );
}

function Cause(props: { cause: Change["cause"] }) {
  if (props.cause.text === null) return <span className="muted">unclear</span>;
  return (
    <>
      <span className="soft anyname" title={props.cause.text}>
        {props.cause.text}
      </span>
      <span className="muted small c-sure">{props.cause.certainty}</span>
    </>
  );
}
