import { type FlipRule, weekOf } from "../flips.ts";
import type { MemberSet } from "../member-set.ts";
import type { StoredKernel } from "./each-kind.ts";
import { growTo, startKindKernel } from "./kind-kernel.ts";

/** Somebody who came back: row `row` of partition `p`, with the presence word's halves. */
export type Returner = {
  readonly p: number;
  readonly row: number;
  readonly lo: number;
  readonly hi: number;
  readonly returns: number;
  readonly flipping: boolean;
};

const PRESENCE = 1024;
const FLIPPING = 0x8000_0000;

/**
 * Finds everybody in a stored set who has come back at least once, in the order of their keys. Reads presence and nothing
 * else; one partition of it in memory.
 *
 * @throws AuditorError bad_data when the file is damaged
 */
export async function eachReturner(
  kernel: StoredKernel,
  set: MemberSet,
  rule: FlipRule,
  visit: (found: Returner) => void,
): Promise<void> {
  const { exports, memory } = startKindKernel(kernel.module);
  for (let p = 0; p < set.partitions; p++) {
    const bytes = set.columnBytes(p, "presence");
    const out = Math.ceil((PRESENCE + bytes) / 64) * 64;
    // room for what is found, which is 8 bytes a person too
    growTo(memory, out + bytes);
    const rows = await set.columnInto(p, "presence", new Uint8Array(memory.buffer, PRESENCE, bytes));
    const n = exports.returners(PRESENCE, rows, rule.bits, rule.within, weekOf(rule.hours), out);
    const presence = new Uint32Array(memory.buffer, PRESENCE, 2 * rows);
    const found = new Uint32Array(memory.buffer, out, 2 * n);
    for (let k = 0; k < n; k++) {
      const row = found[2 * k] as number;
      const said = found[2 * k + 1] as number;
      visit({
        p,
        row,
        lo: presence[2 * row] as number,
        hi: presence[2 * row + 1] as number,
        returns: said % FLIPPING,
        flipping: said >= FLIPPING,
      });
    }
  }
}
