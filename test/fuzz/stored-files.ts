import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MemberRow, PersonKey, RunId } from "../../core/model.ts";
import { systemId } from "../../core/model.ts";
import { carryAgreed } from "../../members/agree.ts";
import type { CompareInput } from "../../members/compare-sets.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { openSpool, type SpooledRow } from "../../members/spool.ts";
import { build, contentOf, KEYS, keyOf, row, type StoredRow } from "../property/members-build.ts";

/** A sound file of each kind, and what reading it gives. */
export type Stored = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly content: ReadonlyMap<PersonKey, StoredRow>;
};

const people = (n: number, from = 0): MemberRow[] =>
  Array.from({ length: n }, (_, i) =>
    row(`p${from + i}@example.com`, {
      id: `r${i}`,
      attributes: { plan: ["pro", "free", null][i % 3] ?? null, region: `r${i % 5}` },
      consent: (["subscribed", "unsubscribed", "unknown"] as const)[i % 3] ?? "unknown",
      mailable: i % 2 === 0,
    }),
  );

/** Sets without people, with few, with a history, and one longer than what is read at once. */
export async function someSets(folder: string): Promise<Stored[]> {
  const none = await build(folder, [], { attributes: ["plan"] });
  const few = await build(folder, people(7), { attributes: ["plan", "region"] });
  const before = await build(folder, people(300), { attributes: ["plan", "region"], records: true });
  const later = await build(folder, people(300, 40), {
    attributes: ["plan", "region"],
    records: true,
    previous: before.set,
    ordinal: 1,
  });
  const long = await build(folder, people(130_000), { attributes: ["plan", "region"] });
  const stored: Stored[] = [];
  for (const [name, { set, file }] of Object.entries({ none, few, later, long })) {
    stored.push({ name, bytes: readFileSync(file), content: await contentOf(set) });
    await set.close();
  }
  await before.set.close();
  return stored;
}

export const inputOf = (owner: MemberSet, copy: MemberSet): CompareInput => ({
  purpose: "lifecycle",
  owner: systemId("a"),
  segments: [
    { system: systemId("a"), set: owner, base: null, where: null },
    { system: systemId("b"), set: copy, base: null, where: null },
  ],
  excluded: [],
  keys: KEYS,
});

/** What owner and copy agreed on. */
export async function someAgreed(folder: string): Promise<Buffer> {
  const owner = await build(folder, people(60), { attributes: ["plan"] });
  const copy = await build(folder, people(60, 20), { attributes: ["plan"] });
  const file = join(folder, "agreed.pls");
  await carryAgreed(inputOf(owner.set, copy.set), null, {
    file,
    runId: "r1" as RunId,
    copies: [systemId("b")],
  });
  return readFileSync(file);
}

export type Spooled = {
  readonly bytes: Buffer;
  readonly asked: readonly PersonKey[];
  readonly rows: ReadonlyMap<PersonKey, SpooledRow>;
};

export async function someSpools(folder: string): Promise<Spooled[]> {
  const spools: Spooled[] = [];
  for (const n of [0, 3, 400]) {
    const { spoolFile, set } = await build(folder, people(n), {
      attributes: ["plan", "region"],
      spool: true,
    });
    await set.close();
    const asked = Array.from({ length: Math.min(n, 30) + 2 }, (_, i) => keyOf(i * 7));
    const spool = await openSpool(spoolFile, KEYS);
    spools.push({ bytes: readFileSync(spoolFile), asked, rows: await spool.lookup(asked) });
    await spool.close();
  }
  return spools;
}
