import { describe, expect, test } from "vitest";
import { STANDARD_CLOCKS } from "../config/consent-clocks.ts";
import type { ExposedGroup } from "../core/comparison.ts";
import type { ConsentClock, Send } from "../core/config.ts";
import type { KnownCampaign } from "../core/facts.ts";
import type { CheckInput } from "../core/finding.ts";
import { type Instant, systemId } from "../core/model.ts";
import {
  AUDIENCE,
  at,
  CONFIG,
  comparison,
  figures,
  inputOf,
  reading,
  SUPPRESSION,
} from "../test/property/checks-input.ts";
import { consentExposure } from "./consent-exposure.ts";
import { deadlineOf } from "./consent-terms.ts";
import { contactHours, longestHours, pastContactHours, reachedBy, termsOf } from "./exposure.ts";

const dnc = { ...SUPPRESSION, segments: AUDIENCE.segments };
const news = systemId("news");
/** Tue 1 Sep 2026 06:00 in Berlin is day 0; readings are judged ten minutes later. */
const group = (
  after: Instant | null,
  by: Instant,
  people: number,
  among: Record<string, number> = {},
): ExposedGroup => ({
  after,
  by,
  people,
  among,
});
const clock = (id: string): ConsentClock => STANDARD_CLOCKS.find((c) => c.id === id)!;
const hour = (h: number): Instant => new Date(Date.parse(at(9)) + h * 3_600_000).toISOString() as Instant;

const campaign = (
  sent: Instant,
  to: readonly string[],
  more: Partial<KnownCampaign> = {},
): KnownCampaign => ({
  id: "1",
  name: "Autumn drop",
  state: "sent",
  at: sent,
  system: news,
  includes: to.map((name) => ({ name, audiences: name === "?" ? [] : [AUDIENCE.id] })),
  excludes: [],
  lastSeen: at(9),
  ...more,
});

function run(
  exposed: readonly ExposedGroup[] | null,
  o: {
    clocks?: readonly ConsentClock[];
    campaigns?: KnownCampaign[];
    calendar?: Send[];
    before?: ExposedGroup[];
  } = {},
) {
  return consentExposure.run(
    inputOf({
      audience: dnc,
      history: [reading(8, "news", { size: 100 }), reading(9, "news", { size: 100 })],
      comparisons: [
        { ...comparison(8, { news: {} }), people: { news: figures({ exposed: o.before ?? [] }) } },
        { ...comparison(9, { news: {} }), people: { news: figures({ exposed }) } },
      ],
      campaigns: o.campaigns ?? [],
      config: {
        ...CONFIG,
        audiences: [AUDIENCE, dnc],
        calendar: o.calendar ?? [],
        consentClocks: o.clocks ?? [clock("mailbox_providers"), clock("can_spam")],
      },
    }),
  );
}
const finding = (o: ReturnType<CheckInput["config"]["audiences"]["map"]> | ReturnType<typeof run>) => {
  if (!("status" in o) || o.status !== "fail") throw new Error(JSON.stringify(o));
  return o.findings[0];
};

