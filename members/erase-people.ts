import type { PersonKey } from "../core/model.ts";
import type { Keys } from "./keys.ts";
import { type MemberSet, openSet, type Partition } from "./member-set.ts";
import { rowsOf } from "./rows-of.ts";
import { AGREED_MAGIC, MAGIC } from "./set-file.ts";
import { writtenHead } from "./set-head.ts";
import { SetWriter } from "./set-writer.ts";
import { sortedKeys } from "./sorted-keys.ts";
import { openSpool } from "./spool.ts";
import { SpoolWriter } from "./spool-writer.ts";

/** `set`: who is in a segment; `agreed`: what owner and copies last agreed on. */
export type ErasableKind = "set" | "agreed";

/** In a set only who is there now counts as a member; in an agreed state, who was with both in any copy. */
const COUNTS: Readonly<Record<ErasableKind, (part: Partition, row: number) => boolean>> = {
  set: (part, row) => ((part.presence[2 * row] as number) & 1) === 1,
  agreed: (part, row) => part.presence[2 * row] !== 0,
};
const MAGICS: Readonly<Record<ErasableKind, number>> = { set: MAGIC, agreed: AGREED_MAGIC };

/**
 * Writes a set, or an agreed state, without these people: also without their history. The file stays as it is when
 * none of them is in it; else the new one takes its place whole.
 *
 * @param epoch keys of another epoch cannot be told: then nothing is done
 * @returns how many of them were in it; null: it is of another epoch
 * @throws as `openSet`; permanent when the disk refuses
 */
export async function eraseFromSet(
  path: string,
  kind: ErasableKind,
  epoch: number,
  people: readonly PersonKey[],
): Promise<number | null> {
  const set = await openSet(path, MAGICS[kind]);
  try {
    if (set.epoch !== epoch) return null;
    const asked = sortedKeys(people);
    let found = 0;
    for (const p of asked.partitions) found += rowsOf(await set.load(p), asked.keys(p)).length;
    if (found > 0) await rewrite(set, kind, (p) => asked.keys(p));
    return found;
  } finally {
    await set.close();
  }
}

async function rewrite(set: MemberSet, kind: ErasableKind, without: (p: number) => Uint32Array) {
  const writer = await SetWriter.create(set.path, { magic: MAGICS[kind], partitions: set.finest });
  try {
    let size = 0;
    for (let p = 0; p < set.partitions; p++) {
      const part = await set.load(p);
      const kept = withoutRows(part, rowsOf(part, without(p)));
      for (let row = 0; row < kept.n; row++) if (COUNTS[kind](kept, row)) size++;
      await writer.write(kept);
    }
    // all of the head, so that what an agreed state keeps there stays too
    await writer.commit({ ...writtenHead(set), size });
  } catch (e) {
    await writer.abort();
    throw e;
  }
}

function withoutRows(part: Partition, rows: readonly number[]): Partition {
  if (rows.length === 0) return part;
  const gone = new Set(rows);
  const kept = Uint32Array.from({ length: part.n }, (_, row) => row).filter((row) => !gone.has(row));
  const words = (column: Uint32Array, width: number): Uint32Array => {
    const out = new Uint32Array(kept.length * width);
    for (const [i, row] of kept.entries())
      out.set(column.subarray(row * width, (row + 1) * width), i * width);
    return out;
  };
  return {
    n: kept.length,
    keys: words(part.keys, 4),
    presence: words(part.presence, 2),
    prints: part.prints.map((column) => words(column, 1)),
    consent: Uint8Array.from(kept, (row) => part.consent[row] as number),
  };
}

/**
 * Writes a spool without these people, under a new name and with it a new key. Untouched when none of them is in it.
 *
 * @returns how many of them were in it
 * @throws as `openSpool`; permanent when the disk refuses
 */
export async function eraseFromSpool(
  path: string,
  keys: Keys,
  people: readonly PersonKey[],
  randomBytes: (n: number) => Uint8Array,
): Promise<number> {
  const spool = await openSpool(path, keys);
  try {
    const gone = new Set((await spool.lookup(people)).keys());
    if (gone.size === 0) return 0;
    const asked = sortedKeys([...gone]);
    const writer = await SpoolWriter.create(path, keys, randomBytes);
    try {
      for (let p = 0; p < spool.partitions; p++) {
        const rows = spool.rows(p);
        const part = keysAlone(rows.keys);
        const out = new Set(rowsOf(part, asked.keys(p)));
        const kept = withoutRows(part, [...out]);
        await writer.write(
          kept.keys,
          rows.texts.filter((_, row) => !out.has(row)),
        );
      }
      await writer.commit();
    } catch (e) {
      await writer.abort();
      throw e;
    }
    return gone.size;
  } finally {
    await spool.close();
  }
}

const keysAlone = (keys: Uint32Array): Partition => ({
  n: keys.length / 4,
  keys,
  presence: new Uint32Array(keys.length / 2),
  prints: [],
  consent: new Uint8Array(keys.length / 4),
});
