import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChainEntry, canonicalJson, entryOf, hashOf, lineOf } from "../../store/audit-chain.ts";
import { verifyChain } from "../../store/verify-chain.ts";
import { anchorOf, logs, type Tampering, tamper } from "./audit-log-world.ts";

const RUNS = 2_000;
const FEWER = 500;
const TIMEOUT_MS = 240_000;

/** Every tampering, with the anchors of one entry in five and of the last: hourly anchors, as it were. */
const tamperings = fc
  .tuple(logs(3, 24), fc.infiniteStream(fc.nat()))
  .map(([log, chance]): { log: ChainEntry[]; tampering: Tampering } => {
    const rng = (below: number) => Number(chance.next().value) % below;
    return { log, tampering: tamper(log, rng) };
  });
const anchorsOf = (log: readonly ChainEntry[]) =>
  log.filter((e, i) => e.seq % 5 === 0 || i === log.length - 1).map(anchorOf);
const isChange = (log: readonly ChainEntry[], t: Tampering): boolean =>
  canonicalJson(JSON.parse(JSON.stringify(t.log))) !== canonicalJson(JSON.parse(JSON.stringify(log)));

describe("the chain of the audit log", () => {
  test(
    "logs that nobody touched verify: whole, line by line, and in parts",
    async () => {
      await fc.assert(
        fc.asyncProperty(logs(0, 24), fc.nat(), async (log, n) => {
          const anchors = anchorsOf(log);
          const whole = await verifyChain(log, { anchors });
          expect(whole).toMatchObject({ fault: null, entries: log.length, anchored: anchors.length });
          const lines = log.map((e) => entryOf(lineOf(e)));
          expect(lines).toEqual(log);
          const part = log.slice(n % (log.length + 1));
          expect(
            (await verifyChain(part, { anchors: anchors.filter(() => part.length > 0), after: null })).fault,
          ).toBeNull();
        }),
        { numRuns: FEWER },
      );
    },
    TIMEOUT_MS,
  );

  test(
    "2,000 tamperings: all are found",
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(tamperings, async ({ log, tampering: t }) => {
          fc.pre(isChange(log, t));
          const { fault } = await verifyChain(t.log, { anchors: anchorsOf(log) });
          expect(fault, t.how).not.toBeNull();
          if (t.what !== null)
            expect({ how: t.how, what: fault?.what }).toEqual({ how: t.how, what: t.what });
          if (t.seq !== null) expect({ how: t.how, seq: fault?.seq }).toEqual({ how: t.how, seq: t.seq });
          seen.set(t.how, (seen.get(t.how) ?? 0) + 1);
        }),
        { numRuns: RUNS },
      );
      expect(seen.size, [...seen.keys()].join(", ")).toBeGreaterThan(30);
    },
    TIMEOUT_MS,
  );

  test(
    "without anchors everything is found but what makes all hashes anew, and a cut tail",
    async () => {
      let [found, hidden] = [0, 0];
      await fc.assert(
        fc.asyncProperty(tamperings, async ({ log, tampering: t }) => {
          fc.pre(isChange(log, t));
          const { fault } = await verifyChain(t.log, { anchors: [] });
          if (!t.rehashed) expect(fault, t.how).not.toBeNull();
          if (fault === null) hidden++;
          else found++;
        }),
        { numRuns: FEWER },
      );
      expect(found).toBeGreaterThan(FEWER / 2);
      expect(hidden, "or the anchors prove nothing above").toBeGreaterThan(FEWER / 20);
    },
    TIMEOUT_MS,
  );

  test(
    "lines of an export: a byte changed anywhere is found",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          logs(2, 12),
          fc.nat(),
          fc.nat(),
          fc.integer({ min: 32, max: 126 }),
          async (log, n, at, code) => {
            const lines = log.map(lineOf);
            const line = n % lines.length;
            const text = lines[line] ?? "";
            const place = at % text.length;
            const changed = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
            fc.pre(changed !== text);
            const items = lines.map((l, i) => entryOf(i === line ? changed : l));
            expect((await verifyChain(items, { anchors: log.slice(-1).map(anchorOf) })).fault).not.toBeNull();
          },
        ),
        { numRuns: FEWER },
      );
    },
    TIMEOUT_MS,
  );

  test("the form is the one that docs/audit-log.md gives, byte for byte", () => {
    const entry = {
      seq: 2,
      at: "2026-11-26T15:00:00.000Z",
      actor: "person:00112233445566778899aabbccddeeff",
      action: "plan.approved",
      object: "PL-81",
      detail: canonicalJson({ hash: "ab", confirmed: "PL-81 3 “é”\n", n: 1.5 }),
      prev: "0".repeat(64),
    };
    expect(hashOf(entry)).toBe("555e3953999a21be25ae0811eb0efdc03d8f036710133b9e5519a5778f5df4ef");
    expect(lineOf({ ...entry, hash: hashOf(entry) })).toBe(
      `{"action":"plan.approved","actor":"${entry.actor}","at":"2026-11-26T15:00:00.000Z","detail":{"confirmed":"PL-81 3 “é”\\n","hash":"ab","n":1.5},"hash":"${hashOf(entry)}","object":"PL-81","prev":"${entry.prev}","seq":2}`,
    );
  });
});
