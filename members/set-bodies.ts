import { readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { AuditorError } from "../core/errors.ts";
import { bodyBytes, damaged, type Place } from "./set-file.ts";

/**
 * Where the bodies of a set's partitions lie, in plain values that can be handed to a thread of this process. Valid as
 * long as the set is open.
 */
export type SetBodies = {
  readonly path: string;
  /** null: the whole file is in memory. */
  readonly fd: number | null;
  readonly whole: Uint8Array | null;
  readonly attributes: number;
  readonly places: readonly Place[];
};

export type BodyFault = "cut_off" | "checksum";

/** Bytes of the body of partition `p`. */
export const bytesOfBody = (b: SetBodies, p: number): number => bodyBytes(placeOf(b, p).rows, b.attributes);

/**
 * Copies the body of partition `p`, as it lies in the file (set-file.ts), to the start of `target` and proves it.
 *
 * @param target at least `bytesOfBody` bytes
 * @returns what is wrong with it; null: nothing
 */
export function readBody(b: SetBodies, p: number, target: Uint8Array): BodyFault | null {
  const { offset, crc } = placeOf(b, p);
  const length = bytesOfBody(b, p);
  if (length > target.length) throw new RangeError(`${length} bytes do not fit into ${target.length}`);
  if (b.fd === null) {
    if (b.whole === null) throw new RangeError(`${b.path} is closed`);
    target.set(b.whole.subarray(offset, offset + length));
  } else {
    for (let done = 0; done < length; ) {
      const read = readSync(b.fd, target, done, length - done, offset + done);
      if (read === 0) return "cut_off";
      done += read;
    }
  }
  return crc32(target.subarray(0, length)) === crc ? null : "checksum";
}

export const bodyError = (path: string, p: number, fault: BodyFault): AuditorError =>
  damaged(
    path,
    fault === "cut_off"
      ? "the set is cut off: it became shorter while it was read"
      : `the set is damaged: the checksum of partition ${p} is wrong`,
  );

function placeOf(b: SetBodies, p: number): Place {
  const place = b.places[p];
  if (place === undefined) throw new RangeError(`partition ${p} of ${b.places.length}`);
  return place;
}
