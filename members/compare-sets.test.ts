import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audienceId, type Instant, type MemberRow, systemId } from "../core/model.ts";
import { type CompareInput, compareSets } from "./compare-sets.ts";
import { type Difference, differences } from "./differences.ts";
import { deriveKeys } from "./keys.ts";
import { type MemberSet, openSet } from "./member-set.ts";
import { personKeyOf } from "./person-key.ts";
import { SetBuilder } from "./set-builder.ts";
import type { SetOptions } from "./set-terms.ts";
import { topFlipping } from "./top-flipping.ts";

const keys = deriveKeys(Buffer.alloc(32, 5));
let folder = "";
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-compare-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Person = {
  name: string;
  plan?: string | null;
  consent?: MemberRow["consent"];
  mailable?: boolean | null;
  bounced?: boolean;
};
const person = (name: string) => personKeyOf(keys, "email", `${name}@example.com`);

async function setOf(
  people: readonly Person[],
  previous: MemberSet | null = null,
  more: Partial<SetOptions> = {},
): Promise<MemberSet> {
  const builder = new SetBuilder({
    identity: "email",
    attributes: ["plan"],
    rules: {},
    keys,
    epoch: 1,
    spool: false,
    ...more,
  });
  for (const p of people) {
    builder.add({
      id: p.name,
      identifiers: { email: `${p.name}@example.com` },
      attributes: p.plan === undefined ? {} : { plan: p.plan },
      consent: p.consent ?? "unknown",
      mailable: p.mailable ?? null,
      bounced: p.bounced ?? false,
      of: [0],
    });
  }
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

const input = (more: Partial<CompareInput>): CompareInput => ({
  purpose: "marketing",
  owner: systemId("warehouse"),
  segments: [],
  excluded: [],
  keys,
  ...more,
});
const segment = (
  system: string,
  set: MemberSet,
  base: MemberSet | null = null,
  where: Record<string, string[]> | null = null,
) => ({ system: systemId(system), set, base, where });

async function named(i: CompareInput, ...kinds: Difference["kind"][]): Promise<Difference[]> {
  const found: Difference[] = [];
  for await (const d of differences(i, new Set(kinds))) found.push(d);
  return found;
}

test("missing, extra, differing values and the overlap of three systems", async () => {
  const warehouse = await setOf([
    { name: "ann", plan: "pro" },
    { name: "bob", plan: "free" },
    { name: "cy", plan: "pro" },
  ]);
  const crm = await setOf([
    { name: "ann", plan: "pro" },
    { name: "bob", plan: "pro" },
    { name: "dee", plan: "pro" },
  ]);
  const ghost = await setOf([{ name: "ann" }]);
  const i = input({
    segments: [
      segment("warehouse", warehouse),
      segment("crm", crm),
      segment("ghost", ghost, null, { plan: ["pro"] }),
    ],
  });
  const { systems, masks, perSystem } = await compareSets(i);
  expect(systems).toEqual(["warehouse", "crm", "ghost"]);
  expect(masks).toEqual({ 1: 1, 2: 1, 3: 1, 7: 1 });
  expect(perSystem.crm).toMatchObject({
    size: 3,
    expected: 3,
    missing: 1,
    extra: 1,
    settledMissing: 0,
    settledExtra: 0,
    matched: null,
    attributes: { plan: { equal: 1, differ: 1, nullHere: 0, nullAtOwner: 0, nullBoth: 0, missingHere: 0 } },
  });
  expect(perSystem.ghost).toMatchObject({
    expected: 2,
    missing: 1,
    extra: 0,
    attributes: { plan: { missingHere: 1 } },
  });
  expect(perSystem.warehouse).toMatchObject({ expected: 3, missing: 0, extra: 0, attributes: {} });
  expect(
    (await named(i, "missing", "differs")).map((d) => [d.kind, d.system, d.person, d.attribute]).sort(),
  ).toEqual([
    ["differs", "crm", person("bob"), "plan"],
    ["missing", "crm", person("cy"), null],
    ["missing", "ghost", person("cy"), null],
  ]);
});

test("an opted-out person who can be mailed is named with the system that says so, and is not counted twice", async () => {
  const optOuts = await setOf([
    { name: "ann", consent: "unsubscribed" },
    { name: "bob", consent: "unsubscribed" },
  ]);
  const owner = await setOf([{ name: "ann" }, { name: "bob" }, { name: "cy" }]);
  const base = await setOf([
    { name: "cy", consent: "complained" },
    { name: "ann", consent: "unsubscribed" },
  ]);
  const ghost = await setOf([
    { name: "ann", consent: "subscribed", mailable: true },
    { name: "bob", consent: "unsubscribed", mailable: false },
    { name: "cy", consent: "subscribed", mailable: true },
  ]);
  const i = input({
    segments: [segment("warehouse", owner), segment("crm", owner, base), segment("ghost", ghost)],
    excluded: [{ list: audienceId("dnc"), set: optOuts, optOut: true }],
  });
  const { perSystem } = await compareSets(i);
  expect(perSystem.ghost).toMatchObject({ mailableOptedOut: 1, consentConflict: 1, extra: 2, missing: 0 });
  expect(perSystem.warehouse).toMatchObject({ mailableOptedOut: null, consentConflict: null, extra: 0 });
  expect(await named(i, "mailable_opted_out", "consent_conflict")).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: "mailable_opted_out",
        system: "ghost",
        person: person("ann"),
        consentFrom: "crm",
        mailableHere: true,
        consentHere: "subscribed",
      }),
      expect.objectContaining({
        kind: "consent_conflict",
        system: "ghost",
        person: person("cy"),
        consentFrom: "crm",
      }),
    ]),
  );
});

