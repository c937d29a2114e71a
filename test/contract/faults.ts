import { expect, it } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import { type CollectorWorld, emails, people, type ReadResult, readAll } from "./collector.ts";

/**
 * What goes wrong at the `after`-th request of the read or later, as far as the system can do it. A world maps each to
 * what its simulator calls it; times are 1 unless the name says otherwise.
 */
export type WorldFault = PassingFault | BrokenAnswer | Refusal | ListFault;

/** They pass: the read waits and goes on. `rate_limit_storm`: three 429 in a row, with Retry-After: 1. */
const PASSING = [
  "rate_limited",
  "rate_limit_storm",
  "server_error",
  "unavailable",
  "timeout",
  "reset_before",
  "reset_mid_body",
  "slow",
] as const;
type PassingFault = (typeof PASSING)[number];

/** An answer that is none. Tried again or not: the read never calls itself complete with people missing. */
const BROKEN = [
  "html",
  "bad_json",
  "empty_body",
  "wrong_type",
  "short_page",
  "drift",
  "duplicate_rows",
] as const;
type BrokenAnswer = (typeof BROKEN)[number];

/** At the first request: nothing is read, and the error says what to do. */
const REFUSALS = {
  unauthorized: "auth",
  forbidden: "auth",
  not_found: "permanent",
  redirect: "config",
  rate_limited_long: "rate_limited",
} as const;
type Refusal = keyof typeof REFUSALS;

/** After a first whole page. */
const MIDWAY = ["page_lost", "repeated_page", "repeat_cursor", "wrong_total", "forbidden_midway"] as const;
const FIELDS = ["empty_list", "renamed_field", "null_field"] as const;
type ListFault = (typeof MIDWAY)[number] | (typeof FIELDS)[number];

export const ALL_FAULTS: readonly WorldFault[] = [
  ...PASSING,
  ...BROKEN,
  ...(Object.keys(REFUSALS) as Refusal[]),
  ...MIDWAY,
  ...FIELDS,
];

type WithWorld = (f: (w: CollectorWorld) => Promise<void>) => () => Promise<void>;

/** The ways to fail, one test each; a world that does not have one says so by leaving it out of `faults`. */
export function faultContract(withWorld: WithWorld): void {
  const under = (kind: WorldFault, n: (w: CollectorWorld) => number, after: number, check: Check) =>
    withWorld(async (w) => {
      if (!w.faults.has(kind)) return expect(w.faults.has(kind)).toBe(false);
      const all = people(n(w));
      await w.seed(all);
      await w.fault(kind, after);
      check(await readAll(w.collector, [w.target]), new Set(all.map((p) => p.email)), w);
    });
  const twoPages = (w: CollectorWorld) => w.pageSize + 20;

  for (const kind of PASSING) {
    it(
      `waits and goes on after ${kind}`,
      under(kind, twoPages, 1, (read, all) => {
        expect(read.error).toBeNull();
        expect(read.ends).toMatchObject([{ coverage: "complete", enumerated: all.size }]);
        expect(new Set(emails(read.rows))).toEqual(all);
      }),
    );
  }
  for (const kind of BROKEN) {
    it(
      `is never complete with people missing after ${kind}`,
      under(kind, twoPages, 1, (read, all) => {
        expect(new Set(read.rows.map((r) => r.id)).size).toBe(read.rows.length);
        if (read.error !== null) expect(read.error).toBeInstanceOf(AuditorError);
        const whole = emails(read.rows).filter((e) => e !== undefined && all.has(e)).length;
        // by drift one person really leaves
        const least = kind === "drift" ? all.size - 1 : all.size;
        if (read.ends[0]?.coverage === "complete") expect(whole).toBeGreaterThanOrEqual(least);
        else expect(read.error !== null || read.ends[0]?.coverage === "partial").toBe(true);
      }),
    );
  }
  for (const [kind, expected] of Object.entries(REFUSALS) as [Refusal, string][]) {
    it(
      `reads nothing and says what to do after ${kind}`,
      under(
        kind,
        () => 3,
        0,
        (read) => {
          const told = read.error ?? new Error(read.ends[0]?.because ?? "nothing told");
          if (read.error !== null) expect(read.error).toMatchObject({ kind: expected });
          else expect(read.ends).toMatchObject([{ coverage: "unusable" }]);
          expect(read.rows).toEqual([]);
          expect(String(told)).not.toMatch(/person0/);
        },
      ),
    );
  }
  it(
    "asks nothing within a Retry-After",
    withWorld(async (w) => {
      if (w.patient === undefined) return expect(w.faults.has("rate_limit_storm")).toBe(false);
      await w.seed(people(twoPages(w)));
      await w.fault("rate_limit_storm", 1);
      const from = w.patient.requestTimes().length;
      await readAll(w.patient.collector, [w.target]);
      const times = w.patient.requestTimes().slice(from);
      const gaps = times.slice(1).map((t, i) => t - (times[i] ?? t));
      // three refusals of a second each: three gaps of a second, whatever else
      expect(gaps.filter((g) => g >= 990).length).toBeGreaterThanOrEqual(3);
    }),
    20_000,
  );
  for (const kind of MIDWAY) {
    it(
      `says partial after ${kind}, and keeps what it has`,
      under(
        kind,
        (w) => w.pageSize * 2 + 5,
        1,
        (read, _, w) => {
          expect(read.error).toBeNull();
          expect(read.ends).toMatchObject([{ target: 0, coverage: "partial" }]);
          expect(read.ends[0]?.because).toMatch(/\d/);
          expect(new Set(emails(read.rows)).size).toBe(read.rows.length);
          expect(read.rows.length).toBeGreaterThanOrEqual(w.pageSize);
        },
      ),
    );
  }
  it(
    "does not believe an empty list that the system itself contradicts",
    under(
      "empty_list",
      () => 3,
      0,
      (read) => {
        expect(read.error).toBeNull();
        expect(read.ends[0]?.coverage).not.toBe("complete");
      },
    ),
  );
  it(
    "tells a field that is gone from one that is empty",
    withWorld(async (w) => {
      const { name, field } = w.attribute ?? { name: "name", field: "name" };
      if (!w.faults.has("renamed_field") || !w.faults.has("null_field")) return expect(field).not.toBe("");
      await w.seed(people(3));
      await w.fault("null_field", 0);
      const empty = await readAll(w.collector, [w.target]);
      expect(empty.rows.map((r) => r.attributes[name])).toEqual([null, null, null]);
      expect(Object.keys(empty.ends[0]?.fields ?? {})).toContain(field);
      await w.fault("renamed_field", 0);
      const gone = await readAll(w.collector, [w.target]);
      expect(gone.rows).toHaveLength(3);
      expect(gone.rows.every((r) => !(name in r.attributes))).toBe(true);
      expect(Object.keys(gone.ends[0]?.fields ?? {})).not.toContain(field);
    }),
  );
  it(
    "tells a web page from data",
    under(
      "html",
      () => 3,
      0,
      (read) => {
        expect(read.error).toMatchObject({ kind: expect.stringMatching(/bad_data|transient/) });
        expect(String(read.error)).toMatch(/web page|server failed/);
      },
    ),
  );
}

type Check = (read: ReadResult, all: ReadonlySet<string>, w: CollectorWorld) => void;
