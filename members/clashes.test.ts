import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IdentifierKind, Instant, MemberRow } from "../core/model.ts";
import type { Clashes } from "./clash-tally.ts";
import { IdCounts } from "./id-counts.ts";
import { deriveKeys } from "./keys.ts";
import { secondOf } from "./second-identifier.ts";
import { SetBuilder } from "./set-builder.ts";
import type { SetOptions, SetSummary } from "./set-terms.ts";
import { skeletonOf } from "./skeleton.ts";

let folder = "";
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-clashes-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Ids = Partial<Record<IdentifierKind, string>>;

async function summaryOf(rows: readonly Ids[], more: Partial<SetOptions> = {}): Promise<SetSummary> {
  const builder = new SetBuilder({
    identity: "email",
    attributes: ["plan"],
    rules: {},
    keys: deriveKeys(Buffer.alloc(32, 9)),
    epoch: 1,
    spool: true,
    second: "customer_id",
    ...more,
  });
  for (const identifiers of rows) {
    const row: MemberRow = {
      id: "r",
      identifiers,
      attributes: { plan: "pro" },
      consent: "unknown",
      mailable: null,
      of: [0],
    };
    builder.add(row);
  }
  const file = join(folder, `${files++}.pls`);
  return builder.finish({
    file,
    spoolFile: file.replace(".pls", ".spool"),
    previous: null,
    asOf: "2026-11-23T06:00:00.000Z" as Instant,
    ordinal: 0,
  });
}

const ann = "ann@example.com";
const NONE = { ids: 0, carried: 0, most: 0 };

describe("one address, many customer ids", () => {
  test("counts the address and its ids, each once, however often and however spelled they come", async () => {
    const { clashes, duplicates } = await summaryOf([
      { email: ann, customer_id: "C1" },
      { email: " Ann@Example.com", customer_id: "C2" },
      { email: ann, customer_id: " C2 " },
      { email: ann },
      { email: "bob@example.com", customer_id: "C3" },
    ]);
    expect(clashes).toEqual<Clashes>({
      pairs: 3,
      ofIdentity: { ids: 1, carried: 2, most: 2 },
      ofSecond: NONE,
      sampled: false,
    });
    expect(duplicates).toBe(3);
  });

  test("is the same seen from the customer ids", async () => {
    const rows = [
      { email: ann, customer_id: "C1" },
      { email: ann, customer_id: "C2" },
      { email: "bob@example.com", customer_id: "C2" },
    ];
    const byEmail = await summaryOf(rows);
    const byId = await summaryOf(rows, { identity: "customer_id", second: "email" });
    expect(byEmail.clashes?.ofIdentity).toEqual({ ids: 1, carried: 2, most: 2 });
    expect(byId.clashes?.ofSecond).toEqual(byEmail.clashes?.ofIdentity);
    expect(byId.clashes?.ofIdentity).toEqual(byEmail.clashes?.ofSecond);
  });

  test("a placeholder is no customer id", async () => {
    const { clashes } = await summaryOf([
      { email: ann, customer_id: "n/a" },
      { email: "bob@example.com", customer_id: "N/A" },
    ]);
    expect(clashes).toBeNull();
  });

  test("not looked for, or only one kind: not known, never 0", async () => {
    expect((await summaryOf([{ email: ann, customer_id: "C1" }], { second: null })).clashes).toBeNull();
    expect((await summaryOf([{ email: ann }, { email: "bob@example.com" }])).clashes).toBeNull();
    expect((await summaryOf([])).clashes).toBeNull();
  });
});

