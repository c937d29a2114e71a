import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { node } from "./harness.ts";

/** Of the lines, so much is the beginning that must be answered alike without the rest. */
const PREFIX = 0.6;

/**
 * Runs it again, and on a beginning of the stream: verdicts must be the same to the byte, since whatever comes later
 * is not known when a verdict is given.
 *
 * @returns what was not so; empty: deterministic and causal
 */
export async function dishonesties(detector: readonly string[], folder: string): Promise<string[]> {
  const input = await readFile(join(folder, "stream.jsonl"));
  const whole = await node(detector, input);
  const again = await node(detector, input);
  const lines = input
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  const beginning = lines.slice(0, Math.floor(lines.length * PREFIX));
  const early = await node(detector, Buffer.from(`${beginning.join("\n")}\n`));
  const found: string[] = [];
  if (again !== whole) found.push("a second run gave other verdicts");
  if (!whole.startsWith(early)) found.push("a beginning of the stream gave other verdicts");
  if (early.split("\n").length !== beginning.length + 1) found.push("not one verdict for each line");
  return found;
}
