import type { RunList } from "../../app/api/contract.ts";
import { useAudiences } from "../api/get-audiences.ts";
import { useRuns } from "../api/get-runs.ts";
import { useSystems } from "../api/get-systems.ts";
import { usePageTitle } from "../shell/page-title.ts";
import { useClock } from "../ui/clock.tsx";
import { count, plural } from "../ui/format.ts";
import { Mark, type Shape } from "../ui/mark.tsx";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import "./runs.css";

type Run = RunList["runs"][number];
const whole = (run: Run) => run.reads.every((read) => read.coverage === "complete");
const mark = (run: Run): Shape =>
  run.endedAt === null
    ? "running"
    : run.reads.some((r) => r.coverage === "unusable") || run.state === "failed"
      ? "fail"
      : whole(run)
        ? "fine"
        : "cant_tell";

/** Did we read everything? */
export function RunsPage() {
  usePageTitle("Runs");
  const runs = useRuns();
  if (runs.isError && !runs.data)
    return (
      <ErrorBlock
        page
        error={runs.error}
        what="The runs could not be loaded"
        retry={() => void runs.refetch()}
      />
    );
  if (!runs.data) return <Skeleton what="Reading the runs" />;
  const all = runs.data.runs;
  const complete = all.filter((run) => run.endedAt !== null && whole(run)).length;
  return (
    <div className="stack">
      <h1 className="head">
        {all.length === 0 ? (
          "Nothing has run yet."
        ) : complete === all.length ? (
          <>
            <strong>Everything was read</strong> in the last {plural(all.length, "run")}.
          </>
        ) : (
          <>
            <strong>
              {count(complete)} of the last {plural(all.length, "run")}
            </strong>{" "}
            read everything.
          </>
        )}
      </h1>
      <ul className="runs">
        {all.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
    </div>
  );
}

function RunRow(props: { run: Run }) {
  const { run } = props;
  const clock = useClock();
  const systems = useSystems().data?.systems;
  const audiences = useAudiences().data?.audiences;
  const part = run.reads.filter((r) => r.coverage !== "complete");
  return (
    <li>
      <details>
        <summary data-row="">
          <Mark name={mark(run)} />
          <span>
            <strong>{clock.when(run.startedAt)}</strong>{" "}
            <span className="soft">
              {run.kind}, {run.trigger}
            </span>
          </span>
          <span className="soft">
            {run.endedAt === null
              ? "running"
              : part.length === 0
                ? `${plural(run.reads.length, "read")}, all complete`
                : `${count(run.reads.length - part.length)} of ${plural(run.reads.length, "read")} complete`}
          </span>
        </summary>
        <table className="table">
          <caption className="hidden">Reads of this run</caption>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Audience</th>
              <th scope="col" className="num">
                People
              </th>
              <th scope="col">How we know</th>
            </tr>
          </thead>
          <tbody>
            {run.reads.map((read) => (
              <tr key={`${read.system} ${read.audience}`}>
                <td className="anyname">
                  <span className="marked">
                    <Mark
                      name={
                        read.coverage === "complete"
                          ? "fine"
                          : read.coverage === "partial"
                            ? "cant_tell"
                            : "fail"
                      }
                    />{" "}
                    {systems?.find((s) => s.id === read.system)?.title ?? read.system}
                  </span>
                </td>
                <td className="anyname">
                  {read.audience === null ? (
                    <span className="soft">every record</span>
                  ) : (
                    (audiences?.find((a) => a.id === read.audience)?.title ?? read.audience)
                  )}
                </td>
                <td className="num">{count(read.size)}</td>
                <td className="soft anyname">
                  {read.coverage !== "complete" && (
                    <strong>{read.coverage === "partial" ? "partial, not compared: " : "failed: "}</strong>
                  )}
                  {read.because}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="muted small">
          Run <code>{run.id}</code>
        </p>
      </details>
    </li>
  );
}
