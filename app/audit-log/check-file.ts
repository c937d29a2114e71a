import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { AuditorError } from "../../core/errors.ts";
import { entryOf } from "../../store/audit-chain.ts";
import { type Item, verifyChain } from "../../store/verify-chain.ts";
import { readAnchors } from "./anchors.ts";
import type { LogCheck } from "./check.ts";

/**
 * An export, on any machine: no database, no configuration, no secret. Who stands behind a reference is not in it.
 *
 * @param part it was exported with --since: its first entry is believed
 */
export async function checkFile(file: string, anchorFile: string | null, part: boolean): Promise<LogCheck> {
  const { anchors, unreadable } =
    anchorFile === null ? { anchors: [], unreadable: 0 } : await readAnchors(anchorFile);
  const verdict = await verifyChain(itemsOf(file), { anchors, ...(part ? { after: null } : {}) });
  const lastAnchor = anchors.reduce<(typeof anchors)[number] | null>(
    (a, b) => (a === null || b.at > a.at ? b : a),
    null,
  );
  return { verdict, lastAnchor, unreadableAnchors: unreadable, wrongPeople: [] };
}

async function* itemsOf(file: string): AsyncGenerator<Item> {
  try {
    for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity }))
      yield entryOf(line);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    throw new AuditorError(
      "config",
      file,
      "it cannot be read",
      "name a file made by plumbline audit-log export",
      {
        cause,
      },
    );
  }
}
