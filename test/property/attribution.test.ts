import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attributionOf, type Readings, totalOf } from "../../checks/change-parts.ts";
import { CHANGE_PARTS } from "../../core/attribution.ts";
import type { KnownChange } from "../../core/finding.ts";
import { audienceId, type MetricName, systemId } from "../../core/model.ts";
import { type Movement, movementOf } from "../../members/attribution.ts";
import { at, reading } from "./checks-input.ts";
import { build, emailOf, KEYS, row } from "./members-build.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-property-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What happens to one person between two readings of a list. */
const FATES = [
  "stays",
  "outside",
  "deleted",
  "rekeyed",
  "emptied",
  "dropped",
  "made",
  "filled",
  "let in",
] as const;
type Fate = (typeof FATES)[number];
const world = fc.array(fc.constantFrom(...FATES), { minLength: 30, maxLength: 120 });

type Life = { listed: boolean; email: string; plan: string | null } | null;
function lifeOf(fate: Fate, i: number): { before: Life; now: Life } {
  const email = emailOf(i);
  const life = (listed: boolean, plan: string | null = "pro", as = email): Life => ({
    listed,
    email: as,
    plan,
  });
  switch (fate) {
    case "stays":
      return { before: life(true), now: life(true) };
    case "outside":
      return { before: life(false), now: life(false) };
    case "deleted":
      return { before: life(true), now: null };
    case "rekeyed":
      return { before: life(true), now: life(true, "pro", `new-${email}`) };
    case "emptied":
      return { before: life(true), now: life(false, null) };
    case "dropped":
      return { before: life(true), now: life(false) };
    case "made":
      return { before: null, now: life(true) };
    case "filled":
      return { before: life(false, null), now: life(true) };
    case "let in":
      return { before: life(false), now: life(true) };
  }
}

async function movement(fates: readonly Fate[], scrambled: boolean): Promise<Movement> {
  const lives = fates.map(lifeOf);
  const rows = (when: "before" | "now", listed: boolean) => {
    const all = lives.flatMap((l, i) => {
      const life = l[when];
      return life === null || (listed && !life.listed)
        ? []
        : [row(life.email, { id: `r${i}`, attributes: { plan: life.plan } })];
    });
    return scrambled ? all.reverse() : all;
  };
  const base = { attributes: ["plan"], records: true };
  const previous = (await build(folder, rows("before", true), { ordinal: 0 })).set;
  const basePrevious = (await build(folder, rows("before", false), { ...base, ordinal: 0 })).set;
  return movementOf({
    system: systemId("crm"),
    previous,
    now: (await build(folder, rows("now", true), { previous, ordinal: 1 })).set,
    base: {
      previous: basePrevious,
      now: (await build(folder, rows("now", false), { ...base, previous: basePrevious, ordinal: 1 })).set,
    },
    compare: null,
    values: {},
    keys: KEYS,
  });
}

const SEGMENT = { audience: audienceId("active"), system: systemId("crm") };
const RULE: KnownChange = { at: at(1), ...SEGMENT, certainty: "confirmed", text: "the rule was changed" };
const plain: Readings = {
  latest: reading(1, "crm"),
  before: reading(0, "crm"),
  earlier: null,
  baseLatest: null,
  baseBefore: null,
};

test("worlds built from known effects are attributed to just these, whatever the order of the records", async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.boolean(), fc.boolean(), async (fates, ruled, scrambled) => {
      const m = await movement(fates, scrambled);
      const a = attributionOf(SEGMENT, m, plain, ruled ? RULE : null);
      const n = (...of: Fate[]) => fates.filter((f) => of.includes(f)).length;
      const rest = { came: n("let in"), left: n("dropped") };
      const none = { came: 0, left: 0 };
      expect(a.parts).toEqual({
        rule: ruled ? rest : none,
        data: { came: n("made", "filled"), left: n("deleted", "emptied") },
        identity: { came: n("rekeyed"), left: n("rekeyed") },
        snapshot: none,
        unexplained: ruled ? none : rest,
      });
      expect(a.data.records).toEqual({ came: n("made"), left: n("deleted") });
      expect(a.before).toBe(n("stays", "deleted", "rekeyed", "emptied", "dropped"));
      expect(a.now).toBe(n("stays", "rekeyed", "made", "filled", "let in"));
    }),
    { numRuns: 12 },
  );
}, 60_000);

const people = fc.nat({ max: 500 });
const flow = fc.record({ came: people, left: people });
const metrics = fc.record({
  records: people,
  declared: people,
  duplicates: people,
  invalid: people,
} satisfies Partial<Record<MetricName, unknown>>);
const someReading = (day: number) =>
  fc
    .record({ metrics, missing: fc.boolean(), late: fc.integer({ min: -2, max: 0 }) })
    .map((r) => reading(day, "crm", { metrics: r.missing ? {} : r.metrics, asOf: at(day + r.late) }));

test("the parts are the whole change, and no part is negative, whatever the readings say of themselves", () => {
  fc.assert(
    fc.property(
      fc.record({ rekeyed: flow, records: flow, changed: flow, alike: flow, keys: flow, stayed: people }),
      fc.boolean(),
      fc.tuple(someReading(3), someReading(2), fc.option(someReading(1))),
      fc.tuple(fc.option(someReading(3)), fc.option(someReading(2))),
      fc.boolean(),
      (m, lookedUp, [latest, before, earlier], [baseLatest, baseBefore], ruled) => {
        const of = (way: "came" | "left") => m.rekeyed[way] + m.records[way] + m.changed[way] + m.alike[way];
        const movement: Movement = {
          ...m,
          before: m.stayed + of("left"),
          now: m.stayed + of("came"),
          lookedUp,
          values: m.changed,
          owner: null,
          left: null,
          came: null,
        };
        const readings = { latest, before, earlier, baseLatest, baseBefore };
        const a = attributionOf(SEGMENT, movement, readings, ruled ? RULE : null);
        expect(totalOf(a, "came")).toBe(of("came"));
        expect(totalOf(a, "left")).toBe(of("left"));
        expect(totalOf(a, "came") - totalOf(a, "left")).toBe(a.now - a.before);
        for (const part of CHANGE_PARTS) {
          expect(a.parts[part].came).toBeGreaterThanOrEqual(0);
          expect(a.parts[part].left).toBeGreaterThanOrEqual(0);
        }
        expect(a.parts[ruled ? "unexplained" : "rule"]).toEqual({ came: 0, left: 0 });
      },
    ),
  );
});
