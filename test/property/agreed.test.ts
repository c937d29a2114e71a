/** What was last agreed, carried over a few audits, against a map that does the same one person at a time. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audienceId, type Instant, instant, type RunId, runId, systemId } from "../../core/model.ts";
import { type LastAgreed, memberCase } from "../../core/three-way.ts";
import { carryAgreed } from "../../members/agree.ts";
import { AgreedRows, type AgreedState, openAgreed } from "../../members/agreed-file.ts";
import type { CompareInput } from "../../members/compare-sets.ts";
import { differences } from "../../members/differences.ts";
import { eraseFromSet } from "../../members/erase-people.ts";
import { fingerprintOf } from "../../members/fingerprint.ts";
import { mergePartitions } from "../../members/merge.ts";
import { hexOfWords } from "../../members/person-key.ts";
import { build, emailOf, KEYS, keyOf, row } from "./members-build.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-agreed-"));
});
afterAll(() => rmSync(folder, { recursive: true }), 60_000);

const PEOPLE = 40;
const everyone = Array.from({ length: PEOPLE }, (_, i) => i);
const cell = fc.record({
  in: fc.boolean(),
  plan: fc.constantFrom<string | null | undefined>("free", "pro", null, undefined),
});
/** One audit: what each system holds, which of them were read completely, and who is kept out. */
const audit = fc.record({
  systems: fc.array(fc.array(cell, { minLength: PEOPLE, maxLength: PEOPLE }), {
    minLength: 6,
    maxLength: 6,
  }),
  read: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }),
  excluded: fc.array(fc.boolean(), { minLength: PEOPLE, maxLength: PEOPLE }),
});
const world = fc.record({
  copies: fc.integer({ min: 1, max: 5 }),
  audits: fc.array(audit, { minLength: 1, maxLength: 4 }),
  reversed: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
type Audit = World["audits"][number];

const nameOf = (s: number) => systemId(`s${s}`);
const asOf = (n: number): Instant =>
  instant(new Date(Date.parse("2026-03-01T06:00:00.000Z") + n * 86_400_000));
const isRead = (a: Audit, s: number): boolean => s === 0 || (a.read[s] ?? 0) > 1;

async function inputOf(w: World, n: number): Promise<CompareInput> {
  const a = w.audits[n]!;
  const segments = [];
  for (let s = 0; s <= w.copies; s++) {
    if (!isRead(a, s)) continue;
    const rows = everyone.flatMap((i) => {
      const c = a.systems[s]![i]!;
      return c.in ? [row(emailOf(i), { attributes: c.plan === undefined ? {} : { plan: c.plan } })] : [];
    });
    const { set } = await build(folder, rows, { attributes: ["plan"] });
    segments.push({ system: nameOf(s), set: { ...set, asOf: asOf(n) }, base: null, where: null });
  }
  const kept = everyone.flatMap((i) => (a.excluded[i] ? [row(emailOf(i))] : []));
  return {
    purpose: "marketing",
    owner: nameOf(0),
    segments: w.reversed ? segments.toReversed() : segments,
    excluded: [{ list: audienceId("x"), set: (await build(folder, kept)).set, optOut: true }],
    keys: KEYS,
  };
}

let files = 0;
async function carried(
  i: CompareInput,
  last: AgreedState | null,
  w: World,
  run: RunId,
): Promise<AgreedState> {
  const file = join(folder, `agreed-${files++}.pls`);
  const copies = Array.from({ length: w.copies }, (_, s) => nameOf(s + 1));
  await carryAgreed(i, last, { file, runId: run, copies: w.reversed ? copies.toReversed() : copies });
  return openAgreed(file);
}

type Known = { agreement: LastAgreed; at: number | null; print: number };
const keyIn = (s: number, i: number): string => `${s} ${i}`;

/** The same, slowly: per copy and person what was last agreed and when. */
function oracle(w: World): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const [n, a] of w.audits.entries()) {
    for (let s = 1; s <= w.copies; s++) {
      if (!isRead(a, s)) continue;
      for (const i of everyone) {
        const own = a.systems[0]![i]!;
        const here = a.systems[s]![i]!;
        const last = known.get(keyIn(s, i));
        const belongs = own.in && !a.excluded[i];
        if (!belongs && !here.in) known.set(keyIn(s, i), { agreement: "out", at: n, print: 0 });
        else if (belongs && here.in) {
          const both = own.plan !== undefined && here.plan !== undefined && own.plan === here.plan;
          const print = both ? fingerprintOf(KEYS, own.plan) : (last?.print ?? 0);
          known.set(keyIn(s, i), { agreement: "in", at: n, print });
        } else if (last === undefined) known.set(keyIn(s, i), { agreement: "never", at: null, print: 0 });
      }
    }
  }
  return known;
}

