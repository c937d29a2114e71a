import { AuditorError } from "../../core/errors.ts";
import type { RunId, Snapshot } from "../../core/model.ts";
import type { App } from "../app.ts";
import { errorText } from "../log.ts";
import { type AuditOptions, type AuditSummary, newRunId, runAudit } from "./run-audit.ts";

export type AuditService = {
  /** Runs one audit to its end. Refused while another runs in this process. */
  run(
    trigger: Snapshot["trigger"],
    signal: AbortSignal,
    o?: Pick<AuditOptions, "pushdown">,
  ): Promise<AuditSummary>;
  /** Starts one in the background; its id is known at once. */
  start(trigger: Snapshot["trigger"]): RunId;
  readonly running: boolean;
  /** Interrupts what runs and waits for it. */
  close(): Promise<void>;
};

export function auditService(app: App): AuditService {
  let current: Promise<unknown> | null = null;
  const closing = new AbortController();
  const begin = (
    trigger: Snapshot["trigger"],
    signal: AbortSignal,
    id: RunId,
    o: Pick<AuditOptions, "pushdown"> = {},
  ): Promise<AuditSummary> => {
    if (current !== null)
      throw new AuditorError("refused", "audit", "an audit is running already", "wait for it to end");
    if (app.progress.current !== null)
      throw new AuditorError(
        "refused",
        "audit",
        "the demo’s history is still being made",
        "wait until it is there",
      );
    const work = runAudit(app, {
      ...o,
      trigger,
      signal: AbortSignal.any([signal, closing.signal]),
      id,
    }).finally(() => {
      current = null;
    });
    current = work;
    return work;
  };
  return {
    get running() {
      return current !== null;
    },
    run: (trigger, signal, o) => begin(trigger, signal, newRunId(app, app.clock.now()), o),
    start(trigger) {
      const id = newRunId(app, app.clock.now());
      begin(trigger, closing.signal, id).catch((error: unknown) =>
        app.log.warn("audit.failed", { runId: id, error: errorText(error) }),
      );
      return id;
    },
    async close() {
      closing.abort();
      await Promise.allSettled([current]);
    },
  };
}
