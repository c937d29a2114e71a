import { expect, test } from "vitest";
import type { KeptOut } from "../core/comparison.ts";
import type { Audience } from "../core/config.ts";
import { audienceId } from "../core/model.ts";
import { AUDIENCE, CONFIG, comparison, figures, inputOf, reading } from "../test/property/checks-input.ts";
import { ineligible } from "./ineligible.ts";

const REFUNDED: Audience = {
  ...AUDIENCE,
  id: audienceId("refunded"),
  title: "Refunded",
  purpose: "ineligible",
};
const history = [reading(0, "news", { size: 100 }), reading(1, "news", { size: 100 })];
const calendar = [
  {
    name: "Autumn drop",
    system: CONFIG.systems[2]!.id,
    audience: AUDIENCE.id,
    at: "2026-09-02T08:00:00.000Z",
    cron: null,
  },
];

function run(kept: Partial<KeptOut> | null, over: Partial<Audience> = {}, more = {}, sys = "news") {
  const keptOut: Record<string, KeptOut> =
    kept === null ? {} : { refunded: { of: 300, here: 12, mailable: 9, settled: 12, ...kept } };
  return ineligible.run(
    inputOf({
      audience: { ...AUDIENCE, ...over },
      history: sys === "news" ? history : history.map((h) => ({ ...h, system: CONFIG.systems[1]!.id })),
      comparisons: [{ ...comparison(1, { [sys]: {} }), people: { [sys]: figures({ keptOut }) } }],
      config: { ...CONFIG, audiences: [AUDIENCE, REFUNDED], ...more },
    }),
  );
}

test("people on an ineligible list in a promotional list, twice seen, are told with who can be mailed", () => {
  const o = run({}, {}, { calendar });
  if (o.status !== "fail") throw new Error(o.status);
  expect(o.findings[0]).toMatchObject({
    subject: "refunded",
    severity: "act",
    people: 12,
    repair: "membership",
    title: "12 people on Refunded are in Active customers in Newsletter",
    moved: "12 people on Refunded are in Active customers in Newsletter, in at least two reads. Normal is 0.",
    means:
      "9 of 12 people can be mailed now and may get promotional mail that is not meant for them; “Autumn drop” goes to this audience, today 10:00 CEST.",
  });
});

test("without a send within a day, or when none can be mailed, it can wait", () => {
  const severity = (o: ReturnType<typeof run>) => (o.status === "fail" ? o.findings[0].severity : o.status);
  expect(severity(run({}))).toBe("look");
  expect(severity(run({ mailable: 0 }, {}, { calendar }))).toBe("look");
  expect(severity(run({ mailable: null }, {}, { calendar }))).toBe("act");
});

test("what was seen once may be a sync under way; few are none; not known is not none", () => {
  expect(run({ settled: 0 })).toEqual({ status: "skip", because: "settling" });
  expect(run({ here: 4, settled: 4 })).toEqual({ status: "pass" });
  expect(run({ here: 0, settled: 0 })).toEqual({ status: "pass" });
  expect(run(null)).toEqual({ status: "skip", because: "owner_partial" });
  const other = { audiences: [AUDIENCE, { ...REFUNDED, identity: "phone" as const }] };
  expect(run(null, {}, other)).toEqual({ status: "skip", because: "not_readable" });
});

test("only promotional lists of systems that send; a holdout did nothing wrong", () => {
  const not = { status: "skip", because: "not_configured" };
  expect(run({}, { purpose: "consent" })).toEqual(not);
  expect(run({}, {}, {}, "crm")).toEqual(not);
  expect(run({}, {}, { audiences: [AUDIENCE] })).toEqual(not);
  expect(run({}, {}, { audiences: [{ ...AUDIENCE, holdout: REFUNDED.id }, REFUNDED] })).toEqual(not);
});
