import cliProgress from "cli-progress";
import type { Progress } from "../app.ts";
import type { CliIo } from "./command.ts";
import { isDone, type ProgressOf, progressLine } from "./progress-line.ts";

const EVERY_MS = 250;
/** Without anything new for so long, a rate and the time that is left would be wrong. */
const STALLED_MS = 2_000;
const CLEAR = "\r\u001b[K";
const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";

export type ProgressOptions = ProgressOf & {
  /** Milliseconds. */
  now(): number;
  write(text: string): void;
  /** Nothing is written otherwise. */
  readonly isTty: boolean;
};

export type RunningProgress = {
  /** Call as often as you like. @param done units from the beginning */
  update(done: number): void;
  /** Takes the line away. Call once, however the work ended. */
  stop(): void;
};

/** One line on a terminal while something long runs: how far it is, how fast, and how long it takes still. */
export function startProgress(o: ProgressOptions): RunningProgress {
  if (!o.isTty) return { update: () => undefined, stop: () => undefined };
  const start = o.now();
  let shown: number | null = null;
  let grown = { done: 0, at: start };
  return {
    update(done) {
      const now = o.now();
      if (done > grown.done) grown = { done, at: now };
      if (shown !== null && now - shown < EVERY_MS && !isDone(o, done)) return;
      const elapsed = now - grown.at < STALLED_MS ? now - start : null;
      o.write(`${shown === null ? HIDE : ""}${CLEAR}${progressLine(o, done, elapsed)}`);
      shown = now;
    },
    stop() {
      if (shown !== null) o.write(`${CLEAR}${SHOW}`);
      shown = null;
    },
  };
}

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
