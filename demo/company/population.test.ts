import { describe, expect, test } from "vitest";
import { Copies } from "./copies.ts";
import { inList, isMailable } from "./packed.ts";
import { LISTS, Population } from "./population.ts";
import { Days } from "./time.ts";
import { plant, SYSTEMS } from "./truth.ts";

const days = new Days("2026-11-24", new Date("2027-01-01T00:00:00Z"));
const population = new Population(3, 4_000, days);

describe("the clock", () => {
  test("audits at 06:04 in Berlin, through the change of winter time", () => {
    expect(days.audit(56).toISOString()).toBe("2026-11-24T05:04:00.000Z");
    expect(days.audit(20).toISOString()).toBe("2026-10-19T04:04:00.000Z");
  });
  test("audits day 56 now, if that is today", () => {
    const now = new Date("2026-11-24T03:00:00Z");
    expect(new Days("2026-11-24", now).audit(56)).toEqual(now);
    expect(new Days("2026-11-24", now).exported(56).getTime()).toBeLessThan(now.getTime());
  });
});

describe("the people", () => {
  test("are as many as asked on day 56, and more later", () => {
    expect(population.count(56)).toBe(4_000);
    expect(population.count(1)).toBeLessThan(4_000);
    expect(population.count(70)).toBeGreaterThan(4_000);
  });
  test("have an address and an id each", () => {
    const people = Array.from({ length: 4_000 }, (_, i) => population.person(i));
    expect(new Set(people.map((p) => p.email)).size).toBe(4_000);
    expect(people.filter((p) => p.firstName?.includes("<script>")).length).toBeGreaterThan(0);
    expect(people.every((p) => p.email === p.email.toLowerCase())).toBe(true);
  });
  test("never take back an opt-out", () => {
    for (let i = 0; i < 4_000; i++) {
      const states = [0, 20, 40, 56].map((d) => population.consent(i, d));
      const first = states.findIndex((s) => s !== "subscribed");
      if (first >= 0) expect(new Set(states.slice(first)).size).toBe(1);
    }
  });
  test("fill lists of a believable size", () => {
    const share = (list: (typeof LISTS)[number]) =>
      Array.from({ length: 4_000 }, (_, i) => population.in(list, i, 56)).filter(Boolean).length / 4_000;
    expect(share("active_customers")).toBeGreaterThan(0.45);
    expect(share("trial")).toBeGreaterThan(0.01);
    expect(share("vip")).toBeGreaterThan(0.01);
    expect(share("lapsed_180")).toBeGreaterThan(0.12);
  });
});

test("without faults, a copy differs from its owner for no more than a day", () => {
  const population = new Population(3, 700, days);
  const copies = new Copies(population, 3, []);
  const wrong: string[] = [];
  for (let day = 2; day <= 56; day++) {
    const [before, now] = [copies.day("warehouse", day - 1), copies.day("warehouse", day)];
    for (const system of SYSTEMS.slice(1)) {
      const copyNow = copies.day(system, day);
      for (let i = 0; i < now.length; i++) {
        if (population.consent(i, day) !== "subscribed") {
          const p = copyNow[i] ?? 0;
          if (isMailable(p) || LISTS.some((list) => inList(p, list)))
            wrong.push(`opted out but in ${system}: ${i} on day ${day}`);
          continue;
        }
        for (const list of LISTS) {
          const shown = inList(copyNow[i] ?? 0, list);
          if (shown !== inList(now[i] ?? 0, list) && shown !== inList(before[i] ?? 0, list))
            wrong.push(`${list} ${system}: ${i} on day ${day}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("each planted fault changes the list it names, and no other", () => {
  const faults = plant(3, 4_000);
  const [clean, faulty] = [new Copies(population, 3, []), new Copies(population, 3, faults)];
  for (const system of SYSTEMS) {
    const [a, b] = [clean.day(system, 56), faulty.day(system, 56)];
    for (const list of LISTS) {
      const changed = a.some((p, i) => inList(p, list) !== inList(b[i] ?? 0, list));
      const named = faults.some(
        (f) => ["halved", "slow_leak", "duel"].includes(f.kind) && f.audience === list && f.system === system,
      );
      expect(changed, `${list} ${system}`).toBe(named);
    }
    const mailAgain = a.filter((p, i) => isMailable(p) !== isMailable(b[i] ?? 0)).length;
    expect(mailAgain).toBe(
      system === "klaviyo" ? faults.find((f) => f.kind === "opted_out_mailable")?.people : 0,
    );
  }
});