test("a suppression is expected where the person has a record, and leaks wherever the record can be mailed", async () => {
  const list = await setOf([
    { name: "ann", consent: "unsubscribed" },
    { name: "bob", consent: "unsubscribed" },
    { name: "cy", consent: "unsubscribed" },
  ]);
  const base = await setOf([
    { name: "ann", mailable: true },
    { name: "bob", mailable: false },
    { name: "eve", mailable: true },
  ]);
  const suppressed = await setOf([{ name: "bob", mailable: false }]);
  const at = async (b: MemberSet | null) =>
    (
      await compareSets(
        input({
          purpose: "suppression",
          owner: systemId("crm"),
          segments: [segment("crm", list), segment("ghost", suppressed, b)],
        }),
      )
    ).perSystem.ghost;
  expect(await at(base)).toMatchObject({
    expected: 2,
    missing: 1,
    extra: 0,
    mailableOptedOut: 1,
    matched: 2,
  });
  // Nobody can say who is missing, or that nobody is mailed, without seeing everyone.
  expect(await at(null)).toMatchObject({
    expected: null,
    missing: null,
    settledMissing: null,
    mailableOptedOut: null,
    matched: null,
    size: 1,
  });
});

test("who waits longest is told in readings, from the history of both sides", async () => {
  let owner: MemberSet | null = null;
  let ghost: MemberSet | null = null;
  for (let t = 0; t < 6; t++) {
    // bob waits since the third reading; cy came just now; dan left here and is missing since the fifth
    owner = await setOf(
      [
        { name: "ann" },
        { name: "dan" },
        ...(t >= 2 ? [{ name: "bob" }] : []),
        ...(t === 5 ? [{ name: "cy" }] : []),
      ],
      owner,
    );
    ghost = await setOf([{ name: "ann" }, ...(t < 4 ? [{ name: "dan" }] : [])], ghost);
  }
  const told = async () =>
    (await compareSets(input({ segments: [segment("warehouse", owner!), segment("ghost", ghost!)] })))
      .perSystem;
  expect((await told()).ghost).toMatchObject({ missing: 3, oldestPendingReads: 4 });
  expect((await told()).warehouse?.oldestPendingReads).toBeNull();
  ghost = await setOf([{ name: "ann" }, { name: "bob" }, { name: "cy" }, { name: "dan" }], ghost);
  owner = await setOf([{ name: "ann" }, { name: "bob" }, { name: "cy" }, { name: "dan" }], owner);
  expect((await told()).ghost).toMatchObject({ missing: 0, oldestPendingReads: 0 });
});