async function contentOf(state: AgreedState, copies: number): Promise<Map<string, Known>> {
  const byHex = new Map(everyone.map((i) => [keyOf(i) as string, i]));
  const found = new Map<string, Known>();
  const rows = new AgreedRows(state);
  const look = (i: number, at: number) => {
    for (let s = 1; s <= copies; s++) {
      const c = rows.copy(nameOf(s));
      if (c < 0) continue;
      const agreement = rows.agreement(c, at);
      const when = rows.at(c, at);
      const day = when === null ? null : (Date.parse(when) - Date.parse(asOf(0))) / 86_400_000;
      found.set(keyIn(s, i), { agreement, at: day, print: rows.print(c, "plan", at) });
    }
  };
  for (let p = 0; p < state.partitions; p++) {
    const part = await state.load(p);
    rows.open(part);
    mergePartitions([part], (key, at) => look(byHex.get(hexOfWords(key, 0))!, at[0]!));
  }
  for (const i of everyone) if (!found.has(keyIn(1, i)) && !rowOfAny(found, i, copies)) look(i, -1);
  return found;
}
const rowOfAny = (found: Map<string, Known>, i: number, copies: number): boolean =>
  Array.from({ length: copies }, (_, s) => found.has(keyIn(s + 1, i))).includes(true);

test("what was last agreed is that of a naive map: kept where copies differ, untaught by what was not read", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      let state: AgreedState | null = null;
      for (const n of w.audits.keys()) state = await carried(await inputOf(w, n), state, w, runId(`r${n}`));
      expect(state?.runId).toBe(`r${w.audits.length - 1}`);
      expect(await contentOf(state!, w.copies)).toEqual(oracle(w));
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("the file does not depend on the order of systems, and the same audit again changes nothing in it", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const states: AgreedState[] = [];
      for (const reversed of [false, true]) {
        let state: AgreedState | null = null;
        const turned = { ...w, reversed };
        for (const n of w.audits.keys())
          state = await carried(await inputOf(turned, n), state, turned, runId("r"));
        states.push(state!);
      }
      const [one, other] = states as [AgreedState, AgreedState];
      expect(readFileSync(other.path).equals(readFileSync(one.path))).toBe(true);
      const again = await carried(await inputOf(w, w.audits.length - 1), one, w, runId("r"));
      expect(await contentOf(again, w.copies)).toEqual(await contentOf(one, w.copies));
    }),
    { numRuns: 15 },
  );
}, 120_000);

test("differences name the case that the map says", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      let state: AgreedState | null = null;
      const last = w.audits.length - 1;
      for (const n of w.audits.keys())
        if (n < last) state = await carried(await inputOf(w, n), state, w, runId(`r${n}`));
      const known = oracle({ ...w, audits: w.audits.slice(0, last) });
      const byHex = new Map(everyone.map((i) => [keyOf(i) as string, i]));
      const kinds = new Set(["missing", "extra", "differs"] as const);
      for await (const d of differences(await inputOf(w, last), kinds, { agreed: state })) {
        const s = Number(d.system.slice(1));
        const k = known.get(keyIn(s, byHex.get(d.person)!)) ?? { agreement: "none", at: null, print: 0 };
        expect(d.agreed).toBe(k.agreement);
        expect(d.agreedAt).toBe(k.at === null ? null : asOf(k.at));
        if (d.kind !== "differs") {
          expect(d.case).toBe(memberCase(k.agreement, d.kind === "missing", d.kind === "extra"));
          if (d.case !== null)
            expect(d.case).toBe(
              d.kind === "missing"
                ? k.agreement === "in"
                  ? "removed_here"
                  : "added_at_owner"
                : k.agreement === "in"
                  ? "removed_at_owner"
                  : "added_here",
            );
        } else if (k.print === 0) expect(d.case).toBeNull();
        else expect(d.case).not.toBeNull();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("a file that is cut, changed or of another kind is refused before anything of it is used", async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.nat(), fc.integer({ min: 1, max: 255 }), async (w, at, flip) => {
      const { path } = await carried(await inputOf(w, 0), null, w, runId("r"));
      const bytes = readFileSync(path);
      const cut = join(folder, "cut.pls");
      writeFileSync(cut, bytes.subarray(0, at % bytes.length));
      await expect(openAgreed(cut)).rejects.toMatchObject({ kind: "bad_data" });
      const changed = Buffer.from(bytes);
      changed[at % bytes.length]! ^= flip;
      writeFileSync(cut, changed);
      await expect(openAgreed(cut)).rejects.toMatchObject({ kind: "bad_data" });
      await expect(openAgreed(join(folder, "nowhere.pls"))).rejects.toMatchObject({ kind: "not_found" });
    }),
    { numRuns: 60 },
  );
  const { file } = await build(folder, [row(emailOf(1))]);
  await expect(openAgreed(file)).rejects.toMatchObject({ kind: "bad_data" });
}, 60_000);

test("an erased person is gone from the file, and everybody else is as before", async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.nat({ max: PEOPLE - 1 }), async (w, who) => {
      const state = await carried(await inputOf(w, 0), null, w, runId("r"));
      const before = await contentOf(state, w.copies);
      const had = await hasRow(state, who);
      expect(await eraseFromSet(state.path, "agreed", state.epoch, [keyOf(who)])).toBe(had ? 1 : 0);
      const after = await openAgreed(state.path);
      expect(await hasRow(after, who)).toBe(false);
      const rest = (m: Map<string, Known>) => [...m].filter(([k]) => Number(k.split(" ")[1]) !== who).sort();
      expect(rest(await contentOf(after, w.copies))).toEqual(rest(before));
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 60_000);

async function hasRow(state: AgreedState, who: number): Promise<boolean> {
  let found = false;
  for (let p = 0; p < state.partitions; p++)
    mergePartitions([await state.load(p)], (key) => {
      if (hexOfWords(key, 0) === keyOf(who)) found = true;
    });
  return found;
}
