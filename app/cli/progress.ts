import cliProgress from "cli-progress";
import type { Progress } from "../app.ts";
import type { CliIo } from "./command.ts";

const EVERY_MS = 250;

/** A bar on stderr while something long runs, only on a terminal; `done` is asked a few times a second. */
export function showProgress(
  io: CliIo,
  what: string,
  total: number,
  done: () => Promise<number>,
): { stop(): void } {
  return show(io, total, async () => ({ what, done: await done(), of: total }));
}

/** The same for work that says itself how far it is; null: nothing to show yet. */
export function showSteps(io: CliIo, now: () => Progress | null): { stop(): void } {
  return show(io, 1, async () => now());
}

function show(io: CliIo, total: number, now: () => Promise<Progress | null>): { stop(): void } {
  if (!io.isTTY) return { stop: () => undefined };
  const bar = new cliProgress.SingleBar({
    format: "{what} {bar} {value} of {total}",
    stream: io.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0, { what: "" });
  const update = (p: Progress | null) => {
    if (p === null) return;
    bar.setTotal(p.of);
    bar.update(p.done, { what: p.what });
  };
  const timer = setInterval(() => void now().then(update, () => undefined), EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      bar.stop();
    },
  };
}
