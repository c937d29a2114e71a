import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audienceId, type ConsentState, systemId } from "../../core/model.ts";
import { type CompareInput, compareSets } from "../../members/compare-sets.ts";
import { type Difference, type DifferenceKind, differences } from "../../members/differences.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { mergePartitions } from "../../members/merge.ts";
import { build, emailOf, KEYS, keyOf, row } from "./members-build.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-property-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const PEOPLE = 60;
type Cell = {
  before: boolean;
  now: boolean;
  plan: string | null | undefined;
  planBefore: string | null | undefined;
  consent: ConsentState;
  mailable: boolean | null;
};
type Table = readonly Cell[];

const plan = fc.constantFrom<string | null | undefined>("free", "pro", null, undefined);
const cell = fc.record({
  before: fc.boolean(),
  now: fc.boolean(),
  plan,
  planBefore: plan,
  consent: fc.constantFrom<ConsentState>("unknown", "subscribed", "unsubscribed", "complained"),
  mailable: fc.constantFrom(true, false, null),
});
const table = fc.array(cell, { minLength: PEOPLE, maxLength: PEOPLE });
const world = fc.record({
  systems: fc.array(
    fc.record({
      segment: table,
      base: fc.option(table),
      where: fc.option(fc.constantFrom(["pro"], ["free", "pro"], [""])),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  excluded: fc.array(table, { maxLength: 2 }),
  suppression: fc.boolean(),
  history: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

async function setOf(t: Table, history: boolean): Promise<MemberSet> {
  const rows = (when: "before" | "now") =>
    t.flatMap((c, i) => {
      if (!c[when]) return [];
      const value = when === "now" ? c.plan : c.planBefore;
      return [
        row(emailOf(i), {
          consent: c.consent,
          mailable: c.mailable,
          attributes: value === undefined ? {} : { plan: value },
        }),
      ];
    });
  const first = history
    ? (await build(folder, rows("before"), { attributes: ["plan"], ordinal: 0 })).set
    : null;
  return (
    await build(folder, rows("now"), { attributes: ["plan"], previous: first, ordinal: history ? 1 : 0 })
  ).set;
}

async function inputOf(w: World): Promise<CompareInput> {
  const segments = [];
  for (const [s, x] of w.systems.entries()) {
    segments.push({
      system: systemId(`s${s}`),
      set: await setOf(x.segment, w.history),
      base: x.base === null ? null : await setOf(x.base, w.history),
      where: x.where === null || s === 0 ? null : { plan: x.where },
    });
  }
  const excluded = [];
  for (const [e, t] of w.excluded.entries())
    excluded.push({ list: audienceId(`x${e}`), set: await setOf(t, w.history), optOut: isOptOutList(e) });
  return {
    purpose: w.suppression ? "suppression" : "marketing",
    owner: systemId("s0"),
    segments,
    excluded,
    keys: KEYS,
  };
}

/** The first list is a suppression, the second is not. */
const isOptOutList = (e: number): boolean => e === 0;
const OUT: readonly ConsentState[] = ["unsubscribed", "complained"];
const textOf = (v: string | null | undefined): string => v ?? "";

/** Every fact about person `i` in system `s`, said in booleans. */
function facts(w: World, s: number, i: number) {
  const own = w.systems[0]!.segment[i]!;
  const x = w.systems[s]!;
  const seg = x.segment[i]!;
  const base = x.base?.[i];
  const hits = w.suppression ? [] : w.excluded.map((t) => t[i]!).filter((c) => c.now);
  const refused = !w.suppression && w.excluded.some((t, e) => isOptOutList(e) && t[i]!.now);
  const fits =
    s === 0 ||
    x.where === null ||
    x.where.some((v) => v === textOf(own.plan) && (v !== "" || own.plan === null));
  const belongs = own.now && hits.length === 0 && fits;
  const expected = s === 0 ? own.now : belongs && (!w.suppression || base?.now === true);
  const missing = s !== 0 && expected && !seg.now;
  const extra = s !== 0 && seg.now && !belongs;
  const settledMissing =
    missing && w.history && own.before && !seg.before && (!w.suppression || base!.before);
  const wasOut = hits.some((c) => c.before);
  const settledExtra =
    extra && w.history && seg.before && (hits.length > 0 ? wasOut : own.now ? own.before : !own.before);
  const mailable = (seg.now && seg.mailable === true) || (base?.now === true && base.mailable === true);
  const leak = mailable && (w.suppression ? own.now && (base?.now === true || seg.now) : refused && seg.now);
  const optedOutElsewhere = w.systems.some(
    (y, o) => o !== s && [y.segment[i]!, y.base?.[i]].some((c) => c?.now && OUT.includes(c.consent)),
  );
  const optedOutHere = [seg, base].some((c) => c?.now && OUT.includes(c.consent));
  return {
    own,
    seg,
    base,
    expected,
    missing,
    extra,
    settledMissing,
    settledExtra,
    leak,
    mailable,
    lists: w.suppression || !seg.now ? [] : w.excluded.map((t) => t[i]!),
    elsewhere: w.suppression && mailable && !own.now && (optedOutElsewhere || optedOutHere),
    over:
      w.suppression &&
      s !== 0 &&
      seg.now &&
      !own.now &&
      w.systems[0]!.base?.[i]?.now === true &&
      w.systems[0]!.base[i]!.consent === "subscribed",
    conflict: mailable && !leak && seg.now && optedOutElsewhere,
    matched: own.now && base?.now === true,
  };
}

function fieldOf(own: Cell, seg: Cell): string {
  if (seg.plan === undefined) return "missingHere";
  if (own.plan == null) return seg.plan === null ? "nullBoth" : "nullAtOwner";
  return seg.plan === null ? "nullHere" : seg.plan === own.plan ? "equal" : "differ";
}

const everyone = Array.from({ length: PEOPLE }, (_, i) => i);

test("counts of every comparison are those of a naive one over sets of people", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const result = await compareSets(await inputOf(w));
      const masks: Record<string, number> = {};
      for (const i of everyone) {
        const mask = w.systems.reduce((m, x, s) => m | (x.segment[i]!.now ? 1 << s : 0), 0);
        if (mask) masks[mask] = (masks[mask] ?? 0) + 1;
      }
      expect(result.masks).toEqual(masks);
      for (const s of w.systems.keys()) {
        const all = everyone.map((i) => facts(w, s, i));
        const n = (f: (x: (typeof all)[number]) => boolean): number => all.filter(f).length;
        const blind = w.suppression && w.systems[s]!.base === null && s !== 0;
        const got = result.perSystem[`s${s}`]!;
        expect(got).toMatchObject({
          size: n((x) => x.seg.now),
          extra: n((x) => x.extra),
          settledExtra: n((x) => x.settledExtra),
          expected: blind ? null : n((x) => x.expected),
          missing: blind ? null : n((x) => x.missing),
          settledMissing: blind ? null : n((x) => x.settledMissing),
          matched: w.systems[s]!.base === null ? null : n((x) => x.matched),
        });
        if (got.mailableOptedOut !== null) expect(got.mailableOptedOut).toBe(n((x) => x.leak));
        else expect(n((x) => x.leak)).toBe(0);
        if (got.consentConflict !== null) expect(got.consentConflict).toBe(n((x) => x.conflict));
        const elsewhere = result.optedOutElsewhere[`s${s}`] ?? null;
        if (elsewhere !== null) expect(elsewhere).toBe(n((x) => x.elsewhere));
        else expect(n((x) => x.elsewhere)).toBe(0);
        const over = result.overSuppressed[`s${s}`] ?? null;
        expect(over).toBe(w.suppression && s !== 0 && w.systems[0]!.base !== null ? n((x) => x.over) : null);
        const kept = Object.entries(result.keptOut[`s${s}`]!);
        expect(kept.map(([list]) => list)).toEqual(w.suppression ? [] : w.excluded.map((_, e) => `x${e}`));
        for (const [e, [, k]] of kept.entries()) {
          const on = (x: (typeof all)[number]) => x.lists[e]?.now === true;
          expect(k).toMatchObject({
            of: everyone.filter((i) => w.excluded[e]![i]!.now).length,
            here: n(on),
            settled: n((x) => on(x) && w.history && x.seg.before && x.lists[e]!.before),
          });
          if (k.mailable !== null) expect(k.mailable).toBe(n((x) => on(x) && x.mailable));
          else expect(n((x) => on(x) && x.mailable)).toBe(0);
        }
        if (s === 0) continue;
        const both = all.filter((x) => x.own.now && x.seg.now);
        for (const [state, count] of Object.entries(got.attributes.plan!)) {
          expect(count, state).toBe(both.filter((x) => fieldOf(x.own, x.seg) === state).length);
        }
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

const ALL: ReadonlySet<DifferenceKind> = new Set([
  "missing",
  "extra",
  "differs",
  "mailable_opted_out",
  "consent_conflict",
  "opted_out_elsewhere",
  "over_suppressed",
  "flipping",
]);

test("the named people are exactly those that are counted", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const found: Difference[] = [];
      for await (const d of differences(await inputOf(w), ALL)) found.push(d);
      for (const s of w.systems.keys()) {
        const named = (kind: DifferenceKind, settled?: boolean) =>
          found
            .filter(
              (d) =>
                d.kind === kind && d.system === `s${s}` && (settled === undefined || d.settled === settled),
            )
            .map((d) => d.person)
            .sort();
        const people = (f: (x: ReturnType<typeof facts>) => boolean) =>
          everyone
            .filter((i) => f(facts(w, s, i)))
            .map(keyOf)
            .sort();
        // Who should be on a suppression list where the base is unknown is not known: then nobody is named as missing.
        expect(named("missing")).toEqual(people((x) => x.missing));
        expect(named("missing", true)).toEqual(people((x) => x.settledMissing));
        expect(named("extra")).toEqual(people((x) => x.extra));
        expect(named("extra", true)).toEqual(people((x) => x.settledExtra));
        expect(named("mailable_opted_out")).toEqual(people((x) => x.leak));
        expect(named("consent_conflict")).toEqual(people((x) => x.conflict));
        expect(named("opted_out_elsewhere")).toEqual(people((x) => x.elsewhere));
        expect(named("over_suppressed")).toEqual(people((x) => x.over));
        if (s === 0) continue;
        const differ = (x: ReturnType<typeof facts>) =>
          x.own.now && x.seg.now && ["differ", "nullHere"].includes(fieldOf(x.own, x.seg));
        expect(named("differs")).toEqual(people(differ));
        const still = (c: Cell) => w.history && c.before && c.plan === c.planBefore;
        expect(named("differs", true)).toEqual(people((x) => differ(x) && still(x.own) && still(x.seg)));
      }
    }),
    { numRuns: 8 },
  );
}, 60_000);

test("a set compared with itself agrees, whatever its history", async () => {
  const rows = everyone.map((i) => row(emailOf(i), { attributes: { plan: "pro" } }));
  const { set } = await build(folder, rows, { attributes: ["plan"] });
  const result = await compareSets({
    purpose: "marketing",
    owner: systemId("a"),
    excluded: [],
    keys: KEYS,
    segments: ["a", "b"].map((s) => ({ system: systemId(s), set, base: set, where: null })),
  });
  expect(result.masks).toEqual({ 3: PEOPLE });
  expect(result.perSystem.b).toMatchObject({
    missing: 0,
    extra: 0,
    expected: PEOPLE,
    matched: PEOPLE,
    mailableOptedOut: null,
  });
});

test("merging visits the sorted union once, with the row of every input", () => {
  const keys = fc
    .uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 40 })
    .map((a) => a.toSorted((x, y) => x - y));
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 30 }), (inputs) => {
      // Spread over all four words, so that each of them decides somewhere.
      const words = (k: number) => [
        Math.floor(k / 100),
        0xffffffff * (Math.floor(k / 10) % 2),
        Math.floor(k / 10),
        0x80000300 - k,
      ];
      const parts = inputs.map((input) => ({
        n: input.length,
        keys: Uint32Array.from(input.toSorted((a, b) => compare(words(a), words(b))).flatMap(words)),
        presence: new Uint32Array(0),
        prints: [],
        consent: new Uint8Array(0),
      }));
      const seen: number[] = [];
      mergePartitions(parts, (key, at) => {
        const k = 0x80000300 - key[3]!;
        seen.push(k);
        for (const [i, input] of inputs.entries()) expect(at[i]! >= 0).toBe(input.includes(k));
        at.forEach((r, i) => {
          if (r >= 0) expect(parts[i]!.keys[4 * r + 3]).toBe(key[3]);
        });
      });
      expect(seen).toEqual([...new Set(inputs.flat())].sort((a, b) => compare(words(a), words(b))));
    }),
  );
});

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 4; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
