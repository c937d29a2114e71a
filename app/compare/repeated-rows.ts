import { normalise } from "../../members/normalise.ts";
import { hexOfWords, keyWriter } from "../../members/person-key.ts";
import { openTable } from "../../systems/files/table.ts";
import { goOn, sameFile } from "./read-file.ts";
import type { PeopleInput } from "./write-people.ts";

/** What of PeopleInput is needed. */
type Input = Pick<PeopleInput, "reads" | "sources" | "identity" | "keys" | "people" | "signal">;
type Row = { readonly n: number; readonly fields: readonly string[] };

/** Repeated rows that are held at once; more of them take another pass over the file. */
const HELD_ROWS = 500_000;
const LEAST_BITS = 16;
const MOST_BITS = 30;

/**
 * Writes the rows that name somebody whom another row of the file names too, and those that name nobody, by reading
 * the file again: once to see which keys come twice, roughly, and once to write them.
 *
 * @throws AuditorError transient when the file is another than before
 */
export async function writeRepeatedRows(i: Input, f: number): Promise<void> {
  const { summary, table: before } = i.reads[f] ?? {};
  if (!summary || !before || summary.duplicates + summary.invalid === 0) return;
  const bits = Math.min(MOST_BITS, Math.max(LEAST_BITS, 38 - Math.clz32(summary.records)));
  const suspects = summary.duplicates === 0 ? null : await keysSeenTwice(i, f, bits);
  const passes = Math.max(1, Math.ceil((2 * summary.duplicates) / HELD_ROWS));
  for (let pass = 0; pass < passes; pass++) {
    const people = new Map<string, Row[]>();
    await eachRow(i, f, (row, key) => {
      if (key === null)
        return pass === 0 ? i.people.row("unusable", [before.label, String(row.n), idOf(i, f, row)]) : null;
      if (suspects?.has(key) !== true || (key[1] as number) % passes !== pass) return null;
      const person = hexOfWords(key, 0);
      const rows = people.get(person);
      if (rows) rows.push(row);
      else people.set(person, [row]);
      return null;
    });
    for (const rows of people.values()) {
      if (rows.length < 2) continue;
      for (const row of rows) {
        const values = i.reads[f]?.chosen?.attributes.map((at) => row.fields[at] ?? "") ?? [];
        await i.people.row("duplicates", [before.label, String(row.n), idOf(i, f, row), ...values]);
      }
    }
  }
}

const idOf = (i: Input, f: number, row: Row): string => row.fields[i.reads[f]?.chosen?.id ?? -1] ?? "";

/**
 * `key`: four words, reused between rows; null when the row names nobody. Row 1 is the header. `visit` answers null
 * when there is nothing to wait for, which is nearly always.
 */
async function eachRow(
  i: Input,
  f: number,
  visit: (row: Row, key: Uint32Array | null) => Promise<void> | null,
): Promise<void> {
  const before = i.reads[f]?.table;
  const id = i.reads[f]?.chosen?.id ?? -1;
  if (!before) return;
  const table = sameFile(await openTable(i.sources[f]?.path ?? "", before.label), before);
  const write = keyWriter(i.keys);
  const key = new Uint32Array(4);
  let n = 1;
  try {
    for await (const batch of table.rows()) {
      goOn(i.signal);
      for (const fields of batch) {
        n++;
        const normal = normalise(i.identity, fields[id] ?? "");
        if (normal !== null) write(i.identity, normal, key, 0);
        const waits = visit({ n, fields }, normal === null ? null : key);
        if (waits !== null) await waits;
      }
    }
  } finally {
    await table.close();
  }
}

/** Two bits per place of a key's hash: seen, and seen again. Has every key that comes twice, and few that do not. */
async function keysSeenTwice(i: Input, f: number, bits: number): Promise<{ has(key: Uint32Array): boolean }> {
  const once = new Uint8Array(2 ** (bits - 3));
  const twice = new Uint8Array(2 ** (bits - 3));
  const place = (key: Uint32Array): number => (key[0] as number) >>> (32 - bits);
  await eachRow(i, f, (_, key) => {
    if (key === null) return null;
    const at = place(key);
    const bit = 1 << (at & 7);
    const seen = ((once[at >>> 3] as number) & bit) !== 0;
    const set = seen ? twice : once;
    set[at >>> 3] = (set[at >>> 3] as number) | bit;
    return null;
  });
  return {
    has(key) {
      const at = place(key);
      return ((twice[at >>> 3] as number) & (1 << (at & 7))) !== 0;
    },
  };
}
