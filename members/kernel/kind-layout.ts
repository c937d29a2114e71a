import type { SetBodies } from "../set-bodies.ts";

/** What tells people apart: everything that whoever counts them looks at. */
export type Looks = {
  /** Index of the set that values are compared with. */
  readonly owner: number;
  /** Bits of each set's word that count (assembly/looks.ts). */
  readonly bits: bigint;
  /** Sets of which other bits count, by index. */
  readonly own?: Readonly<Record<number, bigint>>;
  /** Columns whose values are compared with the owner's, of people who are in both now. Needs the lowest bit. */
  readonly fields: readonly {
    readonly ownerColumn: number;
    readonly set: number;
    readonly column: number;
  }[];
  /** Columns of the owner whose values count as they are. */
  readonly prints: readonly number[];
};
export const ALL_BITS = 0xffff_ffff_ffff_ffffn;

/** Addresses in the memory of one merge. */
export type KindLayout = {
  readonly inputs: number;
  readonly fields: number;
  readonly prints: number;
  readonly heads: number;
  readonly looks: number;
  readonly slots: number;
  readonly slotBits: number;
  readonly known: number;
  readonly weights: number;
  readonly masks: number;
  /** Per set: where the rows of the kinds stand. */
  readonly rows: readonly { readonly presence: number; readonly prints: number; readonly consent: number }[];
  /** A byte per kind: are its people wanted? */
  readonly wanted: number;
  /** Eight bytes per kind: what the host says of its people. */
  readonly verdicts: number;
  /** Rows of people who are picked. */
  readonly picked: number;
  readonly mostPicked: number;
  readonly canary: number;
  /** Where everything of fixed size ends, and the partitions begin. */
  readonly bodies: number;
  /** Kinds in the table. */
  readonly capacity: number;
};

export const INPUT_BYTES = 64;
export const FIELD_BYTES = 32;
export const MOST_KINDS = 1 << 16;
const FEWEST_KINDS = 16;
const TABLE_BYTES = 32 << 20;
const PICKED_BYTES = 1 << 16;
export const up = (n: number): number => Math.ceil(n / 64) * 64;

/** @param most kinds in the table; fewer where they need more than 32 MB */
export function layoutOf(sets: readonly SetBodies[], looks: Looks, most: number): KindLayout {
  const n = sets.length;
  const lookBytes = 8 * (n + Math.ceil(looks.fields.length / 16) + Math.ceil(looks.prints.length / 2));
  const kindBytes = lookBytes + 17 + sets.reduce((sum, s) => sum + 9 + 4 * s.attributes, 0);
  const fits = Math.max(FEWEST_KINDS, Math.min(most, MOST_KINDS, TABLE_BYTES / kindBytes));
  const bits = Math.floor(Math.log2(fits));
  let end = 1024;
  const room = (bytes: number): number => {
    const at = end;
    end += up(bytes);
    return at;
  };
  return {
    inputs: room(INPUT_BYTES * n),
    fields: room(FIELD_BYTES * looks.fields.length),
    prints: room(4 * looks.prints.length),
    heads: room(8 * n),
    looks: room(lookBytes),
    slots: room(8 << bits),
    slotBits: bits + 1,
    known: room(lookBytes << bits),
    weights: room(4 << bits),
    masks: room(4 << bits),
    rows: sets.map((s) => ({
      presence: room(8 << bits),
      prints: room((4 * s.attributes) << bits),
      consent: room(1 << bits),
    })),
    wanted: room(1 << bits),
    verdicts: room(8 << bits),
    picked: room(PICKED_BYTES),
    mostPicked: Math.floor(PICKED_BYTES / (4 * n)),
    canary: room(4),
    bodies: end,
    capacity: 1 << bits,
  };
}
