import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audienceId, type Instant, type MemberRow, systemId } from "../core/model.ts";
import { type MovementInput, movementOf } from "./attribution.ts";
import { deriveKeys } from "./keys.ts";
import { type MemberSet, openSet } from "./member-set.ts";
import { SetBuilder } from "./set-builder.ts";

const keys = deriveKeys(Buffer.alloc(32, 9));
let folder = "";
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-attribution-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Person = { id: number; email?: string; optIn?: string | null; consent?: MemberRow["consent"] };
const CRM = systemId("crm");

async function setOf(people: readonly Person[], base: boolean, previous: MemberSet | null = null) {
  const builder = new SetBuilder({
    identity: "email",
    attributes: base ? ["opt_in"] : [],
    rules: {},
    keys,
    epoch: 1,
    spool: false,
    records: base,
  });
  for (const p of people)
    builder.add({
      id: `c${p.id}`,
      identifiers: { email: p.email ?? `p${p.id}@example.com` },
      attributes: { opt_in: p.optIn === undefined ? "yes" : p.optIn },
      consent: p.consent ?? "subscribed",
      mailable: null,
      of: [0],
    });
  const file = join(folder, `${files++}.pls`);
  await builder.finish({
    file,
    spoolFile: null,
    previous,
    asOf: "2026-11-23T06:00:00.000Z" as Instant,
    ordinal: files,
  });
  return openSet(file);
}

type Day = { readonly list: readonly Person[]; readonly all: readonly Person[] };

async function moved(before: Day, now: Day, more: Partial<MovementInput> = {}) {
  const previous = await setOf(before.list, false);
  const basePrevious = await setOf(before.all, true);
  return movementOf({
    system: CRM,
    previous,
    now: await setOf(now.list, false, previous),
    base: { previous: basePrevious, now: await setOf(now.all, true, basePrevious) },
    compare: null,
    values: { opt_in: ["yes", "no"] },
    keys,
    ...more,
  });
}

const people = (from: number, to: number, more: Partial<Person> = {}): Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, ...more }));

test("a field that was emptied for those who left explains them, with counts", async () => {
  const all = people(0, 200);
  const m = await moved(
    { list: people(0, 100), all },
    { list: people(50, 100), all: [...people(0, 45, { optIn: null }), ...people(45, 200)] },
  );
  expect(m).toMatchObject({
    before: 100,
    now: 50,
    changed: { left: 45 },
    alike: { left: 5 },
    records: { left: 0 },
  });
  expect(m.left).toEqual({
    attribute: "opt_in",
    state: "empty",
    value: null,
    people: 45,
    of: 50,
    changed: 45,
    others: 0,
    ofOthers: 50,
  });
});

test("a field that changed for everybody in the same night explains nobody", async () => {
  const m = await moved(
    { list: people(0, 100), all: people(0, 200) },
    { list: people(50, 100), all: people(0, 200, { optIn: "no" }) },
  );
  expect(m).toMatchObject({ changed: { left: 0 }, alike: { left: 50 }, left: null });
});

test("what most had before too is named with those who stayed, and counts as alike: the rule it was", async () => {
  const all = [...people(0, 60, { optIn: "no" }), ...people(60, 200)];
  const m = await moved({ list: all.slice(0, 150), all }, { list: all.slice(60, 150), all });
  expect(m).toMatchObject({ alike: { left: 60 }, changed: { left: 0 } });
  expect(m.left).toMatchObject({ state: "value", value: "no", people: 60, changed: 0, others: 0 });
});

test("deleted and new records, and records that only have another address", async () => {
  const before = people(0, 100);
  const after = [
    ...people(0, 10, {}).map((p) => ({ ...p, email: `new${p.id}@example.com` })),
    ...people(30, 110),
  ];
  const m = await moved({ list: before, all: before }, { list: after, all: after });
  expect(m).toMatchObject({
    rekeyed: { came: 10, left: 10 },
    records: { came: 10, left: 20 },
    alike: { came: 0, left: 0 },
    keys: { came: 20, left: 30 },
  });
});

test("a record that was merged into another person's address is the same record", async () => {
  const before = [{ id: 1 }, { id: 2 }, ...people(10, 30)];
  const after = [{ id: 2, email: "p1@example.com" }, ...people(10, 30)];
  const m = await moved({ list: before, all: before }, { list: after, all: after });
  expect(m).toMatchObject({ rekeyed: { came: 0, left: 1 }, records: { left: 0 } });
});

test("an id that many records share matches none of them", async () => {
  const same = (n: number, at: string) =>
    people(0, n).map((p) => ({ id: 7, email: `${at}${p.id}@example.com` }));
  const m = await moved(
    { list: same(20, "a"), all: same(20, "a") },
    { list: same(20, "b"), all: same(20, "b") },
  );
  expect(m).toMatchObject({ rekeyed: { came: 0, left: 0 }, records: { came: 20, left: 20 } });
});

test("whoever leaves a copy and its owner is as the owner says; whoever only leaves the copy is not", async () => {
  const all = people(0, 100);
  const ownerBefore = await setOf(all, false);
  const owner = await setOf(people(40, 100), false, ownerBefore);
  const previous = await setOf(all, false);
  const now = await setOf(people(60, 100), false, previous);
  const m = await moved(
    { list: all, all },
    { list: people(60, 100), all },
    {
      previous,
      now,
      compare: {
        purpose: "marketing",
        owner: systemId("warehouse"),
        segments: [
          { system: CRM, set: now, base: null, where: null },
          { system: systemId("warehouse"), set: owner, base: null, where: null },
        ],
        excluded: [],
        keys,
      },
    },
  );
  expect(m).toMatchObject({
    changed: { left: 40 },
    owner: { left: 40 },
    alike: { left: 20 },
    values: { left: 0 },
  });
});

test("without the whole system nobody can be looked up", async () => {
  const m = await moved({ list: people(0, 10), all: [] }, { list: people(5, 10), all: [] }, { base: null });
  expect(m).toMatchObject({ lookedUp: false, alike: { left: 5 }, records: { left: 0 }, left: null });
});

test("with more lists to leave out than fit into one merge, the owner is not asked", async () => {
  const all = people(0, 20);
  const previous = await setOf(all, false);
  const now = await setOf(people(8, 20), false, previous);
  const excluded = [];
  for (let i = 0; i < 28; i++)
    excluded.push({
      list: audienceId(`list ${i}`),
      set: await setOf([{ id: 1000 + i }], false),
      optOut: true,
    });
  const owner = await setOf(all, false);
  const compare = {
    purpose: "marketing" as const,
    owner: systemId("warehouse"),
    segments: [
      { system: CRM, set: now, base: null, where: null },
      { system: systemId("warehouse"), set: owner, base: null, where: null },
    ],
    excluded,
    keys,
  };
  const m = await moved({ list: all, all }, { list: people(8, 20), all }, { previous, now, compare });
  expect(m).toMatchObject({ owner: null, alike: { left: 8 } });
});

test("an opt-out tells, as does being mailable", async () => {
  const all = people(0, 100);
  const m = await moved(
    { list: all, all },
    { list: people(30, 100), all: [...people(0, 30, { consent: "unsubscribed" }), ...people(30, 100)] },
  );
  expect(m.left).toMatchObject({ attribute: "consent", state: "value", value: "unsubscribed", people: 30 });
});