describe("terms", () => {
  const deadline = (c: string, opted: string, zone: string) =>
    new Date(deadlineOf(clock(c), Date.parse(opted), zone)).toISOString();

  test("business days are counted on the local calendar, weekends left out, the last one whole", () => {
    // Fri 6 Nov 2026: ten business days later is Fri 20 Nov, so it is late from Sat 21 Nov 00:00 on
    expect(deadline("can_spam", "2026-11-06T12:00:00Z", "UTC")).toBe("2026-11-21T00:00:00.000Z");
    expect(deadline("casl", "2026-11-07T12:00:00Z", "UTC")).toBe("2026-11-21T00:00:00.000Z");
    // 23:30 UTC on Friday is Saturday in Berlin, and Friday afternoon in New York
    expect(deadline("can_spam", "2026-11-06T23:30:00Z", "Europe/Berlin")).toBe("2026-11-20T23:00:00.000Z");
    expect(deadline("can_spam", "2026-11-09T02:00:00Z", "America/New_York")).toBe("2026-11-21T05:00:00.000Z");
    // over the end of summer time
    expect(deadline("can_spam", "2026-10-19T10:00:00Z", "Europe/Berlin")).toBe("2026-11-02T23:00:00.000Z");
  });

  test("hours are hours, and no grace is none", () => {
    expect(deadline("mailbox_providers", "2026-11-06T12:00:00Z", "UTC")).toBe("2026-11-08T12:00:00.000Z");
    expect(deadline("gdpr", "2026-11-06T12:00:00Z", "UTC")).toBe("2026-11-06T12:00:00.000Z");
  });

  test("every term names its source", () => {
    for (const c of STANDARD_CLOCKS) expect(c.source.length, c.id).toBeGreaterThan(20);
  });

  test("polling leaves two ends: over for certain, over at most, and when the next ends", () => {
    const groups = [
      group(hour(-100), hour(-60), 5),
      group(hour(-50), hour(-30), 7),
      group(hour(-9), hour(-9), 2),
    ];
    const [term] = termsOf(groups, [clock("mailbox_providers")], hour(0), "UTC");
    expect(term).toMatchObject({ over: { least: 5, most: 12 }, next: Date.parse(hour(18)) });
    expect(
      termsOf([group(null, hour(-1), 4)], [clock("mailbox_providers")], hour(0), "UTC")[0]?.over,
    ).toEqual({
      least: 0,
      most: 4,
    });
  });
});

describe("contact-hours", () => {
  test("so far: people times hours, with both ends", () => {
    const groups = [group(hour(-10), hour(-4), 3), group(hour(-2), hour(-2), 5)];
    expect(contactHours(groups, hour(0))).toEqual({ least: 22, most: 40 });
    expect(longestHours(groups, hour(0))).toEqual({ least: 4, most: 10 });
    const unknown = [...groups, group(null, hour(-1), 1)];
    expect(contactHours(unknown, hour(0))).toEqual({ least: 23, most: null });
    expect(longestHours(unknown, hour(0))).toEqual({ least: 4, most: null });
    expect(longestHours([], hour(0))).toEqual({ least: 0, most: 0 });
  });

  test("over a past: between two comparisons nobody is counted for longer than they can have been exposed", () => {
    const points = [
      { at: hour(0), groups: [group(null, hour(-1), 10)] },
      { at: hour(2), groups: [group(null, hour(-1), 4), group(hour(0), hour(1), 3)] },
      { at: hour(3), groups: null },
      { at: hour(9), groups: [] },
      { at: hour(10), groups: [group(hour(9), hour(9), 1)] },
    ];
    expect(pastContactHours(points)).toEqual({ least: 2 * 4, most: 2 * 10 + 2 * 3 + 1 });
  });
});

describe("who was reached", () => {
  const send = (h: number, to: string[] | null, leftOut: string[] = []) => ({
    name: "x",
    at: Date.parse(hour(h)),
    to: (to ?? []) as never,
    others: to === null || to.includes("?"),
    leftOut: leftOut as never,
    told: true,
  });

  test("only what went out after the opt-out, and only to lists that they are on", () => {
    const groups = [
      group(hour(-10), hour(-4), 10, { active: 6, vip: 3 }),
      group(hour(-3), hour(-3), 5, { active: 5 }),
    ];
    const reached = (s: ReturnType<typeof send>) => reachedBy(groups, [s])[0]?.people ?? null;
    expect(reached(send(-20, ["active"]))).toBeNull();
    expect(reached(send(-5, ["active"]))).toEqual({ least: 0, most: 6 });
    expect(reached(send(-3.5, ["active"]))).toEqual({ least: 6, most: 6 });
    expect(reached(send(-1, ["active", "vip"]))).toEqual({ least: 11, most: 14 });
    expect(reached(send(-1, ["active"], ["vip"]))).toEqual({ least: 8, most: 11 });
    expect(reached(send(-1, ["nobody"]))).toBeNull();
    expect(reached(send(-1, null))).toEqual({ least: 0, most: 15 });
    expect(reached(send(-1, ["vip", "?"]))).toEqual({ least: 3, most: 15 });
  });
});

