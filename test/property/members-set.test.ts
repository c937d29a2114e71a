import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CONSENT_ORDER, type ConsentState, type Instant, type MemberRow } from "../../core/model.ts";
import { attributeState } from "../../members/attribute-state.ts";
import { consentOf, mailableOf } from "../../members/consent-byte.ts";
import { fingerprintOf } from "../../members/fingerprint.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { openSpool } from "../../members/spool.ts";
import { build, contentOf, emailOf, KEYS, keyOf, row } from "./members-build.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-property-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("entries, exits and presence words follow 70 readings of any coming and going", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.boolean(), { minLength: 70, maxLength: 70 }), { minLength: 1, maxLength: 12 }),
      async (people) => {
        let previous: MemberSet | null = null;
        let size = 0;
        for (let t = 0; t < 70; t++) {
          const here = people.flatMap((p, i) => (p[t] ? [row(emailOf(i))] : []));
          const { set, summary } = await build(folder, here, { previous, ordinal: t });
          expect(summary.size).toBe(here.length);
          expect(set.size).toBe(here.length);
          expect(set.reads).toBe(Math.min(64, t + 1));
          if (t === 0) expect([summary.entries, summary.exits]).toEqual([null, null]);
          else {
            expect(summary.size).toBe(size + summary.entries! - summary.exits!);
            expect(summary.entries).toBe(people.filter((p) => p[t] && !p[t - 1]).length);
          }
          size = summary.size;
          await previous?.close();
          previous = set;
        }
        const stored = await contentOf(previous!);
        const expected = new Map(
          people.flatMap((p, i) => {
            const word = p.slice(-64).reduce((w, b) => (w << 1n) | (b ? 1n : 0n), 0n);
            return word === 0n ? [] : [[keyOf(i), word] as const];
          }),
        );
        expect(new Map([...stored].map(([k, v]) => [k, v.presence]))).toEqual(expected);
      },
    ),
    { numRuns: 3 },
  );
}, 60_000);

test("a manual reading leaves no bit in the history that is built on it", async () => {
  const first = await build(folder, [row(emailOf(1))], { ordinal: 0 });
  const manual = await build(folder, [row(emailOf(2))], { previous: first.set, ordinal: null });
  expect([manual.summary.entries, manual.summary.exits]).toEqual([1, 1]);
  const viaManual = await build(folder, [row(emailOf(1)), row(emailOf(2))], {
    previous: manual.set,
    ordinal: 1,
  });
  const direct = await build(folder, [row(emailOf(1)), row(emailOf(2))], { previous: first.set, ordinal: 1 });
  expect(await contentOf(viaManual.set)).toEqual(await contentOf(direct.set));
  expect(viaManual.set.reads).toBe(2);
  expect(viaManual.summary.entries).toBe(direct.summary.entries);
});

const consents: readonly ConsentState[] = [...CONSENT_ORDER, "unknown"];
const anyRow = fc.record({
  person: fc.integer({ min: 0, max: 30 }),
  upper: fc.boolean(),
  invalid: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  plan: fc.constantFrom<string | null | undefined>("free", "pro", "n/a", "", " ", null, undefined, "gold"),
  consent: fc.constantFrom(...consents),
  mailable: fc.constantFrom(true, false, null),
  bounced: fc.boolean(),
  day: fc.constantFrom<number | null>(null, 1, 2, 3),
});
type AnyRow = typeof anyRow extends fc.Arbitrary<infer T> ? T : never;
const rules = { plan: { values: ["free", "pro"], pattern: null } };
const rowOf = (r: AnyRow, n: number): MemberRow =>
  row(r.invalid ? "nobody" : r.upper ? emailOf(r.person).toUpperCase() : emailOf(r.person), {
    id: `row-${n}`,
    consent: r.consent,
    mailable: r.mailable,
    bounced: r.bounced,
    attributes: r.plan === undefined ? {} : { plan: r.plan },
    ...(r.day === null
      ? {}
      : {
          updatedAt: `2026-11-0${r.day}T00:00:00.000Z` as Instant,
          consentAt: `2026-10-0${r.day}T00:00:00.000Z` as Instant,
        }),
  });

