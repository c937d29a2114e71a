import type { FileHandle } from "node:fs/promises";
import { checksum } from "./checksum.ts";
import { type Directory, damaged, type Place } from "./set-file.ts";
import { columnStarts, columnWidths } from "./set-layout.ts";

/** Fills the pieces, one behind the other, with what stands at `offset`. */
export type Read = (offset: number, pieces: readonly Uint8Array[]) => Promise<void>;

/** Systems take at most 1024 pieces at once. */
const MOST_PIECES = 512;

/** Reads from a file that is open. @throws bad_data when the file ends before the pieces are full */
export function readFrom(handle: FileHandle, where: string): Read {
  return async (offset, pieces) => {
    let at = offset;
    for (let left = pieces.filter((piece) => piece.length > 0); left.length > 0; ) {
      // one piece, or as many as the system takes
      let { bytesRead } = await handle.readv(left.slice(0, MOST_PIECES), at);
      if (bytesRead === 0) throw damaged(where, CUT_OFF);
      at += bytesRead;
      left = left.flatMap((piece) => {
        const rest = piece.subarray(Math.min(bytesRead, piece.length));
        bytesRead -= piece.length - rest.length;
        return rest.length > 0 ? [rest] : [];
      });
    }
  };
}

/** Reads from a file that is in memory. */
export function readOf(whole: Uint8Array): Read {
  return async (offset, pieces) => {
    let at = offset;
    for (const piece of pieces) {
      piece.set(whole.subarray(at, at + piece.length));
      at += piece.length;
    }
  };
}

/** One stretch of the file: the columns `from` to `to` of one of its partitions. */
export type Stretch = {
  readonly place: Place;
  readonly offset: number;
  /** Where each column goes; last, where `to` is the end of the body, room for its zeros. */
  readonly pieces: readonly Uint8Array[];
};

/** Partitions of a set, as fine as its file has them or several as one. */
export class SetPlan {
  readonly places: readonly Place[];
  readonly attributes: number;

  constructor(places: readonly Place[], attributes: number) {
    this.places = places;
    this.attributes = attributes;
  }

  /** Those of the file that are partition `p` of `of`. @throws RangeError when there is no such partition */
  #group(p: number, of: number): readonly Place[] {
    const each = this.places.length / of;
    if (!Number.isInteger(each) || !Number.isInteger(p) || p < 0 || p >= of)
      throw new RangeError(`partition ${p} of ${of}, in a file of ${this.places.length}`);
    return this.places.slice(p * each, (p + 1) * each);
  }

  rows(p: number, of: number): number {
    return this.#group(p, of).reduce((n, place) => n + place.rows, 0);
  }

  /** Bytes of the columns `from` to `to`, as they stand in `target` of `stretches`. */
  bytes(p: number, of: number, from: number, to: number): number {
    const starts = columnStarts(this.rows(p, of), this.attributes);
    return (starts[to] as number) - (starts[from] as number);
  }

  /**
   * What to read for the columns from `from` up to, not including, `to`.
   *
   * @param target gets each column as a whole, one behind the other: as the body of one partition; its zeros are written here
   */
  stretches(p: number, of: number, from: number, to: number, target: Uint8Array): Stretch[] {
    const rows = this.rows(p, of);
    const length = this.bytes(p, of, from, to);
    if (target.length < length) throw new RangeError(`${target.length} bytes for ${length}`);
    const widths = columnWidths(this.attributes);
    const starts = columnStarts(rows, this.attributes);
    const base = starts[from] as number;
    const padded = to === widths.length;
    let before = 0;
    const stretches = this.#group(p, of).map((place): Stretch => {
      const pieces: Uint8Array[] = [];
      for (let c = from; c < to; c++) {
        const width = widths[c] as number;
        const at = (starts[c] as number) - base + width * before;
        pieces.push(target.subarray(at, at + width * place.rows));
      }
      const own = columnStarts(place.rows, this.attributes);
      const zeros = (own.at(-1) as number) - (own.at(-2) as number) - place.rows;
      if (padded) pieces.push(new Uint8Array(zeros));
      before += place.rows;
      return { place, offset: place.offset + (own[from] as number), pieces };
    });
    if (padded) target.fill(0, (starts[to - 1] as number) - base + rows, length);
    return stretches;
  }

  /** The first column of a stretch whose checksum is wrong; −1: none. */
  wrongColumn({ place, pieces }: Stretch, from: number, to: number): number {
    for (let c = from; c < to; c++) {
      // the zeros count to the last column
      const more = c === this.attributes + 2 ? 2 : 1;
      const sum = checksum(...pieces.slice(c - from, c - from + more));
      if (sum !== place.checksums[c]) return c;
    }
    return -1;
  }
}

/** Reads partitions, each column proved by its checksum. */
export class SetReading {
  readonly plan: SetPlan;
  readonly #where: string;
  readonly #read: Read;

  constructor(where: string, { head, places }: Directory, read: Read) {
    this.#where = where;
    this.plan = new SetPlan(places, head.attributes.length);
    this.#read = read;
  }

  /** Bytes of the columns `from` to `to`, as `into` gives them. */
  bytes(p: number, of: number, from: number, to: number): number {
    return this.plan.bytes(p, of, from, to);
  }

  /** Reads the columns from `from` up to, not including, `to`; see SetPlan.stretches. @returns rows */
  async into(p: number, of: number, from: number, to: number, target: Uint8Array): Promise<number> {
    for (const stretch of this.plan.stretches(p, of, from, to, target)) {
      await this.#read(stretch.offset, stretch.pieces);
      const column = this.plan.wrongColumn(stretch, from, to);
      if (column < 0) continue;
      const place = this.plan.places.indexOf(stretch.place);
      throw damaged(this.#where, wrongChecksum(place, column));
    }
    return this.plan.rows(p, of);
  }
}

export const wrongChecksum = (place: number, column: number): string =>
  `the set is damaged: the checksum of partition ${place}, column ${column} is wrong`;
export const CUT_OFF = "the set is cut off: it became shorter while it was read";
