import { join } from "node:path";
import type { IdentifierKind, Instant, MemberRow, PersonKey } from "../../core/model.ts";
import type { ValidValues } from "../../members/attribute-state.ts";
import { deriveKeys } from "../../members/keys.ts";
import { type MemberSet, openSet } from "../../members/member-set.ts";
import { hexOfWords, personKeyOf } from "../../members/person-key.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import type { SetSummary } from "../../members/set-terms.ts";

export const KEYS = deriveKeys(Buffer.alloc(32, 42));
export const AS_OF = "2026-11-23T06:00:00.000Z" as Instant;
export const emailOf = (i: number): string => `p${i}@example.com`;
export const keyOf = (i: number): PersonKey => personKeyOf(KEYS, "email", emailOf(i));

export const row = (email: string | null, more: Partial<MemberRow> = {}): MemberRow => ({
  id: "r",
  identifiers: email === null ? {} : { email },
  attributes: {},
  consent: "unknown",
  mailable: null,
  of: [0],
  ...more,
});

let files = 0;

export type Built = {
  readonly set: MemberSet;
  readonly summary: SetSummary;
  readonly file: string;
  readonly spoolFile: string;
};

export async function build(
  folder: string,
  rows: Iterable<MemberRow>,
  o: {
    previous?: MemberSet | null;
    ordinal?: number | null;
    attributes?: readonly string[];
    identity?: IdentifierKind;
    rules?: Readonly<Record<string, ValidValues>>;
    counted?: readonly string[];
    spool?: boolean;
    maxBytesInMemory?: number;
    epoch?: number;
    records?: boolean;
  } = {},
): Promise<Built> {
  const builder = new SetBuilder({
    identity: o.identity ?? "email",
    attributes: o.attributes ?? [],
    rules: o.rules ?? {},
    counted: o.counted ?? [],
    keys: KEYS,
    epoch: o.epoch ?? 1,
    spool: o.spool ?? false,
    records: o.records ?? false,
    ...(o.maxBytesInMemory === undefined ? {} : { maxBytesInMemory: o.maxBytesInMemory }),
  });
  for (const r of rows) builder.add(r);
  const file = join(folder, `${files++}.pls`);
  const spoolFile = file.replace(".pls", ".spool");
  const summary = await builder.finish({
    file,
    spoolFile: o.spool ? spoolFile : null,
    previous: o.previous ?? null,
    asOf: AS_OF,
    ordinal: o.ordinal === undefined ? 0 : o.ordinal,
  });
  return { set: await openSet(file), summary, file, spoolFile };
}

export type StoredRow = {
  readonly presence: bigint;
  readonly consent: number;
  readonly prints: readonly number[];
};

/** Everything in a set, by key; also proves that every partition is sorted and holds only its own keys. */
export async function contentOf(set: MemberSet): Promise<Map<PersonKey, StoredRow>> {
  const rows = new Map<PersonKey, StoredRow>();
  for (let p = 0; p < set.partitions; p++) {
    const part = await set.load(p);
    let last = "";
    for (let i = 0; i < part.n; i++) {
      const key = hexOfWords(part.keys, 4 * i);
      if (key <= last) throw new Error(`partition ${p} is not sorted`);
      if (Number.parseInt(key.slice(0, 2), 16) !== p)
        throw new Error(`partition ${p} holds a key of another`);
      last = key;
      rows.set(key, {
        presence: BigInt(part.presence[2 * i]!) | (BigInt(part.presence[2 * i + 1]!) << 32n),
        consent: part.consent[i]!,
        prints: part.prints.map((column) => column[i]!),
      });
    }
  }
  return rows;
}
