import type { Readable } from "node:stream";
import { AuditorError } from "../../core/errors.ts";
import type { CliIo } from "./command.ts";

/** Longer than any address, number or id. */
const MOST_LETTERS = 1000;

/**
 * A person's identifier: as given, or for `-` the first line of standard input, since arguments show in lists of processes.
 *
 * @throws AuditorError bad_data: there is none
 */
export const identifierFrom = async (io: CliIo, given: string): Promise<string> =>
  given === "-" ? lineOf(io) : given;

/** The first line, and nothing after it. */
async function lineOf(io: CliIo): Promise<string> {
  const input: Readable = io.stdin();
  if ("isTTY" in input && input.isTTY === true) io.stderr.write("Identifier: ");
  let text = "";
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes("\n") || text.length > MOST_LETTERS) break;
  }
  const line = (text.split("\n")[0] ?? "").trim();
  if (line !== "" && line.length <= MOST_LETTERS) return line;
  throw new AuditorError(
    "bad_data",
    "standard input",
    line === "" ? "there is no identifier in it" : "its first line is too long for an identifier",
    "write one address, number or id",
  );
}
