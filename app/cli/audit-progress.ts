import type { Progress } from "../app.ts";
import type { CliIo } from "./command.ts";
import { type RunningProgress, startProgress } from "./progress.ts";

const EVERY_MS = 250;

/**
 * A line on the terminal for each part of an audit: reading tells records, records a second and the time that is left, as far as
 * an earlier audit tells how many there are; what follows tells its steps.
 *
 * @param now null: nothing to show
 * @param clock milliseconds, only ever growing
 * @param write to the terminal
 */
export function auditProgress(
  now: () => Progress | null,
  o: { readonly clock: () => number; readonly write: (text: string) => void; readonly isTty: boolean },
): { update(): void; stop(): void } {
  let line: { readonly unit: string; readonly running: RunningProgress } | null = null;
  let shown: Progress = { what: "", done: 0, of: 0 };
  const begin = (unit: string): RunningProgress =>
    startProgress({
      // Systems come and go while one line runs.
      get what() {
        return shown.what;
      },
      get total() {
        return shown.expected === undefined ? shown.of : shown.expected;
      },
      unit,
      now: o.clock,
      write: o.write,
      isTty: o.isTty,
    });
  return {
    update() {
      const progress = now();
      if (progress === null) return;
      shown = progress;
      const unit = progress.records === undefined ? "steps" : "records";
      if (line?.unit !== unit) {
        line?.running.stop();
        line = { unit, running: begin(unit) };
      }
      line.running.update(progress.records ?? progress.done);
    },
    stop: () => line?.running.stop(),
  };
}

/** The same on stderr, a few times a second. */
export function showAudit(io: CliIo, now: () => Progress | null): { stop(): void } {
  const progress = auditProgress(now, {
    clock: () => performance.now(),
    write: (text) => void io.stderr.write(text),
    isTty: io.isTTY,
  });
  const timer = io.isTTY ? setInterval(progress.update, EVERY_MS) : undefined;
  return {
    stop() {
      clearInterval(timer);
      progress.stop();
    },
  };
}
