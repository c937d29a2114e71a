import { describe, expect, it } from "vitest";
import { type Clock, fixedClock } from "../../core/clock.ts";
import { AuditorError } from "../../core/errors.ts";
import {
  CONSENT_ORDER,
  type ConsentState,
  type MemberRow,
  type ReadTarget,
  runId,
  type TargetEnd,
} from "../../core/model.ts";
import type { Collector, Context } from "../../core/ports.ts";
import { faultContract, type WorldFault } from "./faults.ts";

/** A person to put into the system under test. */
export type SeedPerson = { readonly email: string; readonly name?: string | null };

export type CollectorWorld = {
  /** Rows that one page of this system holds. */
  readonly pageSize: number;
  readonly target: ReadTarget;
  readonly collector: Collector;
  /** The same system, reached with a credential that it refuses; null: it has no credentials. */
  readonly wrongCredentials: Collector | null;
  /** Replaces everything in the segment. */
  seed(people: readonly SeedPerson[]): Promise<void>;
  /** Ways to fail that this system has; see faults.ts. */
  readonly faults: ReadonlySet<WorldFault>;
  /** From the read after `after` pages on. */
  fault(kind: WorldFault, after: number): Promise<void>;
  /** Verbs that reached the server, if it can tell. */
  verbs(): readonly string[] | null;
  /** Verbs that reading may use; default GET only. A POST must be one of the vendor's that only read. */
  readonly readVerbs?: readonly string[];
  /** A collector that really waits, and when requests reached the server, in milliseconds of the computer's clock. */
  readonly patient?: { readonly collector: Collector; requestTimes(): readonly number[] };
  /** False where the system itself makes one record of two spellings of an address. Default true. */
  readonly caseSensitive?: boolean;
  /** Attribute (canonical name) and field that `renamed_field` and `null_field` hit. Default: both `name`. */
  readonly attribute?: { readonly name: string; readonly field: string };
  readonly clock?: Clock;
  close(): Promise<void>;
};

export type ReadResult = {
  readonly rows: readonly MemberRow[];
  readonly ends: readonly TargetEnd[];
  readonly error: unknown;
};

export const contextFor = (
  signal: AbortSignal = new AbortController().signal,
  clock: Clock = { now: () => new Date() },
): Context => ({
  signal,
  clock,
  runId: runId("test"),
  log: { info: () => undefined, warn: () => undefined },
});

/** Everything a read yields, and what it throws at the end. Whatever is read, by any collector, its consents agree. */
export async function readAll(
  collector: Collector,
  targets: readonly ReadTarget[],
  context: Context = contextFor(),
): Promise<ReadResult> {
  const rows: MemberRow[] = [];
  const ends: TargetEnd[] = [];
  let error: unknown = null;
  try {
    for await (const page of collector.read(targets, context)) {
      rows.push(...page.items);
      ends.push(...page.ends);
    }
  } catch (e) {
    error = e;
  }
  expect(rows.filter((r) => !consentsAgree(r)).map((r) => [r.consent, r.consents])).toEqual([]);
  return { rows, ends, error };
}

/**
 * What counts for mail is never looser than any e-mail consent that holds everywhere: it may be stricter, for the topic
 * or list that counts. Records are of something known, and all but the global ones say of what.
 */
const consentsAgree = (row: MemberRow): boolean =>
  (row.consents ?? []).every(
    (c) =>
      c.state !== "unknown" &&
      (c.scope === "global") === (c.scopeId === null) &&
      (c.scope !== "global" || c.channel !== "email" || looseness(row.consent) <= looseness(c.state)),
  );
const looseness = (s: ConsentState): number =>
  s === "unknown" ? CONSENT_ORDER.length : CONSENT_ORDER.indexOf(s);

export const people = (n: number): SeedPerson[] =>
  Array.from({ length: n }, (_, i) => ({ email: `person${i}@example.test`, name: `Person ${i}` }));
export const emails = (rows: readonly MemberRow[]): (string | undefined)[] =>
  rows.map((r) => r.identifiers.email).sort();

/** Names as people, importers and attackers write them. They come through unchanged and break nothing. */
export const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "Robert'); drop table members;--",
  '=HYPERLINK("http://x","y")',
  "@SUM(1+1)",
  "__proto__",
  "constructor",
  "\u202Egnp.exe",
  "Zoë O’Brien-Łukasz",
  "💥",
  "a\\b'c\"d",
  "null",
  "  two  spaces  ",
  "line\nbreak",
];