test("any pairs, in memory or on the disk: the same counts as sets of strings give", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(40), fc.option(fc.nat(40))), { maxLength: 60 }),
      fc.boolean(),
      async (pairs, onDisk) => {
        const rows = pairs.map(([e, c]) => ({
          email: `p${e}@example.com`,
          ...(c === null ? {} : { customer_id: `C${c}` }),
        }));
        // more rows than a run on the disk holds
        const all = onDisk
          ? Array.from({ length: 1100 }, (_, i) => rows[i % (rows.length || 1)] ?? {})
          : rows;
        const { clashes } = await summaryOf(all, onDisk ? { maxBytesInMemory: 1 } : {});
        const side = (of: (r: Ids) => string | undefined, other: (r: Ids) => string | undefined) => {
          const seen = new Map<string, Set<string>>();
          for (const r of rows) {
            const [a, b] = [of(r), other(r)];
            if (a !== undefined && b !== undefined) seen.set(a, (seen.get(a) ?? new Set()).add(b));
          }
          const sizes = [...seen.values()].map((s) => s.size);
          const several = sizes.filter((n) => n > 1);
          const sum = (n: readonly number[]) => n.reduce((a, b) => a + b, 0);
          return {
            pairs: sum(sizes),
            clash: { ids: several.length, carried: sum(several), most: Math.max(0, ...several) },
          };
        };
        const address = side(
          (r) => r.email,
          (r) => r.customer_id,
        );
        const id = side(
          (r) => r.customer_id,
          (r) => r.email,
        );
        expect(clashes).toEqual(
          address.pairs === 0
            ? null
            : { pairs: address.pairs, ofIdentity: address.clash, ofSecond: id.clash, sampled: false },
        );
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

describe("counting ids in bounded memory", () => {
  // Park & Miller's minimal standard generator: the same hashes every time.
  const hashes = (n: number): number[] => {
    let x = 42;
    return Array.from({ length: n }, () => {
      x = (x * 48271) % 2147483647;
      return (x << 1) >>> 0;
    });
  };

  test("is exact while they fit, also when it grows", () => {
    const counts = new IdCounts();
    for (const h of hashes(5000)) counts.add(h, h);
    for (const h of hashes(5000).slice(0, 70)) counts.add(h, h);
    counts.add(7, 7);
    for (let i = 0; i < 99; i++) counts.add(7, 7);
    expect(counts.each).toBe(1);
    expect(counts.shared()).toEqual({ ids: 71, people: 240, most: 100 });
  });

  test("beyond that it keeps a sample, and is right within a few percent", () => {
    const counts = new IdCounts(4096);
    const all = hashes(60_000);
    for (const h of all) counts.add(h, h);
    for (const h of all.slice(0, 20_000)) counts.add(h, h);
    expect(counts.each).toBe(16);
    expect(Math.abs(counts.shared().ids / 20_000 - 1)).toBeLessThan(0.1);
    expect(counts.shared().people).toBe(2 * counts.shared().ids);
  });
});

describe("look-alikes", () => {
  const cyrillic = "аnn@example.com"; // а: U+0430

  test("a Cyrillic twin is another person, and is counted", async () => {
    const s = await summaryOf([{ email: ann }, { email: cyrillic }, { email: cyrillic }]);
    expect([s.size, s.lookAlikes]).toEqual([2, { people: 1, capped: false }]);
  });

  test("two twins of nobody else are each other's", async () => {
    const s = await summaryOf([
      { email: cyrillic },
      { email: "αnn@example.com" },
      { email: "bob@example.com" },
    ]);
    expect(s.lookAlikes?.people).toBe(1);
  });

  test("a foreign letter alone is nothing: nobody else looks like it", async () => {
    const s = await summaryOf([{ email: ann }, { email: "josé@example.com" }, { email: "jose@example.com" }]);
    expect(s.lookAlikes?.people).toBe(0);
  });

  test("nobody knows of them where people are not named by address", async () => {
    const s = await summaryOf([{ customer_id: "C1" }], { identity: "customer_id", second: "email" });
    expect(s.lookAlikes).toBeNull();
  });

  test("among thousands, in every partition, and more than the first array holds", async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({ email: `a${i}@example.com` }));
    const twins = rows.slice(0, 200).map(({ email }) => ({ email: email.replace("a", "а") }));
    const s = await summaryOf([...twins, ...rows, ...twins]);
    expect([s.size, s.lookAlikes?.people]).toEqual([3200, 200]);
  });

  test.each([
    ["ann@example.com", null],
    ["аnn@example.com", "ann@example.com"],
    ["ａnn@example.com", "ann@example.com"], // full width
    ["𝒶nn@example.com", "ann@example.com"], // mathematical script
    ["раураl@example.com", "paypal@example.com"],
    ["josé@example.com", "josé@example.com"],
    ["анна@пример.рф", "aннa@пpимep.pф"],
  ])("%s looks like %s", (address, skeleton) => {
    expect(skeletonOf(address)).toBe(skeleton);
  });
});

test("the second identifier is one that names the same person, where it can be read", () => {
  expect(secondOf("email", ["email", "phone", "customer_id"])).toBe("customer_id");
  expect(secondOf("customer_id", ["email", "customer_id"])).toBe("email");
  expect(secondOf("email", ["email", "phone"])).toBeNull();
  expect(secondOf("phone", ["email", "phone", "customer_id"])).toBeNull();
});
