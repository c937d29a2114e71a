import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gate } from "../../checks/gate.ts";
import type { GateInput, GateList, GateReading } from "../../checks/gate-input.ts";
import type { GateVerdict } from "../../core/gate.ts";
import { audienceId, CONSENT_ORDER, type ConsentState, type Instant, systemId } from "../../core/model.ts";
import { countGate, type GateCounts } from "../../members/gate-panel.ts";
import type { MemberSet } from "../../members/member-set.ts";
import { build, emailOf, row } from "./members-build.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-gate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Member = { mailable: boolean | null; consent: ConsentState };
type Model = ReadonlyMap<number, Member>;
const list: fc.Arbitrary<Model> = fc
  .array(
    fc.record({
      person: fc.integer({ min: 0, max: 25 }),
      mailable: fc.constantFrom(true, false, null),
      consent: fc.constantFrom<ConsentState>(...CONSENT_ORDER, "unknown"),
    }),
    { maxLength: 18 },
  )
  .map((rows) => new Map(rows.map((r) => [r.person, r])));
const lists = (minLength: number, maxLength: number) => fc.array(list, { minLength, maxLength });

const setOf = async (model: Model): Promise<MemberSet> =>
  (
    await build(
      folder,
      [...model].map(([i, m]) => row(emailOf(i), { mailable: m.mailable, consent: m.consent })),
    )
  ).set;
const setsOf = (models: readonly Model[]) => Promise.all(models.map(setOf));

const OUT: readonly ConsentState[] = ["erased", "complained", "unsubscribed"];

test("counts like a plain walk over everybody", async () => {
  await fc.assert(
    fc.asyncProperty(
      lists(1, 2),
      lists(0, 2),
      fc.option(list, { nil: null }),
      lists(0, 2),
      lists(0, 1),
      lists(0, 2),
      async (includes, excludes, base, suppressions, keptOut, evidence) => {
        const counts = await countGate({
          includes: await setsOf(includes),
          excludes: await setsOf(excludes),
          base: base === null ? null : await setOf(base),
          suppressions: await setsOf(suppressions),
          keptOut: await setsOf(keptOut),
          evidence: await setsOf(evidence),
        });
        const n = { listed: 0, leftOut: 0, recipients: 0, unsaid: 0 };
        const told = { erased: 0, suppressed: 0, optedOut: 0, keptOut: 0 };
        const unsure = { ...told };
        for (let p = 0; p <= 25; p++) {
          const isIn = (m: Model) => m.has(p);
          if (!includes.some(isIn)) continue;
          n.listed++;
          if (excludes.some(isIn)) {
            n.leftOut++;
            continue;
          }
          const says = [...includes, ...(base === null ? [] : [base])].map((m) => m.get(p)?.mailable ?? null);
          const known = says.some((s) => s !== null);
          if (known && !says.includes(true)) continue;
          n.recipients++;
          if (!known) n.unsaid++;
          const consents = evidence.map((m) => m.get(p)?.consent ?? "unknown");
          const erased = [...evidence, ...suppressions].some((m) => m.get(p)?.consent === "erased");
          const group = erased
            ? "erased"
            : suppressions.some(isIn)
              ? "suppressed"
              : consents.some((c) => OUT.includes(c))
                ? "optedOut"
                : keptOut.some(isIn)
                  ? "keptOut"
                  : null;
          if (group !== null) (known ? told : unsure)[group]++;
        }
        expect(counts).toMatchObject({ ...n, ...told, unsure });
      },
    ),
    { numRuns: 60 },
  );
});

const NOW = "2026-11-24T08:00:00.000Z" as Instant;
const reading: fc.Arbitrary<GateReading> = fc.record({
  asOf: fc
    .option(fc.integer({ min: 0, max: 60 }), { nil: null })
    .map((h) => (h === null ? null : (new Date(Date.parse(NOW) - h * 3_600_000).toISOString() as Instant))),
  allowedHours: fc.constantFrom(6, 25),
  size: fc.option(fc.nat(5000), { nil: null }),
  sizesBefore: fc.array(fc.nat(5000), { maxLength: 9 }),
  latest: fc.option(
    fc.record({
      at: fc.constant(NOW),
      coverage: fc.constantFrom("complete" as const, "partial" as const, "unusable" as const),
      because: fc.constant("page 3"),
    }),
    { nil: null },
  ),
  usable: fc.boolean(),
});
const gateList: fc.Arbitrary<GateList> = fc.record({
  title: fc.constantFrom("Active", "Trial"),
  audiences: fc.constantFrom([audienceId("active")], []),
  reading: fc.option(reading, { nil: null }),
});
const few = fc.nat(40);
const counts: fc.Arbitrary<GateCounts> = fc.record({
  listed: fc.constant(100),
  leftOut: few,
  leftOutBy: fc.constant([]),
  recipients: few,
  unsaid: few,
  erased: few,
  suppressed: few,
  optedOut: few,
  keptOut: few,
  unsure: fc.record({ erased: few, suppressed: few, optedOut: few, keptOut: few }),
});
const input: fc.Arbitrary<GateInput> = fc.record({
  now: fc.constant(NOW),
  timezone: fc.constant("Europe/Berlin"),
  send: fc.record({
    id: fc.constant("c1"),
    name: fc.constant("Drop"),
    system: fc.constant(systemId("klaviyo")),
    systemTitle: fc.constant("Klaviyo"),
    at: fc.option(fc.constant("2026-11-24T09:00:00.000Z" as Instant), { nil: null }),
    isDraft: fc.constant(false),
    source: fc.constant("campaign" as const),
    toldAt: fc.constantFrom(null, NOW),
    transactional: fc.constantFrom(null, false, true),
    includes: fc.constant([]),
    excludes: fc.constant([]),
  }),
  campaignHours: fc.constant(25),
  includes: fc.array(gateList, { maxLength: 2 }),
  excludes: fc.array(gateList, { maxLength: 2 }),
  sources: fc.array(
    fc.record({
      role: fc.constantFrom("suppression" as const, "kept_out" as const, "consent" as const),
      title: fc.constant("Do not contact"),
      systemTitle: fc.constant("Warehouse"),
      reading,
    }),
    { maxLength: 2 },
  ),
  counts: fc.option(counts, { nil: null }),
  countsBecause: fc.constant(null),
  incidents: fc.constant([]),
});
const RANK: Record<GateVerdict, number> = { go: 0, cant_tell: 1, no_go: 2 };

test("Go only when everything was read and nobody is at risk; one person more never makes it better", () => {
  fc.assert(
    fc.property(
      input,
      fc.constantFrom("erased" as const, "suppressed" as const, "optedOut" as const),
      (i, group) => {
        const answer = gate(i);
        if (answer.verdict === "go") {
          expect(answer.mustNot).toBe(0);
          expect(i.sources.length).toBeGreaterThan(0);
          for (const l of i.includes) expect(l.reading?.latest?.coverage).toBe("complete");
          for (const s of i.sources) expect(s.reading.latest?.coverage).toBe("complete");
        }
        expect(answer.verdict === "no_go").toBe(answer.reasons.some((r) => r.weight === "no_go"));
        expect(JSON.stringify(answer)).not.toMatch(/NaN|undefined|Infinity/);
        if (i.counts === null) return;
        const worse = gate({ ...i, counts: { ...i.counts, [group]: i.counts[group] + 1 } });
        expect(RANK[worse.verdict]).toBeGreaterThanOrEqual(RANK[answer.verdict]);
        expect(worse.mustNot ?? 0).toBeGreaterThanOrEqual(answer.mustNot ?? 0);
      },
    ),
    { numRuns: 2000 },
  );
});
