import { Link } from "@tanstack/react-router";
import type { Status } from "../../app/api/contract.ts";
import { useStartAudit } from "../api/start-audit.ts";
import { count, plural } from "../ui/format.ts";
import { ErrorBlock } from "../ui/state-block.tsx";

/** Before the first complete read: what will happen, or how far it is. */
export function FirstDay(props: { status: Status | undefined }) {
  const start = useStartAudit();
  const progress = props.status?.progress ?? null;
  const systems = props.status?.systems.length ?? 0;
  return (
    <div className="first-day stack">
      <h1 className="verdict">{progress ? "Reading for the first time." : "Nothing has been read yet."}</h1>
      {progress ? (
        <p className="lead soft">
          {progress.what}
          {progress.of > 0 && (
            <>
              : <strong>{count(progress.done)}</strong> of {count(progress.of)}
            </>
          )}
          . This page fills by itself when the first comparison is done.
        </p>
      ) : (
        <>
          <p className="lead soft">
            The first read takes in {systems === 0 ? "every system" : plural(systems, "system")} of your
            configuration and compares every person in them.
          </p>
          <p className="actions">
            <button
              type="button"
              className="btn btn-primary"
              disabled={start.isPending}
              onClick={() => start.mutate()}
            >
              Read now
            </button>
            <Link to="/systems" className="btn">
              Check connections
            </Link>
          </p>
          {start.isError && (
            <ErrorBlock
              error={start.error}
              what="The read could not be started"
              retry={() => start.mutate()}
            />
          )}
        </>
      )}
      <p className="muted">Read-only: nothing is written to any system.</p>
    </div>
  );
}
