import { expect, test } from "vitest";
import { type Attribution, CHANGE_PARTS } from "../core/attribution.ts";
import type { KnownChange } from "../core/finding.ts";
import type { MetricName } from "../core/model.ts";
import type { Movement } from "../members/attribution.ts";
import { AUDIENCE, at, reading, system } from "../test/property/checks-input.ts";
import { attributionOf, type Readings, ruleChange, totalOf } from "./change-parts.ts";

const CRM = system("crm", "CRM");
const segment = { audience: AUDIENCE.id, system: CRM.id };
const none = { came: 0, left: 0 };
const left = (n: number) => ({ came: 0, left: n });

const movement = (given: Partial<Movement>): Movement => ({
  before: 1000,
  now: 600,
  lookedUp: true,
  rekeyed: none,
  records: none,
  changed: none,
  alike: none,
  values: none,
  owner: null,
  left: null,
  came: null,
  keys: none,
  ...given,
});
const readings = (given: Partial<Readings> = {}): Readings => ({
  latest: reading(3, "crm"),
  before: reading(2, "crm"),
  earlier: reading(1, "crm"),
  baseLatest: null,
  baseBefore: null,
  ...given,
});
const counts = (day: number, metrics: Partial<Record<MetricName, number>>) =>
  reading(day, "crm", { metrics });
const shown = (a: Attribution) =>
  Object.fromEntries(CHANGE_PARTS.flatMap((p) => (totalOfPart(a, p) === 0 ? [] : [[p, a.parts[p].left]])));
const totalOfPart = (a: Attribution, p: (typeof CHANGE_PARTS)[number]) => a.parts[p].came + a.parts[p].left;

test("who left unchanged is not explained, or goes to a rule that changed in between", () => {
  const rule: KnownChange = { at: at(2.5), ...segment, certainty: "confirmed", text: "the rule was changed" };
  const m = movement({ alike: left(380), changed: left(20) });
  expect(shown(attributionOf(segment, m, readings(), null))).toEqual({ data: 20, unexplained: 380 });
  const ruled = attributionOf(segment, m, readings(), rule);
  expect(shown(ruled)).toEqual({ rule: 380, data: 20 });
  expect(ruled.rule).toEqual({ at: at(2.5), certainty: "confirmed", text: "the rule was changed" });
});

test("records that are still on the list without an identifier of their own are a matter of identity", () => {
  const given = readings({
    latest: counts(3, { duplicates: 10, invalid: 120 }),
    before: counts(2, { duplicates: 10, invalid: 0 }),
  });
  const known = movement({ records: left(150), rekeyed: left(30) });
  expect(shown(attributionOf(segment, known, given, null))).toEqual({ identity: 120, data: 60 });
  const unknown = movement({ alike: left(150), lookedUp: false });
  expect(shown(attributionOf(segment, unknown, given, null))).toEqual({ identity: 120, unexplained: 30 });
});

test("what a reading lacks of the declared total is the reading, up to that many", () => {
  const given = readings({
    latest: counts(3, { declared: 1000, records: 900 }),
    before: counts(2, { declared: 1000, records: 1000 }),
  });
  const a = attributionOf(segment, movement({ alike: left(400) }), given, null);
  expect(shown(a)).toEqual({ snapshot: 100, unexplained: 300 });
  expect(a.odd).toBe("short");
});

test("what the whole system's reading lacks is shared among all who are gone from it", () => {
  const given = readings({
    baseLatest: counts(3, { declared: 1000, records: 950 }),
    baseBefore: counts(2, { declared: 1000, records: 1000 }),
  });
  const m = movement({ records: left(40), keys: left(100) });
  expect(shown(attributionOf(segment, m, given, null))).toEqual({ data: 20, snapshot: 20 });
});

test("a copy older than the one before it says nothing of the world, nor does the way back from it", () => {
  const m = movement({ alike: left(100), records: left(100), changed: left(200) });
  const back = { latest: reading(3, "crm", { asOf: at(1) }), before: reading(2, "crm") };
  const a = attributionOf(segment, m, readings(back), null);
  expect(shown(a)).toEqual({ snapshot: 400 });
  expect(a).toMatchObject({ odd: "older", left: null });
  const forth = readings({ before: reading(2, "crm", { asOf: at(0) }) });
  expect(shown(attributionOf(segment, m, forth, null))).toEqual({ snapshot: 400 });
  expect(totalOf(a, "left")).toBe(400);
});

test("only a change of this very segment's definition between the readings is its rule", () => {
  const change = (day: number, more: Partial<KnownChange> = {}): KnownChange => ({
    at: at(day),
    ...segment,
    certainty: "likely",
    text: `changed ${day}`,
    ...more,
  });
  const found = (...changes: KnownChange[]) => ruleChange(segment, changes, at(2), at(3))?.text ?? null;
  expect(found(change(2.2), change(2.6))).toBe("changed 2.6");
  expect(found(change(2), change(3.1))).toBeNull();
  expect(found(change(2.5, { system: AUDIENCE.owner }), change(2.5, { audience: null }))).toBeNull();
});
