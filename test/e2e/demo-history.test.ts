import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { SystemDifference } from "../../core/comparison.ts";
import { audienceId, instant, type MemberRow, systemId } from "../../core/model.ts";
import { Copies } from "../../demo/company/copies.ts";
import { writeHistory } from "../../demo/company/fast-history.ts";
import { belongs, type HistoryTarget, toldBy } from "../../demo/company/history-target.ts";
import { planIn } from "../../demo/company/packed.ts";
import { Population } from "../../demo/company/population.ts";
import { Days } from "../../demo/company/time.ts";
import { type AudienceName, plant, SYSTEMS, type SystemName } from "../../demo/company/truth.ts";
import { compareSets } from "../../members/compare-sets.ts";
import { deriveKeys } from "../../members/keys.ts";
import { type MemberSet, openSet } from "../../members/member-set.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import type { SetSummary } from "../../members/set-terms.ts";

const UNTIL = 56;
const SEED = 2; // loses a page of Klaviyo on one day
const keys = deriveKeys(new Uint8Array(32).fill(5));
const folder = mkdtempSync(join(tmpdir(), "plumbline-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const days = new Days("2026-11-24", new Date("2027-01-10T00:00:00Z"));
const population = new Population(SEED, 600, days);
const faults = plant(SEED, 600);
const copies = new Copies(population, SEED, faults);
const duelled = faults.find((f) => f.kind === "duel")?.audience ?? "vip";
const systems = SYSTEMS;
const audiences: readonly (AudienceName | null)[] = ["do_not_contact", duelled, null];
const nameOf = (t: { audience: string | null; system: string }, day: number): string =>
  `${t.audience ?? "base"}-${t.system}-${day}`;
const targets = audiences.flatMap((audience) =>
  systems.map(
    (system): HistoryTarget => ({
      audience,
      system,
      attributes: audience === duelled ? ["plan", "first_name"] : [],
      file: join(folder, "fast", nameOf({ audience, system }, 0)),
    }),
  ),
);

/** The slow way: rows of one day through the builder, on top of the set of the day before. */
async function build(
  t: HistoryTarget,
  day: number,
  previous: MemberSet | null,
): Promise<{ summary: SetSummary; set: MemberSet }> {
  const rules = { plan: { values: null, pattern: null }, first_name: { values: null, pattern: null } };
  const builder = new SetBuilder({
    identity: "email",
    attributes: t.attributes,
    rules,
    keys,
    epoch: 0,
    spool: false,
  });
  const test = belongs(t);
  for (const [i, packed] of copies.day(t.system, day).entries()) {
    if (!test(packed)) continue;
    const person = population.person(i);
    const row: MemberRow = {
      id: String(i),
      identifiers: { email: person.email },
      // Mailchimp has no field for the plan
      attributes: {
        ...(t.system === "mailchimp" ? {} : { plan: planIn(packed) }),
        first_name: person.firstName,
      },
      of: [0],
      ...toldBy(t.system, packed),
    };
    builder.add(row);
  }
  const file = join(folder, nameOf(t, day));
  const ordinal = previous === null ? 0 : (previous.ordinal ?? 0) + 1;
  const summary = await builder.finish({
    file,
    spoolFile: null,
    previous,
    asOf: instant(days.audit(day)),
    ordinal,
  });
  return { summary, set: await openSet(file) };
}

/** History tells neither field agreement nor how long differences wait, nor what flipping members did. */
const counts = ({
  attributes: _,
  oldestPendingReads: __,
  waits: ___,
  matchedDue: ____,
  flips: _____,
  ...rest
}: SystemDifference) => rest;

test("history made in one go is the same as reading and comparing day by day", async () => {
  const told: number[] = [];
  const history = await writeHistory(
    { population, copies, days },
    { until: UNTIL, keys, epoch: 0, targets },
    (done) => told.push(done),
  );
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  const sets = new Map<string, MemberSet>();
  const at = (audience: AudienceName | null, system: SystemName): MemberSet =>
    sets.get(`${audience} ${system}`) as MemberSet;
  let partial = 0;
  for (const day of history) {
    const read = new Set<SystemName>();
    for (const [n, target] of targets.entries()) {
      const told = day.reads[n];
      if (told?.coverage === "partial") {
        partial++;
        continue;
      }
      read.add(target.system);
      const { summary, set } = await build(
        target,
        day.day,
        sets.get(`${target.audience} ${target.system}`) ?? null,
      );
      sets.set(`${target.audience} ${target.system}`, set);
      expect(told, nameOf(target, day.day)).toMatchObject({
        size: summary.size,
        entries: summary.entries,
        exits: summary.exits,
        mailable: summary.mailable,
        attributes: summary.attributes,
      });
    }
    for (const audience of [duelled, "do_not_contact"] as const) {
      const owner: SystemName = audience === "do_not_contact" ? "hubspot" : "warehouse";
      const slow = await compareSets({
        purpose: audience === "do_not_contact" ? "suppression" : "marketing",
        owner: systemId(owner),
        keys,
        segments: systems
          .filter((s) => read.has(s))
          .map((s) => ({ system: systemId(s), set: at(audience, s), base: at(null, s), where: null })),
        excluded: [
          { list: audienceId("do_not_contact"), set: at("do_not_contact", "hubspot"), optOut: true },
        ],
      });
      const fast = day.comparisons.find((c) => c.audience === audience);
      expect(fast?.masks, `${audienceId(audience)} day ${day.day}`).toEqual(slow.masks);
      for (const [system, difference] of Object.entries(slow.perSystem)) {
        expect(
          fast?.perSystem[system] && counts(fast.perSystem[system]),
          `${audience} ${system} day ${day.day}`,
        ).toEqual(counts(difference));
      }
    }
  }
  expect(partial).toBe(3);
  for (const target of targets) {
    const [slow, fast] = [at(target.audience, target.system), await openSet(target.file)];
    expect([fast.size, fast.reads, fast.ordinal]).toEqual([slow.size, slow.reads, slow.ordinal]);
    for (let p = 0; p < slow.partitions; p++) expect(await fast.load(p)).toEqual(await slow.load(p));
  }
}, 120_000);
