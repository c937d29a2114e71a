import type { PlanDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count, plural } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";
import { AddForecast } from "./forecast.tsx";
import { LeftOut } from "./left-out.tsx";
import { OPS, type Op, shortVerb, verbWord } from "./words.ts";

type Group = PlanDetail["groups"][number];
type Verb = Group["verbs"][number];
const TINT: Record<Op, string> = { suppress: "v-suppress", remove: "v-remove", add: "v-add", set: "v-set" };

/** With more kinds of change than this the other systems are folded: a page that can be looked over comes first. */
const OPEN_AT_MOST = 6;

/** Exactly what changes, system by system: by verb and reason; then who is left out. */
export function ChangeGroups(props: { detail: PlanDetail }) {
  const { groups, startedAt } = props.detail;
  const fold = groups.length > 1 && groups.reduce((n, g) => n + g.verbs.length, 0) > OPEN_AT_MOST;
  return (
    <div className="groups">
      {groups.map((group, index) => {
        const rows = <GroupRows group={group} open={!startedAt && (index === 0 || !fold)} />;
        return (
          <article
            key={`${group.system} ${group.audienceTitle}`}
            className="group"
            aria-label={`${group.systemTitle}, ${group.audienceTitle}`}
          >
            {fold ? (
              <details open={index === 0}>
                <summary className="group-sum" data-group="">
                  <GroupHead group={group} fold />
                </summary>
                {rows}
              </details>
            ) : (
              <>
                <GroupHead group={group} fold={false} />
                {rows}
              </>
            )}
          </article>
        );
      })}
    </div>
  );
}

function GroupHead(props: { group: Group; fold: boolean }) {
  const { group } = props;
  const size =
    group.sizeNow === null
      ? "size: can’t tell"
      : group.sizeNow === group.sizeAfter
        ? `${plural(group.sizeNow, "person", "people")}, no one added or removed`
        : `${count(group.sizeNow)} now, ${count(group.sizeAfter)} after`;
  return (
    <h3>
      <span className="anyname">
        <strong>{group.systemTitle}</strong> <span className="soft">{group.audienceTitle}</span>
      </span>
      {props.fold && <GroupCounts group={group} />}
      <span className="soft">
        {size} {props.fold && <span className="twist" aria-hidden="true" />}
      </span>
    </h3>
  );
}

/** What a folded system holds, verb by verb. */
function GroupCounts(props: { group: Group }) {
  const sums = OPS.map((op) => ({
    op,
    n: props.group.verbs.reduce((sum, v) => sum + (v.op === op ? v.count : 0), 0),
  }));
  const left = props.group.leftOut.reduce((sum, l) => sum + l.count, 0);
  return (
    <span className="group-counts">
      {sums
        .filter(({ n }) => n > 0)
        .map(({ op, n }) => (
          <span key={op}>
            <Mark name={op} silent size={11} /> {count(n)} <span className="hidden">{shortVerb[op]}</span>
          </span>
        ))}
      {left > 0 && (
        <span className="soft">
          <Mark name="left_out" silent size={11} /> {count(left)} <span className="hidden">left out</span>
        </span>
      )}
    </span>
  );
}

function GroupRows(props: { group: Group; open: boolean }) {
  const { group } = props;
  return (
    <>
      {group.verbs.map((verb, index) => (
        <VerbRows
          key={`${verb.op} ${verb.attribute} ${verb.rule}`}
          verb={verb}
          open={props.open && index < 2}
          group={group}
        />
      ))}
      {group.leftOut.map((left) => (
        <LeftOut key={left.reason} left={left} />
      ))}
    </>
  );
}

function VerbRows(props: { verb: Verb; open: boolean; group: Group }) {
  const { verb } = props;
  return (
    <details className={`verb-box ${TINT[verb.op]}`} open={props.open}>
      <summary className="verb" data-group="">
        <Mark name={verb.op} silent /> <b>{count(verb.count)}</b>
        <span>
          <strong>{verbWord(verb.op, verb.attribute)}</strong>{" "}
          <span className="soft anyname">{verb.rule}</span>
        </span>
        <span className="soft verb-undo">
          {verb.undo} <span className="twist" aria-hidden="true" />
        </span>
      </summary>
      {verb.op === "add" && <AddForecast group={props.group} adds={verb.count} />}
      <Sample verb={verb} />
    </details>
  );
}

function Sample(props: { verb: Verb }) {
  const { verb } = props;
  const clock = useClock();
  /** The vendor's version of the record: a time where it is one. */
  const recordOf = (version: string): string =>
    /^\d{4}-\d\d-\d\dT/.test(version) && !Number.isNaN(Date.parse(version))
      ? `of ${clock.when(version)}`
      : version;
  if (verb.sample.length === 0)
    return <p className="sample-none muted small">Names of this read are no longer kept.</p>;
  const row = (s: Verb["sample"][number], index: number) => (
    <tr key={`${index} ${s.masked}`}>
      <td className="muted">{index + 1}</td>
      <td className="mono anyname">{s.masked}</td>
      <td className="mono soft anyname">
        {s.from} <span aria-hidden="true">→</span>
        <span className="hidden">to</span> {s.to}
      </td>
      <td className="soft anyname s-why">
        {s.why}
        {s.version !== null && <span className="muted"> · record {recordOf(s.version)}</span>}
      </td>
    </tr>
  );
  const head = (
    <>
      <colgroup>
        <col className="s-n" />
        <col className="s-person" />
        <col className="s-change" />
        <col />
      </colgroup>
      <thead className="hidden">
        <tr>
          <th scope="col">Number</th>
          <th scope="col">Person</th>
          <th scope="col">Change</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
    </>
  );
  const rest = verb.sample.slice(3);
  return (
    <div className="sample">
      <table>
        {head}
        <tbody>{verb.sample.slice(0, 3).map(row)}</tbody>
      </table>
      {rest.length > 0 && (
        <details className="sample-more">
          <summary>Show {count(rest.length)} more</summary>
          <table>
            {head}
            <tbody>{rest.map((s, index) => row(s, index + 3))}</tbody>
          </table>
        </details>
      )}
      {verb.count > verb.sample.length && (
        <p className="muted small sample-none">
          {count(verb.sample.length)} of {count(verb.count)}, in random order. Addresses are masked.
        </p>
      )}
    </div>
  );
}
