import { describe, expect, test } from "vitest";
import { easter, GREAT, nthWeekday, SMALL, unlike } from "./holidays.ts";

const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);

describe("Easter Sunday", () => {
  // US Census Bureau / Book of Common Prayer tables; 1818 and 2285 are the earliest there is, 1943 and 2038 the latest.
  test.each([
    "1818-03-22",
    "1943-04-25",
    "1954-04-18",
    "1961-04-02",
    "1981-04-19",
    "2000-04-23",
    "2008-03-23",
    "2011-04-24",
    "2016-03-27",
    "2019-04-21",
    "2020-04-12",
    "2021-04-04",
    "2022-04-17",
    "2023-04-09",
    "2024-03-31",
    "2025-04-20",
    "2026-04-05",
    "2027-03-28",
    "2038-04-25",
    "2049-04-18",
    "2076-04-19",
    "2285-03-22",
  ])("%s", (date) => {
    expect(easter(Number(date.slice(0, 4)))).toBe(at(date));
  });

  test("is a Sunday from 22 March to 25 April in every year of the calendar's cycle of 400 and more", () => {
    for (let year = 1583; year < 2600; year++) {
      const day = new Date(easter(year));
      expect(day.getUTCDay()).toBe(0);
      expect(day.getTime()).toBeGreaterThanOrEqual(Date.UTC(year, 2, 22));
      expect(day.getTime()).toBeLessThanOrEqual(Date.UTC(year, 3, 25));
    }
  });
});

describe("the n-th weekday of a month", () => {
  test.each([
    ["Thanksgiving 2024", 2024, 10, 4, 4, "2024-11-28"],
    ["Thanksgiving 2026", 2026, 10, 4, 4, "2026-11-26"],
    ["Labor Day 2025, on the first", 2025, 8, 1, 1, "2025-09-01"],
    ["Martin Luther King Day 2026", 2026, 0, 1, 3, "2026-01-19"],
    ["Memorial Day 2026", 2026, 4, 1, -1, "2026-05-25"],
    ["the last Monday of a May that ends with one", 2021, 4, 1, -1, "2021-05-31"],
    ["the last Sunday of a leap February", 2032, 1, 0, -1, "2032-02-29"],
    ["the last Thursday of December", 2026, 11, 4, -1, "2026-12-31"],
  ] as const)("%s", (_, year, month, weekday, n, date) => {
    expect(nthWeekday(year, month, weekday, n)).toBe(at(date));
  });
});

describe("how unlike its weekday a day may be", () => {
  test.each([
    ["2026-12-24", GREAT],
    ["2026-12-25", GREAT],
    ["2026-12-31", GREAT],
    ["2027-01-01", GREAT],
    ["2026-04-03", GREAT], // Good Friday
    ["2026-04-06", GREAT], // Easter Monday
    ["2026-11-27", GREAT], // Black Friday
    ["2026-11-30", GREAT], // Cyber Monday
    ["2026-07-04", GREAT],
    ["2026-12-28", SMALL],
    ["2026-05-14", SMALL], // Ascension Day
    ["2026-05-25", SMALL], // Whit Monday and Memorial Day
    ["2026-10-03", SMALL], // German Unity Day
    ["2026-06-10", 0],
    ["2026-09-16", 0],
    ["2026-12-10", 0],
  ] as const)("%s", (date, weight) => {
    expect(unlike(at(date))).toBe(weight);
  });

  test("holds for the whole day and not a moment longer", () => {
    expect(unlike(at("2026-12-24") - 1)).toBe(SMALL);
    expect(unlike(at("2026-12-24"))).toBe(GREAT);
    expect(unlike(at("2026-12-27") - 1)).toBe(GREAT);
    expect(unlike(at("2027-01-02") - 1)).toBe(GREAT);
    expect(unlike(at("2027-01-03"))).toBe(0);
  });

  test("most days of a year are ordinary", () => {
    let ordinary = 0;
    for (let day = 0; day < 365; day++) if (unlike(Date.UTC(2026, 0, 1 + day)) === 0) ordinary++;
    expect(ordinary).toBeGreaterThan(300);
  });

  test("years far apart do not disturb each other, and none is too far", () => {
    for (let year = 1970; year < 2400; year++) expect(unlike(Date.UTC(year, 11, 25))).toBe(GREAT);
    expect(unlike(Date.UTC(1970, 11, 25))).toBe(GREAT);
    for (const t of [-8.64e15, 8.64e15, 1e300]) expect([0, SMALL, GREAT]).toContain(unlike(t));
  });
});
