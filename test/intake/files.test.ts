import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesCollector } from "../../collectors/files.ts";
import type { FilesSystem } from "../../core/config.ts";
import { audienceId, type ReadTarget, systemId } from "../../core/model.ts";
import { fieldOf, identities, readInto, type Wanted } from "./world.ts";

/** By hand: PLUMBLINE_INTAKE_RUNS=5000. */
const RUNS = Number(process.env.PLUMBLINE_INTAKE_RUNS ?? 60);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-intake-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Column names with what they hold. */
const COLUMNS: readonly (readonly [string, string])[] = [
  ["email", "email"],
  ["phone", "phone"],
  ["customer_id", "customer_id"],
  ["id", "id"],
  ["consent", "consent"],
  ["complained", "yesNo"],
  ["opted_out", "yesNo"],
  ["unsubscribed_at", "time"],
  ["bounced", "yesNo"],
  ["bounced_at", "time"],
  ["mailable", "yesNo"],
  ["consent_at", "time"],
  ["updated_at", "time"],
  ["plan", "plan"],
  ["First Name", "anything"],
  ["region", "plan"],
  ["", "anything"],
  ["__proto__", "plan"],
];

const config = (o: Partial<FilesSystem>): FilesSystem => ({
  id: systemId("files"),
  title: "files",
  kind: "files",
  sends: false,
  folder,
  base: "list.csv",
  attributes: {},
  columns: {},
  ...o,
});

const wanted: fc.Arbitrary<Wanted> = fc.record({
  identity: identities,
  attributes: fc.subarray(["plan", "first_name", "region", "constructor", "__proto__"]),
  rules: fc.constantFrom(
    {},
    { plan: { values: ["free", "pro", "none"], pattern: null } },
    { plan: { values: null, pattern: "^p" }, region: { values: ["x"], pattern: null } },
  ),
  required: fc.subarray(["plan", "region"]),
  counted: fc.subarray(["plan", "region"]),
  enumerated: fc.subarray(["plan", "region"]),
  records: fc.boolean(),
  spool: fc.boolean(),
  second: fc.constantFrom(null, "email" as const, "customer_id" as const),
  maxBytesInMemory: fc.constantFrom(1, 96 << 20),
});

const quoted = (text: string, always: boolean, delimiter: string): string =>
  always || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

type Case = {
  readonly text: string;
  readonly gzip: boolean;
  readonly targets: readonly ReadTarget[];
  readonly wanted: readonly Wanted[];
  readonly sends: boolean;
};

const cases: fc.Arbitrary<Case> = fc
  .record({
    columns: fc
      .shuffledSubarray([...COLUMNS], { minLength: 2 })
      .filter((c) => c.some(([name]) => ["email", "phone", "customer_id"].includes(name))),
    delimiter: fc.constantFrom(",", ",", ";", "\t", "|"),
    end: fc.constantFrom("\n", "\n", "\r\n"),
    bom: fc.boolean(),
    finalEnd: fc.boolean(),
    blank: fc.boolean(),
    gzip: fc.boolean(),
    sends: fc.boolean(),
    filters: fc.array(fc.option(fc.subarray(["free", "pro", "x", ""], { minLength: 1 }), { nil: null }), {
      minLength: 1,
      maxLength: 3,
    }),
    wanted: fc.array(wanted, { minLength: 4, maxLength: 4 }),
    rows: fc.integer({ min: 0, max: 60 }),
  })
  .chain((c) =>
    fc
      .array(fc.tuple(...c.columns.map(([, usual]) => fieldOf(usual)), fc.integer({ min: 0, max: 6 })), {
        minLength: c.rows,
        maxLength: c.rows,
      })
      .map((rows): Case => {
        const lines = [
          c.columns.map(([name]) => name).join(c.delimiter),
          ...rows.map((row) =>
            row
              .slice(0, -1)
              .map((f) => quoted(String(f), row.at(-1) === 0, c.delimiter))
              .join(c.delimiter),
          ),
        ];
        if (c.blank) lines.splice(1, 0, "", "");
        const plan = c.columns.some(([name]) => name === "plan");
        const targets: ReadTarget[] = c.filters.map((filter, i) => ({
          kind: "segment",
          audience: audienceId(`a${i}`),
          source: { file: "list.csv", ...(filter === null || !plan ? {} : { filter: { plan: filter } }) },
        }));
        targets.push({ kind: "base" });
        return {
          text: `${c.bom ? "\ufeff" : ""}${lines.join(c.end)}${c.finalEnd ? c.end : ""}`,
          gzip: c.gzip,
          targets,
          wanted: c.wanted.slice(0, targets.length),
          sends: c.sends,
        };
      }),
  );

async function both(c: Case, bytes: Buffer) {
  writeFileSync(join(folder, "list.csv"), c.gzip ? gzipSync(bytes) : bytes);
  const read = (asBytes: boolean) =>
    readInto(
      filesCollector(config({ sends: c.sends }), { configFolder: folder }),
      c.targets,
      c.wanted,
      folder,
      asBytes,
    );
  return { fast: await read(true), slow: await read(false) };
}

const result = ({ rows: _, taken: __, ...left }: Awaited<ReturnType<typeof readInto>>) => left;

