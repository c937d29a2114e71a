import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Random } from "../simulation/random.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Of each half: the parser, and the files that we keep. By hand: PLUMBLINE_FUZZ_SECONDS=600. */
export const SECONDS = Number(process.env.PLUMBLINE_FUZZ_SECONDS ?? 120);
/** PLUMBLINE_FUZZ_SEED replays a run, case by case. */
export const SEED = Number(process.env.PLUMBLINE_FUZZ_SEED ?? Math.floor(Date.now() / 1000)) | 0;
/** Most take milliseconds; the largest, on a busy machine, a second. */
const HANG_MS = 30_000;
const MOST_INPUT_BYTES = 8 << 20;
/** What one case may add to the memory of the process at its height. */
const MEMORY_KB = 400 << 10;

export type FuzzCase = {
  /** Saved when the case fails. */
  readonly input: Buffer;
  /** What else is needed to look at it. */
  readonly note?: string;
  /** Throws when something is wrong. @returns what the input turned out to be, to be counted */
  run(): Promise<string>;
};

/**
 * Runs random cases for some seconds. Each is drawn from the seed and its number, and a failing one is saved. One that never ends
 * is saved too and ends the process; one that takes far more memory than its input is wrong.
 *
 * @returns how many inputs turned out to be what
 */
export async function fuzz(
  name: string,
  seconds: number,
  draw: (random: Random) => FuzzCase,
): Promise<Readonly<Record<string, number>>> {
  const stem = join(root, ".cache", `fuzz-${name.replaceAll(/\W+/g, "-")}-${SEED}`);
  const state = new Int32Array(new SharedArrayBuffer(8));
  const input = new Uint8Array(new SharedArrayBuffer(MOST_INPUT_BYTES));
  const watchdog = new Worker(new URL("./watchdog.mjs", import.meta.url), {
    workerData: { state, input, limitMs: HANG_MS, path: `${stem}-hang.bin`, name },
  });
  const ends: Record<string, number> = {};
  const until = Date.now() + seconds * 1000;
  let n = 0;
  try {
    while (Date.now() < until) {
      n++;
      const one = draw(new Random((SEED + n * 2_654_435) | 0));
      input.set(one.input.subarray(0, MOST_INPUT_BYTES));
      Atomics.store(state, 1, Math.min(one.input.length, MOST_INPUT_BYTES));
      Atomics.store(state, 0, n);
      const before = process.resourceUsage().maxRSS;
      try {
        const end = await one.run();
        ends[end] = (ends[end] ?? 0) + 1;
        const grown = process.resourceUsage().maxRSS - before;
        if (n > 1 && grown > MEMORY_KB) throw new Error(`it took ${grown >> 10} MB of memory`);
      } catch (cause) {
        throw new Error(`${name}: case ${n} of PLUMBLINE_FUZZ_SEED=${SEED}; ${save(`${stem}-${n}`, one)}`, {
          cause,
        });
      }
    }
  } finally {
    Atomics.store(state, 0, 0);
    await watchdog.terminate();
  }
  console.log(`${name}: ${n} cases in ${seconds} s, PLUMBLINE_FUZZ_SEED=${SEED} ${JSON.stringify(ends)}`);
  return ends;
}

function save(stem: string, one: FuzzCase): string {
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(`${stem}.bin`, one.input);
  if (one.note !== undefined) writeFileSync(`${stem}.txt`, one.note);
  return `its input is in ${stem}.bin`;
}
