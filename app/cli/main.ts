#!/usr/bin/env node
import { runCli } from "./run.ts";

/** One Ctrl-C can arrive twice: the terminal sends it to the whole group, and npm forwards the one that it got. */
const SAME_PRESS_MS = 1_500;

const interrupt = new AbortController();
let firstAt = 0;
const onSignal = () => {
  if (interrupt.signal.aborted) {
    if (performance.now() - firstAt > SAME_PRESS_MS) process.exit(130);
    return;
  }
  firstAt = performance.now();
  interrupt.abort();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
// The terminal was closed. Under nohup there is none, and the signal stays ignored.
if (process.stdin.isTTY) process.on("SIGHUP", onSignal);

// `plumbline … | head` closes the pipe early: nobody reads on, so what runs ends at its next safe point, in order.
let unread = false;
const onClosed = (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  unread = true;
  interrupt.abort();
};
process.stdout.on("error", onClosed);
process.stderr.on("error", onClosed);

const code = await runCli(process.argv.slice(2), {
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  isTTY: process.stderr.isTTY === true,
  signal: interrupt.signal,
});
// What was written goes out first; then an open handle must not keep a finished command alive.
process.stdout.write("", () => process.stderr.write("", () => process.exit(unread ? 0 : code)));