/** One suite for every collector. `make` gives an empty world; each test gets its own. */
export function collectorContract(name: string, make: () => Promise<CollectorWorld>): void {
  describe(`${name}: collector contract`, () => {
    const withWorld = (f: (w: CollectorWorld) => Promise<void>) => async () => {
      const world = await make();
      try {
        await f(world);
      } finally {
        await world.collector.close();
        await world.close();
      }
    };
    const whole = async (w: CollectorWorld, n: number) => {
      await w.seed(people(n));
      const read = await readAll(w.collector, [w.target]);
      expect(read.error).toBeNull();
      expect(emails(read.rows)).toEqual(
        people(n)
          .map((p) => p.email)
          .sort(),
      );
      expect(read.ends).toMatchObject([{ target: 0, coverage: "complete", enumerated: n }]);
      expect(read.rows.every((r) => r.of.length === 1 && r.of[0] === 0 && r.id !== "")).toBe(true);
    };

    it(
      "reads an empty segment completely",
      withWorld((w) => whole(w, 0)),
    );
    it(
      "reads one page",
      withWorld((w) => whole(w, 3)),
    );
    it(
      "reads a segment that fills its last page exactly",
      withWorld((w) => whole(w, w.pageSize * 2)),
    );
    it(
      "reads one more than fills a page",
      withWorld((w) => whole(w, w.pageSize + 1)),
    );
    it(
      "ends every target exactly once and names its fields",
      withWorld(async (w) => {
        await w.seed(people(3));
        const read = await readAll(w.collector, [w.target, w.target]);
        expect(read.ends.map((e) => e.target).sort()).toEqual([0, 1]);
        for (const end of read.ends) {
          expect(Object.keys(end.fields)).toContain("email");
          expect(end.because).not.toMatch(/person0|@/);
        }
      }),
    );
    it(
      "dates the rows no later than the clock it was given",
      withWorld(async (w) => {
        await w.seed(people(1));
        const at = fixedClock("2026-10-01T06:00:00.000Z");
        for await (const page of w.collector.read([w.target], contextFor(undefined, at))) {
          expect(Date.parse(page.asOf)).toBeLessThanOrEqual(at.now().getTime());
        }
      }),
    );
    it(
      "keeps two records of one address in different case apart, where the system does",
      withWorld(async (w) => {
        await w.seed([{ email: "Ana@example.test" }, { email: "ana@example.test" }]);
        const read = await readAll(w.collector, [w.target]);
        if (w.caseSensitive === false) {
          expect(emails(read.rows).map((e) => e?.toLowerCase())).toEqual(["ana@example.test"]);
          expect(read.ends).toMatchObject([{ coverage: "complete", enumerated: 1 }]);
          return;
        }
        expect(emails(read.rows)).toEqual(["Ana@example.test", "ana@example.test"]);
        expect(read.ends).toMatchObject([{ coverage: "complete", enumerated: 2 }]);
      }),
    );
    it(
      "keeps hostile strings as they are",
      withWorld(async (w) => {
        await w.seed(HOSTILE.map((h, i) => ({ email: `h${i}@example.test`, name: h })));
        const read = await readAll(w.collector, [w.target]);
        const byEmail = new Map(read.rows.map((r) => [r.identifiers.email, r.attributes.name]));
        expect(HOSTILE.map((_, i) => byEmail.get(`h${i}@example.test`))).toEqual(HOSTILE);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
    );
    it(
      "reads the same twice",
      withWorld(async (w) => {
        await w.seed(people(5));
        const [one, two] = [await readAll(w.collector, [w.target]), await readAll(w.collector, [w.target])];
        expect(emails(two.rows)).toEqual(emails(one.rows));
      }),
    );

    faultContract(withWorld);
    it(
      "says that the credential was refused, without showing it",
      withWorld(async (w) => {
        if (w.wrongCredentials === null) return;
        const read = await readAll(w.wrongCredentials, [w.target]);
        expect(read.error).toBeInstanceOf(AuditorError);
        expect(read.error).toMatchObject({ kind: "auth" });
        expect(read.rows).toEqual([]);
        expect(String(read.error)).toMatch(/→/);
      }),
    );
    it(
      "stops when told to",
      withWorld(async (w) => {
        await w.seed(people(w.pageSize * 3));
        const stop = new AbortController();
        const read = async () => {
          for await (const page of w.collector.read([w.target], contextFor(stop.signal)))
            if (page.items.length > 0) stop.abort();
        };
        await expect(read()).rejects.toMatchObject({ kind: "interrupted" });
      }),
    );
    it(
      "only ever reads",
      withWorld(async (w) => {
        await w.seed(people(3));
        const before = w.verbs()?.length ?? 0;
        await readAll(w.collector, [w.target, { kind: "base" }]);
        const verbs = w.verbs();
        if (verbs === null) return;
        const used = new Set(verbs.slice(before));
        expect(used.has("GET") || used.has("POST")).toBe(true);
        for (const verb of used) expect(w.readVerbs ?? ["GET"]).toContain(verb);
      }),
    );
  });
}
