import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audienceId, systemId } from "../core/model.ts";
import { build, KEYS, row } from "../test/property/members-build.ts";
import { compareSets } from "./compare-sets.ts";
import type { MemberSet } from "./member-set.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-waits-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads of one segment, oldest first: who was there, from a line of 0 and 1 per person. */
async function history(lines: Readonly<Record<string, string>>, reads: number): Promise<MemberSet> {
  let set: MemberSet | null = null;
  for (let r = 0; r < reads; r++) {
    const here = Object.keys(lines).filter((name) => lines[name]?.[r] === "1");
    const built = await build(
      folder,
      here.map((name) => row(`${name}@example.com`)),
      { previous: set, ordinal: r },
    );
    await set?.close();
    set = built.set;
  }
  return set as MemberSet;
}

const PEOPLE: Readonly<Record<string, readonly [owner: string, here: string, excluded?: string]>> = {
  ann: ["111111", "111111"],
  bob: ["000111", "000001"], // joined three reads ago, here since this one
  cy: ["000001", "000001"],
  dan: ["000111", "000000"], // still awaited
  eve: ["111111", "111000"], // lost on the way, not awaited
  lee: ["000111", "000100"], // came at once, and was lost after that
  fay: ["110000", "111110"], // left four reads ago, gone here since this one
  gus: ["111110", "111111"], // still here
  hal: ["000000", "001111"], // the owner never had them
  ivy: ["111111", "000001"], // when they joined is not known
  jo: ["111111", "111111", "000011"], // excluded, and here still
  kit: ["000111", "000001", "111000"], // was excluded: when they became expected is not known
};
const column = (c: 0 | 1 | 2) =>
  Object.fromEntries(Object.entries(PEOPLE).map(([name, p]) => [name, p[c] ?? "000000"]));

const compared = async () => {
  const [owner, here, excluded] = await Promise.all([0, 1, 2].map((c) => history(column(c as 0 | 1 | 2), 6)));
  const segment = (system: string, set: MemberSet) => ({
    system: systemId(system),
    set,
    base: null,
    where: null,
  });
  const i = {
    owner: systemId("owner"),
    keys: KEYS,
    segments: [segment("owner", owner as MemberSet), segment("copy", here as MemberSet)],
    excluded: [{ list: audienceId("excluded"), set: excluded as MemberSet, optOut: true }],
  };
  return {
    marketing: (await compareSets({ ...i, purpose: "marketing" })).perSystem,
    suppression: (await compareSets({ ...i, purpose: "suppression" })).perSystem,
  };
};

test("how many readings changes of the owner took, and wait", async () => {
  const { marketing, suppression } = await compared();
  expect(marketing.copy?.waits).toEqual({
    arrived: [1, 0, 1],
    left: [0, 0, 0, 1],
    arriving: [0, 0, 1],
    leaving: [1],
    missing: [0, 1, 2],
    extra: [1, 1, 0, 1],
  });
  expect(marketing.owner?.waits).toBeNull();
  // who belongs on it depends on having a record there, which has no history here
  expect(suppression.copy?.waits).toBeNull();
});

test("a first read shows nobody arriving", async () => {
  const [owner, here] = [await history({ ann: "01" }, 2), await history({ ann: "1" }, 1)];
  const { perSystem } = await compareSets({
    purpose: "marketing",
    owner: systemId("owner"),
    keys: KEYS,
    excluded: [],
    segments: [
      { system: systemId("owner"), set: owner, base: null, where: null },
      { system: systemId("copy"), set: here, base: null, where: null },
    ],
  });
  expect(perSystem.copy?.waits?.arrived).toEqual([]);
});

test("of the owner's people, those on their way are in neither count of the match rate", async () => {
  const owner = await history({ a: "11", b: "11", c: "01", d: "01", e: "11" }, 2);
  const here = await history({ a: "11" }, 2);
  const base = await history({ a: "11", b: "11", c: "11" }, 2);
  const { perSystem } = await compareSets({
    purpose: "marketing",
    owner: systemId("owner"),
    keys: KEYS,
    excluded: [{ list: audienceId("excluded"), set: await history({ e: "11" }, 2), optOut: true }],
    segments: [
      { system: systemId("owner"), set: owner, base: null, where: null },
      { system: systemId("copy"), set: here, base, where: null },
    ],
  });
  // a is here, b is missing for good but exists; c and d are new; e is kept out on purpose
  expect(perSystem.copy).toMatchObject({
    expected: 4,
    missing: 3,
    settledMissing: 1,
    matched: 3,
    matchedDue: 2,
  });
});