describe("the check", () => {
  const two = [group(hour(-26), hour(-20), 312, { active: 200 })];

  test("nothing sent and no term over is a near miss", () => {
    expect(finding(run(two))).toMatchObject({
      severity: "look",
      repair: "consent",
      people: 312,
      title: "312 opted-out people can still be mailed from Newsletter; nothing was sent to them yet",
      moved:
        "312 opted-out people on Do not contact can be mailed from Newsletter. Whoever waits longest opted out between 20 hours and 26 hours ago. No send is known to have gone to them since: a near miss. Normal is 0.",
      means:
        "The term of Gmail and Yahoo (48 hours) ends for the next tomorrow 10:00 CEST; the next send is not known.",
    });
  });

  test("a send inside is a breach, with how many it reached", () => {
    const f = finding(run(two, { campaigns: [campaign(hour(-6), ["Active"])] }));
    expect(f).toMatchObject({
      severity: "act",
      title: "200 opted-out people were mailed from Newsletter",
    });
    expect(f.moved).toContain("Since they opted out, “Autumn drop” went out 00:00 CEST to 200 of them.");
    expect(f.maths).toMatchObject({
      "Mailed since, at least": 200,
      "Contact-hours so far, at least": 312 * (20 + 1 / 6),
    });
  });

  test("a send to unknown people may have reached them; one before the opt-out, a draft or a receipt did not", () => {
    const titles = (campaigns: KnownCampaign[], calendar: Send[] = []) => {
      const f = finding(run(two, { campaigns, calendar }));
      return [f.severity, f.title.replace(/ from.*/, "")];
    };
    expect(titles([campaign(hour(-6), ["?"])])).toEqual(["act", "312 opted-out people may have been mailed"]);
    const miss = ["look", "312 opted-out people can still be mailed"];
    expect(titles([campaign(hour(-40), ["Active"])])).toEqual(miss);
    expect(titles([campaign(hour(-6), ["Active"], { state: "draft" })])).toEqual(miss);
    const receipt: Send = {
      name: "Autumn drop",
      system: news,
      audience: AUDIENCE.id,
      at: null,
      cron: "0 0 1 1 *",
      transactional: true,
    };
    expect(titles([campaign(hour(-6), ["Active"])], [receipt])).toEqual(miss);
  });

  test("where the system tells of no campaign, the calendar says what was planned", () => {
    const daily: Send = { name: "Daily", system: news, audience: AUDIENCE.id, at: null, cron: "0 0 * * *" };
    const f = finding(run(two, { calendar: [daily] }));
    expect(f.severity).toBe("act");
    expect(f.title).toBe("312 opted-out people may have been mailed from Newsletter");
    expect(f.moved).toContain("“Daily” was planned for 00:00 CEST to 200 of them");
    expect(finding(run(two, { calendar: [{ ...daily, transactional: true }] })).severity).toBe("look");
  });

  test("a term that is over is urgent without any send; no grace is over at once", () => {
    const late = [group(hour(-70), hour(-60), 12), group(hour(-3), hour(-3), 1)];
    const f = finding(run(late));
    expect(f.severity).toBe("act");
    expect(f.title).toBe(
      "13 opted-out people can still be mailed from Newsletter, and the term of Gmail and Yahoo is over",
    );
    expect(f.means).toBe(
      "The term of Gmail and Yahoo (48 hours) is over for 12 people, it ends for the next Sat 03:00 CEST; the next send is not known.",
    );
    expect(finding(run([group(hour(-1), hour(0), 1)], { clocks: [clock("gdpr")] })).severity).toBe("act");
    expect(finding(run([group(hour(-1), hour(0), 1)], { clocks: [] })).severity).toBe("look");
  });

  test("nobody, not known, and not applicable are three answers", () => {
    expect(run([])).toEqual({ status: "pass" });
    expect(run(null)).toEqual({ status: "skip", because: "not_readable" });
    const input = inputOf({ audience: dnc, history: [reading(9, "crm")] });
    expect(consentExposure.run(input)).toEqual({ status: "skip", because: "not_configured" });
    const partial = inputOf({ audience: dnc, history: [reading(9, "news", { coverage: "partial" })] });
    expect(consentExposure.run(partial)).toEqual({ status: "skip", because: "partial" });
  });
});
