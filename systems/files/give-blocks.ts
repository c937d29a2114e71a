import type { RawRows, Taken } from "../../core/row-plan.ts";
import type { Block } from "./text-blocks.ts";

const NEWLINE = 10;
/** A record that goes on for longer than this is for those who can say what is wrong with it. */
const LONGEST = 1 << 19;

/**
 * Gives blocks of a file to `take`, each behind what it left of the one before.
 *
 * @returns the blocks that are left: from the first one refused on, or none; and how the file ended, if it did
 */
export async function* giveBlocks(
  blocks: AsyncGenerator<Block>,
  take: RawRows["take"],
): AsyncGenerator<Taken, { readonly left: AsyncIterable<Block>; readonly finalNewline: boolean }> {
  let waiting: Buffer = Buffer.alloc(0);
  let finalNewline = true;
  for (;;) {
    const next = await blocks.next();
    if (next.done === true) return { left: none(), finalNewline };
    const block = next.value;
    const joined: Block =
      waiting.length === 0
        ? block
        : {
            bytes: Buffer.concat([waiting, block.bytes]),
            firstLine: block.firstLine - linesIn(waiting),
            last: block.last,
          };
    const taken = waiting.length > LONGEST ? null : take(joined.bytes, joined.last);
    if (taken === null) return { left: from(joined, blocks), finalNewline };
    waiting = joined.bytes.subarray(taken.bytes);
    if (block.bytes.length > 0) {
      const end = block.bytes[block.bytes.length - 1];
      finalNewline = end === NEWLINE || end === 13;
    }
    yield taken;
  }
}

async function* none(): AsyncGenerator<Block> {
  // nothing is left
}

async function* from(first: Block, rest: AsyncGenerator<Block>): AsyncGenerator<Block> {
  yield first;
  yield* rest;
}

function linesIn(bytes: Buffer): number {
  let n = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) n++;
  return n;
}