test("people who come and go are counted, from their history, present or not", async () => {
  const duel: Person[] = [{ name: "ann" }, { name: "bob" }];
  let set: MemberSet | null = null;
  for (let t = 0; t < 16; t++) set = await setOf([{ name: "cy" }, ...(t % 2 ? duel : [])], set);
  const owner = await setOf([{ name: "cy" }]);
  const i = (hours?: number) =>
    input({
      segments: [segment("warehouse", owner), segment("ghost", set!)],
      ...(hours ? { hours } : {}),
    });
  expect((await compareSets(i())).perSystem.ghost?.flipping).toBe(2);
  expect((await compareSets(i())).perSystem.ghost?.flips).toEqual({
    reads: 16,
    hours: 24,
    within: 4,
    returners: [0, 0, 0, 0, 0, 0, 2],
    returns: 14,
    entries: [2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2],
    exits: [0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0],
    atOwner: { steady: 0, flipping: 0, known: 0 },
    inBase: null,
    replay: null,
  });
  expect((await named(i(), "flipping")).map((d) => d.person).sort()).toEqual(
    [person("ann"), person("bob")].sort(),
  );
  expect(await topFlipping(set!, 1, 4)).toEqual([
    { person: [person("ann"), person("bob")].sort()[0], bits: "0101010101010101", returns: 7 },
  ]);
  expect(await topFlipping(owner, 5, 4)).toEqual([]);
});

test("history over again: the owner decides for everybody who flips", async () => {
  const names = ["ann", "bob", "cy"];
  const runs = Array.from({ length: 12 }, (_, t) => `r${11 - t}`);
  let [owner, ghost, base]: (MemberSet | null)[] = [null, null, null];
  for (let t = 0; t < 12; t++) {
    // Bob leaves the owner for good, cy comes and goes there too; ghost was not read in run 5.
    const owned = names.filter((n) => (n !== "bob" || t < 6) && (n !== "cy" || t % 2 === 0));
    owner = await setOf(
      [...owned, "dan"].map((name) => ({ name })),
      owner,
    );
    if (t === 5) continue;
    const here = (t - (t > 5 ? 1 : 0)) % 2 === 0 ? names : [];
    ghost = await setOf(
      [...here, "dan"].map((name) => ({ name })),
      ghost,
    );
    base = await setOf(
      [...names.filter((n) => n !== "ann" || here.includes(n)), "dan"].map((name) => ({ name })),
      base,
    );
  }
  const told = async (ghostRuns: readonly string[] | null, excluded: MemberSet[] = []) =>
    (
      await compareSets(
        input({
          segments: [
            { ...segment("warehouse", owner!), runs },
            { ...segment("ghost", ghost!, base!), runs: ghostRuns },
          ],
          excluded: excluded.map((set) => ({ list: audienceId("excluded"), set, optOut: true })),
        }),
      )
    ).perSystem;
  const { ghost: now, warehouse } = await told(runs.filter((r) => r !== "r5"));
  expect(now).toMatchObject({ flipping: 3, flips: { returns: 15, inBase: 1 } });
  expect(now?.flips?.atOwner).toEqual({ steady: 1, flipping: 1, known: 3 });
  // Ann stays, bob is away for good; cy comes and goes as at the owner, where he is away now.
  expect(now?.flips?.replay).toEqual({ rule: "owner_wins", returns: 4, differs: 2 });
  expect(warehouse?.flips?.replay).toEqual({ rule: "first_writer", returns: 0, differs: 1 });
  // Run 7 is not known at the owner: all are as in run 6, so that cy's absence in it is not seen.
  const gap = await told(runs.filter((r) => r !== "r5").map((r) => (r === "r7" ? "another run" : r)));
  expect(gap.ghost?.flips?.replay).toEqual({ rule: "owner_wins", returns: 3, differs: 2 });
  // Ann must not be contacted: the owner deciding would not bring her back.
  const barred = await told(
    runs.filter((r) => r !== "r5"),
    [await setOf([{ name: "ann" }])],
  );
  expect(barred.ghost?.flips?.replay).toEqual({ rule: "owner_wins", returns: 4, differs: 3 });
  expect((await told(null)).ghost?.flips?.replay).toBeNull();
  expect((await told(["another run", ...runs.slice(1)])).ghost?.flips?.replay).toBeNull();
});

