import { readvSync } from "node:fs";
import type { AuditorError } from "../core/errors.ts";
import { damaged, type Place } from "./set-file.ts";
import { bodyBytes } from "./set-layout.ts";
import { CUT_OFF, SetPlan, type Stretch, wrongChecksum } from "./set-reading.ts";

/**
 * Where the partitions of a set lie, in plain values that can be handed to a thread of this process. Valid as long as
 * the set is open.
 */
export type SetBodies = {
  readonly path: string;
  /** null: the whole file is in memory. */
  readonly fd: number | null;
  readonly whole: Uint8Array | null;
  readonly attributes: number;
  /** Whoever walks the set takes it in so many; a power of two, at most as many as `places`. */
  readonly partitions: number;
  readonly places: readonly Place[];
};

/** What is wrong with a body: the file became shorter, or a checksum of partition `place` of the file is wrong. */
export type BodyFault = "cut_off" | { readonly place: number; readonly column: number };

const planOf = (b: SetBodies): SetPlan => new SetPlan(b.places, b.attributes);

/** People of partition `p`. */
export const rowsOfBody = (b: SetBodies, p: number): number => planOf(b).rows(p, b.partitions);

/** Bytes of the body of partition `p`. */
export const bytesOfBody = (b: SetBodies, p: number): number => bodyBytes(rowsOfBody(b, p), b.attributes);

/**
 * Copies the body of partition `p`, as MemberSet.bodyInto does, and proves it.
 *
 * @param target at least `bytesOfBody` bytes
 * @returns what is wrong with it; null: nothing
 */
export function readBody(b: SetBodies, p: number, target: Uint8Array): BodyFault | null {
  const plan = planOf(b);
  const columns = b.attributes + 3;
  for (const stretch of plan.stretches(p, b.partitions, 0, columns, target)) {
    if (!fill(b, stretch)) return "cut_off";
    const column = plan.wrongColumn(stretch, 0, columns);
    if (column >= 0) return { place: b.places.indexOf(stretch.place), column };
  }
  return null;
}

/** @returns false: the file ends before */
function fill(b: SetBodies, { offset, pieces }: Stretch): boolean {
  if (b.fd === null) {
    if (b.whole === null) throw new RangeError(`${b.path} is closed`);
    let at = offset;
    for (const piece of pieces) {
      piece.set(b.whole.subarray(at, at + piece.length));
      at += piece.length;
    }
    return true;
  }
  let at = offset;
  for (let left = pieces.filter((piece) => piece.length > 0); left.length > 0; ) {
    let read = readvSync(b.fd, left, at);
    if (read === 0) return false;
    at += read;
    left = left.flatMap((piece) => {
      const rest = piece.subarray(Math.min(read, piece.length));
      read -= piece.length - rest.length;
      return rest.length > 0 ? [rest] : [];
    });
  }
  return true;
}

export const bodyError = (path: string, fault: BodyFault): AuditorError =>
  damaged(path, fault === "cut_off" ? CUT_OFF : wrongChecksum(fault.place, fault.column));
