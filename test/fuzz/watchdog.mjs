// Beside the thread that runs the cases: a case that does not end is saved, and the process with it ended. It cannot do that itself.
import { mkdirSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { workerData } from "node:worker_threads";

const { state, input, limitMs, path, name } = workerData;
/** Places in `state`: number of the case (0: none), bytes of its input. */
const NUMBER = 0;
const BYTES = 1;

let seen = 0;
let since = Date.now();
setInterval(() => {
  const number = Atomics.load(state, NUMBER);
  if (number !== seen || number === 0) {
    seen = number;
    since = Date.now();
    return;
  }
  if (Date.now() - since < limitMs) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(input.slice(0, Atomics.load(state, BYTES))));
  writeSync(2, `${name}: case ${number} did not end within ${limitMs / 1000} s; its input is in ${path}\n`);
  process.kill(process.pid, "SIGKILL");
}, 250);
