import type { SystemList } from "../../app/api/contract.ts";
import { cadenceWords } from "../ui/cadence.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { Mark, type Shape } from "../ui/mark.tsx";
import { abilitiesOf, jobState } from "./abilities.ts";
import { Writes } from "./writes.tsx";

type System = SystemList["systems"][number];
const mark = (s: System): Shape =>
  s.coverage === null
    ? "waiting"
    : s.coverage === "complete"
      ? "fine"
      : s.coverage === "partial"
        ? "cant_tell"
        : "fail";

/** One system: how it was read last, what it can and cannot do, and the jobs that write into it. */
export function SystemRow(props: { system: System }) {
  const { system } = props;
  const clock = useClock();
  return (
    <li data-row="" tabIndex={-1}>
      <Mark name={mark(system)} silent />
      <div>
        <h2>
          <span className="anyname">{system.title}</span>{" "}
          <span className="muted">
            {system.kind}
            {system.sends && ", sends mail"}
          </span>
        </h2>
        <p className={system.coverage === "complete" ? "soft" : "t-cant_tell"}>
          {system.asOf
            ? `${system.coverage === "complete" ? "Complete" : "Last complete"} as of ${clock.when(system.asOf)}, ${clock.ago(system.asOf)}`
            : "Never read completely"}
          {system.because && <span className="anyname">: {system.because}</span>}
        </p>
        {system.warnings.map((warning) => (
          <p key={warning} className="marked warning">
            <Mark name="look" size={11} /> <span className="anyname">{warning}</span>
          </p>
        ))}
        <Writes system={system} />
        <Limits system={system} />
        <Jobs system={system} />
      </div>
      <Abilities system={system} />
    </li>
  );
}

function Abilities(props: { system: System }) {
  const { capabilities, limitShare } = props.system;
  if (capabilities === null)
    return <p className="t-cant_tell abilities">What it can do is not known: it could not be opened yet.</p>;
  return (
    <dl className="abilities">
      {abilitiesOf(capabilities, limitShare).map((a) => (
        <div key={a.name}>
          <dt>{a.name}</dt>
          <dd className={a.can ? undefined : "cannot"}>{a.text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is not possible here, and what the system would not tell. */
function Limits(props: { system: System }) {
  const { capabilities, facts } = props.system;
  const clock = useClock();
  const cannot = capabilities?.cannot ?? [];
  if (cannot.length === 0 && facts === null) return null;
  return (
    <>
      {cannot.length > 0 && (
        <>
          <h3>Not possible here</h3>
          <ul className="limits soft">
            {cannot.map((sentence) => (
              <li key={sentence} className="anyname">
                {sentence}
              </li>
            ))}
          </ul>
        </>
      )}
      {facts !== null && (
        <>
          <h3>
            Told beyond members <span className="muted">{clock.ago(facts.readAt)}</span>
          </h3>
          <ul className="limits soft">
            <li>Live automations: {count(facts.liveAutomations)}</li>
            {facts.notes.map((note) => (
              <li key={note} className="marked">
                <Mark name="cant_tell" size={11} /> <span className="anyname">{note}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Jobs(props: { system: System }) {
  const clock = useClock();
  if (props.system.jobs.length === 0) return null;
  return (
    <>
      <h3>Jobs that write here</h3>
      <ul className="limits">
        {props.system.jobs.map((job) => {
          const state = jobState(job, clock.when);
          return (
            <li key={job.name} className="marked">
              <Mark name={state.mark} size={11} />
              <span>
                <span className="anyname">{job.name}</span>
                {job.schedule !== null && (
                  <span className="muted anyname">, {cadenceWords(job.schedule)}</span>
                )}
                : <span className={state.mark === "look" ? "t-look" : "soft"}>{state.text}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
