import { expect, test } from "vitest";
import type { Instant } from "../core/model.ts";
import { AUDIENCE, CONFIG, inputOf, reading, system } from "../test/property/checks-input.ts";
import { bandsOf, learningProgress } from "./band.ts";
import { sizeAnomaly } from "./size-anomaly.ts";

/** Tuesday 1 September 2026 and on: 48,240 people, 400 fewer at weekends, a wobble of 60. */
const steady = (day: number) => 48_240 - ([4, 5].includes(day % 7) ? 400 : 0) + 60 * (((day * 5) % 3) - 1);
const history = (days: number, sys = "crm", size = steady) =>
  Array.from({ length: days }, (_, d) => reading(d, sys, { size: size(d) }));
const judge = (
  size: number,
  over: Parameters<typeof inputOf>[0] = { history: [...history(42), reading(42, "crm", { size })] },
) => sizeAnomaly.run(inputOf(over));

test("the band is learned from a week of readings and says which day it is", () => {
  const readings = history(43);
  const band = bandsOf(readings, AUDIENCE.cadence, "Europe/Berlin").get(readings[42]?.id ?? "");
  expect(band?.label).toBe("Tuesday");
  expect(band?.low).toBeGreaterThan(46_900);
  expect(band?.high).toBeLessThan(49_600);
  expect((band?.low ?? 0) < 48_180 && (band?.high ?? 0) > 48_300).toBe(true);
  expect(bandsOf(readings, AUDIENCE.cadence, "Europe/Berlin").get(readings[6]?.id ?? "")).toBeNull();
  expect(learningProgress(readings.slice(0, 4))).toEqual({ seen: 3, needed: 7 });
});

test("halved overnight: what moved, against what is normal, and what it means", () => {
  const outcome = judge(24_100);
  if (outcome.status !== "fail") throw new Error("expected a finding");
  const [f] = outcome.findings;
  expect(f.title).toBe("Active customers is too small in CRM");
  expect(f.moved).toMatch(
    /^24,100 people, down 24,\d{3} since Mon 06:00 CEST\. Normal for a Tuesday is 4[78],\d00 to 4[89],\d00\.$/,
  );
  expect(f.means).toMatch(/^About 24,\d{3} people would be left out; the next send is not known\.$/);
  expect(f.severity).toBe("act");
  expect(f.cause).toEqual({ certainty: "unclear", text: null });
  expect(f.people).toBeGreaterThan(24_000);
});

test("too large before a send is urgent, and a configuration change is the likely cause", () => {
  const news = system("news", "Klaviyo", true);
  const change = (time: string, text: string) => ({
    at: time as Instant,
    system: news.id,
    audience: null,
    certainty: "likely" as const,
    text,
  });
  const readings = [...history(42, "news"), reading(42, "news", { size: 75_584 })];
  const outcome = sizeAnomaly.run(
    inputOf({
      history: readings,
      system: news,
      isOwner: false,
      config: {
        ...CONFIG,
        systems: [news],
        calendar: [
          {
            name: "Autumn drop",
            system: news.id,
            audience: AUDIENCE.id,
            at: "2026-10-13T08:00:00.000Z",
            cron: null,
          },
        ],
      },
      changes: [
        change("2026-10-01T03:42:00.000Z", "an old change"),
        change("2026-10-13T03:42:00.000Z", "filter “status = active” removed"),
      ],
    }),
  );
  if (outcome.status !== "fail") throw new Error("expected a finding");
  const [f] = outcome.findings;
  expect([f.title, f.severity]).toEqual(["Active customers is too large in Klaviyo", "act"]);
  expect(f.means).toContain("“Autumn drop” goes to this audience, today 10:00 CEST.");
  expect(f.cause).toEqual({ certainty: "likely", text: "filter “status = active” removed at 05:42 CEST" });
});

test("no verdict from a partial, missing or unchanged reading, nor while learning", () => {
  const partial = reading(42, "crm", { coverage: "partial", metrics: { records: 100 } });
  expect(judge(0, { history: [...history(42), partial] })).toEqual({ status: "skip", because: "partial" });
  expect(judge(0, { history: [] })).toEqual({ status: "skip", because: "no_data" });
  expect(judge(0, { history: history(4) })).toEqual({ status: "skip", because: "learning" });
  const same = reading(43, "crm", { size: 20_000, asOf: reading(42, "crm").asOf });
  expect(judge(0, { history: [...history(42), reading(42, "crm", { size: 20_000 }), same] })).toEqual({
    status: "skip",
    because: "no_data",
  });
});

test("while learning, a list that loses half is told all the same", () => {
  const outcome = judge(0, { history: [...history(6), reading(6, "crm", { size: 20_000 })] });
  expect(outcome.status === "fail" && outcome.findings[0].moved).toContain("still being learned");
});

test("small moves, and what the settings allow, pass", () => {
  expect(judge(47_000).status).toBe("pass");
  const calm = { ...CONFIG, checks: { size_anomaly: { minimum_share: 0.6 } } };
  expect(
    judge(0, { config: calm, history: [...history(42), reading(42, "crm", { size: 24_100 })] }).status,
  ).toBe("pass");
  const off = { ...CONFIG, checks: { size_anomaly: { enabled: false } } };
  expect(judge(0, { config: off, history: history(42) })).toEqual({
    status: "skip",
    because: "not_configured",
  });
});

test("six days at a new level are the new normal, and the incident is told so", () => {
  const moved = (d: number) => (d >= 42 ? 60_000 + 20 * (d % 3) : steady(d));
  const run = (days: number) => sizeAnomaly.run(inputOf({ history: history(days, "warehouse", moved) }));
  expect(run(43).status).toBe("fail");
  expect(run(47).status).toBe("fail");
  expect(run(48)).toEqual({ status: "fail", findings: [expect.objectContaining({ subject: null })] });
  const later = [49, 50, 51].map(run);
  expect(later.map((o) => o.status)).toEqual(["pass", "pass", "pass"]);
});

test("a list that used to move and now stands still is told, one that never moves is not", () => {
  const run = (size: (d: number) => number) =>
    sizeAnomaly.run(inputOf({ history: history(40, "warehouse", size) }));
  const frozen = run((d) => steady(Math.min(d, 33)));
  expect(frozen.status === "fail" && frozen.findings[0].title).toBe(
    "Active customers stopped moving in Warehouse",
  );
  expect(run(() => 48_240).status).toBe("pass");
});
