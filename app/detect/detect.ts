import type { Readable, Writable } from "node:stream";
import type { Answer, Detector } from "./detectors.ts";
import { linesOf } from "./lines.ts";
import { type Fields, fieldsOf, NoReading, UnreadableLine } from "./point.ts";
import { writeBlock } from "./write-block.ts";

/** How the lines ended up; they sum to all that were not blank. */
export type Tally = {
  judged: number;
  /** Said whose and when, not what was measured. */
  noReading: number;
  unreadable: number;
};

type Where = {
  readonly input: Readable;
  readonly output: Writable;
  /** One complaint about one line, for people. */
  readonly complain: (line: number, problem: string) => void;
  readonly signal: AbortSignal;
};

/**
 * Answers every line that is not blank with exactly one line, in order. Holds one chunk of the input and waits for the
 * reader of the output.
 *
 * @throws AbortError when the signal is aborted
 */
export async function detect(detector: Detector, where: Where): Promise<Tally> {
  const tally: Tally = { judged: 0, noReading: 0, unreadable: 0 };
  let number = 0;
  for await (const lines of linesOf(where.input, where.signal)) {
    let block = "";
    for (const line of lines) {
      number += 1;
      if (line === "" || line.trim() === "") continue;
      block += answered(detector, line, tally, (problem) => where.complain(number, problem));
    }
    await writeBlock(where.output, block, where.signal);
  }
  return tally;
}

function answered(
  detector: Detector,
  line: string,
  tally: Tally,
  complain: (problem: string) => void,
): string {
  let fields: Fields = {};
  let answer: Answer;
  try {
    fields = fieldsOf(line);
    answer = detector.judge(fields);
    tally.judged += 1;
  } catch (error) {
    if (error instanceof NoReading) tally.noReading += 1;
    else if (error instanceof UnreadableLine) tally.unreadable += 1;
    else throw error;
    complain(error.message);
    answer = { ...detector.silent, because: error.message };
  }
  // As they were written, so that whoever joins the answers with the input finds them.
  const head = `{${JSON.stringify(detector.name)}:${echo(fields[detector.name])},"t":${echo(fields.t)},`;
  return `${head}${JSON.stringify(answer).slice(1)}\n`;
}

const echo = (value: unknown): string => JSON.stringify(value) ?? "null";