test("what does not belong together is refused", async () => {
  const set = await setOf([{ name: "ann" }]);
  const other = (more: Partial<SetOptions>) => setOf([], null, more);
  const fails = (i: CompareInput) => expect(compareSets(i)).rejects;
  await fails(input({ segments: [segment("crm", set)] })).toMatchObject({ kind: "config" });
  await fails(
    input({ segments: [segment("warehouse", set), segment("crm", set), segment("crm", set)] }),
  ).toThrow(/two segments/);
  await fails(
    input({ segments: [segment("warehouse", set), segment("crm", set, null, { tier: ["a"] })] }),
  ).toThrow(/`where` of crm asks for tier/);
  await fails(
    input({
      segments: [segment("warehouse", set)],
      excluded: [{ list: audienceId("x"), set: await other({ epoch: 2 }), optOut: true }],
    }),
  ).toMatchObject({ kind: "stale" });
  await fails(
    input({
      segments: [segment("warehouse", set)],
      excluded: [{ list: audienceId("x"), set: await other({ identity: "phone" }), optOut: true }],
    }),
  ).toMatchObject({ kind: "config" });
});

test("who is kept out but never opted out is no consent trouble: extra, and counted by list", async () => {
  const optOuts = await setOf([{ name: "ann" }]);
  const refunded = await setOf([{ name: "bob" }, { name: "cy" }, { name: "zed" }]);
  const owner = await setOf([{ name: "ann" }, { name: "bob" }, { name: "cy" }, { name: "dee" }]);
  const ghost = await setOf(
    [
      { name: "ann", mailable: true },
      { name: "bob", mailable: true },
      { name: "cy", mailable: false },
      { name: "dee", mailable: true },
    ],
    await setOf([{ name: "bob", mailable: true }]),
  );
  const i = input({
    segments: [segment("warehouse", owner), segment("ghost", ghost)],
    excluded: [
      { list: audienceId("dnc"), set: optOuts, optOut: true },
      { list: audienceId("refunded"), set: refunded, optOut: false },
    ],
  });
  const { perSystem, keptOut } = await compareSets(i);
  expect(perSystem.ghost).toMatchObject({ extra: 3, mailableOptedOut: 1, consentConflict: null });
  expect(keptOut).toEqual({
    warehouse: {
      dnc: { of: 1, here: 1, mailable: null, settled: 0 },
      refunded: { of: 3, here: 2, mailable: null, settled: 0 },
    },
    ghost: {
      dnc: { of: 1, here: 1, mailable: 1, settled: 0 },
      refunded: { of: 3, here: 2, mailable: 1, settled: 0 },
    },
  });
  expect((await named(i, "mailable_opted_out")).map((d) => d.person)).toEqual([person("ann")]);
});

test("a suppression list tells who opted out elsewhere, and who is held back although the owner has their yes", async () => {
  const list = await setOf([{ name: "ann", consent: "unsubscribed" }]);
  const base = await setOf([
    { name: "ann", consent: "unsubscribed" },
    { name: "bob", consent: "subscribed" },
    { name: "cy", consent: "subscribed" },
    { name: "dee", consent: "subscribed" },
  ]);
  const held = await setOf([
    { name: "bob", consent: "unsubscribed", mailable: false },
    { name: "dee", consent: "subscribed", mailable: false, bounced: true },
  ]);
  const heldBase = await setOf([
    { name: "ann", consent: "subscribed", mailable: true },
    { name: "bob", consent: "unsubscribed", mailable: false },
    { name: "cy", consent: "subscribed", mailable: true },
  ]);
  const mailed = await setOf([
    { name: "bob", consent: "subscribed", mailable: true },
    { name: "cy", consent: "subscribed", mailable: true },
  ]);
  const i = input({
    purpose: "suppression",
    segments: [
      segment("crm", list, base),
      segment("ghost", held, heldBase),
      segment("chimp", await setOf([]), mailed),
    ],
    owner: systemId("crm"),
  });
  const { optedOutElsewhere, overSuppressed } = await compareSets(i);
  // bob left in ghost, which chimp does not know; dee only bounces there
  expect(optedOutElsewhere).toEqual({ crm: null, ghost: 0, chimp: 1 });
  expect(overSuppressed).toEqual({ crm: null, ghost: 1, chimp: 0 });
  expect(await named(i, "opted_out_elsewhere", "over_suppressed", "mailable_opted_out")).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: "over_suppressed", system: "ghost", person: person("bob") }),
      expect.objectContaining({
        kind: "opted_out_elsewhere",
        system: "chimp",
        person: person("bob"),
        consentFrom: "ghost",
      }),
      expect.objectContaining({
        kind: "mailable_opted_out",
        system: "ghost",
        person: person("ann"),
        listedReads: 1,
      }),
    ]),
  );
});
