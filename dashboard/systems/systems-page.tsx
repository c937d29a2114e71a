import { useSystems } from "../api/get-systems.ts";
import { useStartAudit } from "../api/start-audit.ts";
import { usePageTitle } from "../shell/page-title.ts";
import { capital, inWords, outOf } from "../ui/format.ts";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { SystemRow } from "./system-row.tsx";
import "./systems.css";

/** Did we read every system, what can it do and what not, and did the jobs that write into it run? */
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
