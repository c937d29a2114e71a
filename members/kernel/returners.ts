import { setImmediate } from "node:timers/promises";
import { type FlipRule, weekOf } from "../flips.ts";
import type { MemberSet } from "../member-set.ts";
import { bodyError, bytesOfBody, readBody, rowsOfBody } from "../set-bodies.ts";
import type { StoredKernel } from "./each-kind.ts";
import { growTo, startKindKernel } from "./kind-kernel.ts";

/** Somebody who came back. The columns are the partition's, and void after the call. */
export type Returner = {
  readonly keys: Uint32Array;
  readonly presence: Uint32Array;
  readonly row: number;
  readonly returns: number;
  readonly flipping: boolean;
};

const BODY = 1024;
const FLIPPING = 0x8000_0000;

/**
 * Finds everybody in a stored set who has come back at least once, in the order of their keys. One partition in memory.
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
  const bodies = set.bodies();
  for (let p = 0; p < set.partitions; p++) {
    const rows = rowsOfBody(bodies, p);
    const bytes = bytesOfBody(bodies, p);
    const out = Math.ceil((BODY + bytes) / 64) * 64;
    growTo(memory, out + 8 * rows);
    const fault = readBody(bodies, p, new Uint8Array(memory.buffer, BODY, bytes));
    if (fault !== null) throw bodyError(set.path, fault);
    const n = exports.returners(BODY + 16 * rows, rows, rule.bits, rule.within, weekOf(rule.hours), out);
    const keys = new Uint32Array(memory.buffer, BODY, 4 * rows);
    const presence = new Uint32Array(memory.buffer, BODY + 16 * rows, 2 * rows);
    const found = new Uint32Array(memory.buffer, out, 2 * n);
    for (let k = 0; k < n; k++) {
      const said = found[2 * k + 1] as number;
      visit({
        keys,
        presence,
        row: found[2 * k] as number,
        returns: said % FLIPPING,
        flipping: said >= FLIPPING,
      });
    }
    await setImmediate();
  }
}
