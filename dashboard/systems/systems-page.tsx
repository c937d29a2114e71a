import type { SystemList } from "../../app/api/contract.ts";
import { useSystems } from "../api/get-systems.ts";
import { useStartAudit } from "../api/start-audit.ts";
import { usePageTitle } from "../shell/page-title.ts";
import { useClock } from "../ui/clock.tsx";
import { capital, inWords, outOf } from "../ui/format.ts";
import { readWord, writeWord } from "../ui/labels.ts";
import { Mark, type Shape } from "../ui/mark.tsx";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import "./systems.css";

type System = SystemList["systems"][number];
const mark = (s: System): Shape =>
  s.coverage === null
    ? "waiting"
    : s.coverage === "complete"
      ? "fine"
      : s.coverage === "partial"
        ? "cant_tell"
        : "fail";

/** Did we read every system, and may we write to it? */
export function SystemsPage() {
  usePageTitle("Systems");
  const systems = useSystems();
  const start = useStartAudit();
  if (systems.isError && !systems.data)
    return (
      <ErrorBlock
        page
        error={systems.error}
        what="The systems could not be loaded"
        retry={() => void systems.refetch()}
      />
    );
  if (!systems.data) return <Skeleton what="Reading the systems" />;
  const all = systems.data.systems;
  const whole = all.filter((s) => s.coverage === "complete").length;
  return (
    <div className="stack">
      <h1 className="head">
        {whole === all.length ? (
          <>
            <strong>All {inWords(all.length)} systems</strong> were read completely.
          </>
        ) : (
          <>
            <strong>{capital(outOf(whole, all.length))} systems</strong> {whole === 1 ? "was" : "were"} read
            completely.
          </>
        )}
      </h1>
      <ul className="systems">
        {all.map((s) => (
          <SystemRow key={s.id} system={s} />
        ))}
      </ul>
      <p className="actions">
        <button type="button" className="btn" disabled={start.isPending} onClick={() => start.mutate()}>
          Read everything now
        </button>{" "}
        <span className="muted small">
          {start.isSuccess
            ? "Started. New numbers appear by themselves."
            : "Reading writes nothing to any system."}
        </span>
      </p>
      {start.isError && (
        <ErrorBlock error={start.error} what="The read could not be started" retry={() => start.mutate()} />
      )}
    </div>
  );
}

function SystemRow(props: { system: System }) {
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
      </div>
      <dl>
        <div>
          <dt>Reading</dt>
          <dd>{readWord(system.read)}</dd>
        </div>
        <div>
          <dt>Writing</dt>
          <dd>{writeWord(system.write)}</dd>
        </div>
        <div>
          <dt>Every record readable</dt>
          <dd>{system.baseReadable ? "yes" : "no: match rate can’t be told"}</dd>
        </div>
      </dl>
    </li>
  );
}