describe("files as bytes", () => {
  it("leave the same sets, spools, counts, warnings and ends as rows do", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { fast, slow } = await both(c, Buffer.from(c.text));
        taken += fast.taken;
        expect(result(fast)).toEqual(result(slow));
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(RUNS);
  }, 3_600_000);

  it("with a few bytes changed: the same, or the same complaint", async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(34, 44, 10, 13, 0, 0xff, 0xc3, 59)), {
          minLength: 1,
          maxLength: 3,
        }),
        async (c, changes) => {
          const bytes = Buffer.from(c.text);
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          const { fast, slow } = await both(c, bytes);
          expect(fast.ends.map((e) => [e.target, e.coverage, e.because])).toEqual(
            slow.ends.map((e) => [e.target, e.coverage, e.because]),
          );
          // How far a broken file was read depends on its blocks; what is complete is the same.
          if (slow.ends.every((e) => e.coverage === "complete")) expect(result(fast)).toEqual(result(slow));
          else expect(fast.taken + fast.rows).toBeGreaterThanOrEqual(slow.rows);
        },
      ),
      { numRuns: RUNS },
    );
  }, 3_600_000);
});

describe("long files", () => {
  const person = (i: number): string => `p${i}@x${i % 7}.com`;
  /** More values than are known by name, and then some that stand for none, or are empty between blanks. */
  const region = (i: number): string =>
    i % 50 === 0
      ? "é"
      : i > 25_000 && i % 37 === 0
        ? (["None", "unknown", "  ", "Nina"][i % 4] ?? "")
        : `r${i % 9000}`;
  const rowOf = (i: number): string =>
    `${person(i)},Name ${i},${["free", "pro", "n/a"][i % 3]},${region(i)},${i % 3 ? "subscribed" : "no"},2026-11-01T10:${String(i % 60).padStart(2, "0")}:00Z\n`;
  const text = (n: number, odd: ReadonlyMap<number, string>): string =>
    `email,First Name,plan,region,consent,updated_at\n${Array.from({ length: n }, (_, i) => odd.get(i) ?? rowOf(i)).join("")}`;
  const one: Wanted = {
    identity: "email",
    attributes: ["plan", "first_name", "region"],
    rules: { plan: { values: ["free", "pro"], pattern: null } },
    enumerated: ["plan"],
    counted: ["plan", "region"],
    required: ["plan"],
  };
  const c = (n: number, odd: ReadonlyMap<number, string> = new Map()): Case => ({
    text: text(n, odd),
    gzip: false,
    targets: [
      { kind: "segment", audience: audienceId("a"), source: { file: "list.csv", filter: { plan: ["pro"] } } },
      { kind: "base" },
    ],
    wanted: [
      { ...one, maxBytesInMemory: 1 << 18 },
      { ...one, records: true, spooled: [] },
    ],
    sends: true,
  });

  it("of more values than are remembered, and rows beyond memory", async () => {
    const { fast, slow } = await both(c(30_000), Buffer.from(c(30_000).text));
    expect(result(fast)).toEqual(result(slow));
    expect([fast.rows, fast.taken]).toEqual([0, 40_000]);
  });

  it("where the newest record of each person counts, around the ends of months", async () => {
    const day = 86_400_000;
    const time = (i: number, k: number): string => {
      const end = Date.UTC(1970 + (i % 130), (i % 12) + 1, 1);
      return new Date(end + (((i * 7 + k * 5) % 9) - 4) * day + k * 1000).toISOString();
    };
    const rows = Array.from({ length: 6_000 }, (_, i) =>
      [0, 1, 2].map((k) => `p${i}@x.com,Name,${["free", "pro", "gold"][k]},r,no,${time(i, k)}\n`).join(""),
    );
    const none = c(0);
    const { fast, slow } = await both(none, Buffer.from(none.text + rows.join("")));
    expect(result(fast)).toEqual(result(slow));
    expect(fast.rows).toBe(0);
  });

  it.each([
    [
      "a field over many blocks",
      [9_000, `x@x.com,"${"many\n".repeat(60_000)}",pro,r1,no,\n`],
      "complete",
      true,
    ],
    [
      "a record too large for a block",
      [9_000, `x@x.com,"${"many\n".repeat(300_000)}",pro,r1,no,\n`],
      "complete",
      false,
    ],
    ["a lone quote", [9_000, 'x@x.com,5" pipe,pro,r1,no,\n'], "partial", true],
    ["a record with a field too few", [9_000, "x@x.com,pro\n"], "partial", true],
  ] as const)("with %s in the middle", async (_, [at, row], coverage, all) => {
    const it = c(20_000, new Map([[at, row]]));
    const { fast, slow } = await both(it, Buffer.from(it.text));
    expect(fast.ends.map((e) => [e.coverage, e.because])).toEqual(
      slow.ends.map((e) => [e.coverage, e.because]),
    );
    expect(fast.ends[1]?.coverage).toBe(coverage);
    expect(fast.taken).toBeGreaterThan(1_000);
    expect(fast.rows === 0).toBe(all);
    if (coverage === "complete") expect(result(fast)).toEqual(result(slow));
  });
});
