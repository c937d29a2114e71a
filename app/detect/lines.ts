import { addAbortSignal, type Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { AuditorError } from "../../core/errors.ts";

/** One line is held in memory at least; a snapshot with a million ids has some 20 MB. */
const LONGEST_LINE = 128 * 2 ** 20;

/**
 * Lines of a stream, as many at a time as its chunks bring, so that a slow source is answered at once and a fast one
 * in blocks. A last line without a line feed counts; the byte order mark does not.
 *
 * @throws AuditorError bad_data: a line that is longer than any snapshot; AbortError when the signal is aborted
 */
export async function* linesOf(source: Readable, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let first = true;
  for await (const chunk of addAbortSignal(signal, source)) {
    let text = typeof chunk === "string" ? chunk : decoder.write(chunk);
    if (first && text !== "") {
      first = false;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    const lines = text.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE)
      throw new AuditorError(
        "bad_data",
        "standard input",
        `a line is longer than ${LONGEST_LINE / 2 ** 20} MB`,
        "write one JSON object per line",
      );
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== "") yield [rest];
}
