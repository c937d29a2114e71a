import { join } from "node:path";
import type { IdentifierKind, PersonKey } from "../../core/model.ts";
import { fieldState, printAt } from "../../members/field-tally.ts";
import type { Keys } from "../../members/keys.ts";
import type { MemberSet, Partition } from "../../members/member-set.ts";
import { mergePartitions } from "../../members/merge.ts";
import { hexOfWords } from "../../members/person-key.ts";
import { openSpool, type Spool, type SpooledRow } from "../../members/spool.ts";
import type { FileRead } from "./build-report.ts";
import type { Source } from "./compare-files.ts";
import type { PeopleFiles, PeopleKind } from "./people-files.ts";
import { goOn, innerName } from "./read-file.ts";
import { writeRepeatedRows } from "./repeated-rows.ts";

export type PeopleInput = {
  readonly reads: readonly FileRead[];
  readonly sources: readonly Source[];
  /** Files that were compared; `sets` are theirs, in the same order. */
  readonly compared: readonly number[];
  readonly owner: number;
  readonly sets: readonly MemberSet[];
  readonly folder: string;
  readonly identity: IdentifierKind;
  readonly keys: Keys;
  readonly people: PeopleFiles;
  readonly signal: AbortSignal;
  readonly attributes: readonly string[];
};

export const peopleHeaders = (
  identity: IdentifierKind,
  attributes: readonly string[],
): Record<PeopleKind, string[]> => ({
  missing: ["file", identity, ...attributes],
  extra: ["file", identity, ...attributes],
  mismatched: ["file", identity, "attribute", "value_in_owner", "value_in_file"],
  duplicates: ["file", "row", identity, ...attributes],
  unusable: ["file", "row", identity],
});

/** Names everybody behind the counts. Bounded memory: one partition of the sets and their sealed rows at a time. */
export async function writePeople(i: PeopleInput): Promise<void> {
  await i.people.start(peopleHeaders(i.identity, i.attributes));
  const spools: Spool[] = [];
  try {
    for (const f of i.compared) spools.push(await openSpool(join(i.folder, `${f}.spool`), i.keys));
    for (let p = 0; p < (i.sets[0]?.partitions ?? 0); p++) {
      goOn(i.signal);
      await writePartition(i, spools, await Promise.all(i.sets.map((set) => set.load(p))));
    }
  } finally {
    for (const spool of spools) await spool.close();
  }
  for (const f of i.compared) await writeRepeatedRows(i, f);
}

/** Of one file: whom its owner has and it lacks, whom only it has, and whose attribute (by index) is another. */
type Found = {
  readonly missing: PersonKey[];
  readonly extra: PersonKey[];
  readonly mismatched: { readonly person: PersonKey; readonly attribute: number }[];
};

async function writePartition(
  i: PeopleInput,
  spools: readonly Spool[],
  parts: readonly Partition[],
): Promise<void> {
  const ownerSeat = i.compared.indexOf(i.owner);
  const found = find(parts, ownerSeat, i.attributes.length);
  const atOwner = found.flatMap((f) => [...f.missing, ...f.mismatched.map((m) => m.person)]);
  const owners = await (spools[ownerSeat] as Spool).lookup([...new Set(atOwner)]);
  for (const [seat, f] of found.entries()) {
    const label = i.reads[i.compared[seat] as number]?.label ?? "";
    const here = await (spools[seat] as Spool).lookup([
      ...new Set([...f.extra, ...f.mismatched.map((m) => m.person)]),
    ]);
    for (const person of f.missing) await i.people.row("missing", [label, ...cells(i, owners.get(person))]);
    for (const person of f.extra) await i.people.row("extra", [label, ...cells(i, here.get(person))]);
    for (const { person, attribute } of f.mismatched) {
      const [owner, row] = [owners.get(person), here.get(person)];
      await i.people.row("mismatched", [
        label,
        idOf(i, row),
        i.attributes[attribute] as string,
        textOf(owner, attribute),
        textOf(row, attribute),
      ]);
    }
  }
}

function find(parts: readonly Partition[], owner: number, attributes: number): Found[] {
  const found = parts.map((): Found => ({ missing: [], extra: [], mismatched: [] }));
  mergePartitions(parts, (key, at) => {
    const ownerRow = at[owner] as number;
    for (let s = 0; s < parts.length; s++) {
      if (s === owner) continue;
      const row = at[s] as number;
      const { missing, extra, mismatched } = found[s] as Found;
      if (ownerRow < 0 && row >= 0) extra.push(hexOfWords(key, 0));
      else if (ownerRow >= 0 && row < 0) missing.push(hexOfWords(key, 0));
      else if (row >= 0) {
        for (let a = 0; a < attributes; a++) {
          const state = fieldState(
            printAt(parts[s] as Partition, a, row),
            printAt(parts[owner] as Partition, a, ownerRow),
          );
          if (state !== "equal" && state !== "nullBoth")
            mismatched.push({ person: hexOfWords(key, 0), attribute: a });
        }
      }
    }
  });
  return found;
}

const idOf = (i: PeopleInput, row: SpooledRow | undefined): string => row?.identifiers[i.identity] ?? "";
const textOf = (row: SpooledRow | undefined, attribute: number): string =>
  row?.attributes[innerName(attribute)] ?? "";
const cells = (i: PeopleInput, row: SpooledRow | undefined): string[] => [
  idOf(i, row),
  ...i.attributes.map((_, a) => textOf(row, a)),
];