/** What a set should hold, worked out with maps and strings. */
function naive(rows: readonly AnyRow[]) {
  const people = new Map<number, { record: AnyRow; n: number }[]>();
  rows.forEach((record, n) => {
    if (!record.invalid) people.set(record.person, [...(people.get(record.person) ?? []), { record, n }]);
  });
  const rank = (c: ConsentState): number => (c === "unknown" ? 9 : CONSENT_ORDER.indexOf(c));
  return new Map(
    [...people].map(([person, records]) => {
      const newest = records.reduce((a, b) => ((b.record.day ?? 0) > (a.record.day ?? 0) ? b : a));
      const strictest = records.reduce((a, b) => (rank(b.record.consent) < rank(a.record.consent) ? b : a));
      const told = records.filter((r) => r.record.mailable !== null);
      return [
        keyOf(person),
        {
          id: `row-${newest.n}`,
          plan: newest.record.plan,
          consent: strictest.record.consent,
          strictestDay: strictest.record.day,
          mailable: told.length === 0 ? null : told.some((r) => r.record.mailable),
          bounced: records.some((r) => r.record.bounced),
          spellings: new Set(records.map((r) => r.record.upper)).size,
          records: records.length,
        },
      ] as const;
    }),
  );
}

test("one person per identity: strictest consent, newest attributes, first of equals; counts as a naive map counts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { maxLength: 80, size: "max" }), async (rows) => {
      const { set, summary, spoolFile } = await build(folder, rows.map(rowOf), {
        attributes: ["plan"],
        rules,
        spool: true,
      });
      const expected = naive(rows);
      const stored = await contentOf(set);
      expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [key, person] of expected) {
        const got = stored.get(key)!;
        expect(consentOf(got.consent)).toBe(person.consent);
        expect(mailableOf(got.consent)).toBe(person.mailable);
        expect(got.prints).toEqual([fingerprintOf(KEYS, person.plan)]);
      }
      const all = [...expected.values()];
      const valid = rows.filter((r) => !r.invalid).length;
      expect(summary).toMatchObject({
        size: all.length,
        records: rows.length,
        invalid: rows.length - valid,
        duplicates: valid - all.length,
        duplicateByCase: all.reduce((n, p) => n + p.spellings - 1, 0),
        mailable: all.every((p) => p.mailable === null) ? null : all.filter((p) => p.mailable).length,
        bounced: all.filter((p) => p.bounced).length,
      });
      for (const [state, n] of Object.entries(summary.attributes.plan!)) {
        expect(n, state).toBe(all.filter((p) => attributeState(p.plan, rules.plan) === state).length);
      }
      const spool = await openSpool(spoolFile, KEYS);
      const kept = await spool.lookup([...expected.keys(), keyOf(999)]);
      await spool.close();
      expect(kept.size).toBe(expected.size);
      for (const [key, person] of expected) {
        expect(kept.get(key)).toMatchObject({
          id: person.id,
          consent: person.consent,
          attributes: person.plan === undefined ? {} : { plan: person.plan },
          consentAt: person.strictestDay === null ? null : `2026-10-0${person.strictestDay}T00:00:00.000Z`,
        });
      }
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("rows that wait on the disk give the same set and spool as rows in memory", async () => {
  const rows = Array.from({ length: 9000 }, (_, n) =>
    row(emailOf((n * 7919) % 6000), {
      id: `row-${n}`,
      attributes: { plan: `v${n % 50}`, name: `Ünal ${n}` },
      consent: consents[n % 6]!,
      updatedAt: `2026-11-0${1 + (n % 9)}T00:00:00.000Z` as Instant,
    }),
  );
  const o = { attributes: ["plan", "name"], spool: true };
  const memory = await build(folder, rows, o);
  const disk = await build(folder, rows, { ...o, maxBytesInMemory: 1 });
  expect(disk.summary).toEqual(memory.summary);
  expect(await contentOf(disk.set)).toEqual(await contentOf(memory.set));
  const people = [...(await contentOf(disk.set)).keys()];
  const spools = await Promise.all([disk, memory].map((b) => openSpool(b.spoolFile, KEYS)));
  const [a, b] = await Promise.all(spools.map((s) => s.lookup(people)));
  await Promise.all(spools.map((s) => s.close()));
  expect(a!.size).toBe(6000);
  expect(a).toEqual(b);
}, 30_000);
