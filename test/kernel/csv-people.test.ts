import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isKind } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import { instant } from "../../core/model.ts";
import { CsvPeople } from "../../members/kernel/csv-people.ts";
import { deriveKeys } from "../../members/keys.ts";
import { openSet, type Partition } from "../../members/member-set.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { type CsvEnd, openCsv } from "../../systems/files/csv.ts";
import { checkedKernel } from "./checked.ts";

const keys = deriveKeys(Buffer.alloc(32, 7));
const module = checkedKernel();
/** By hand: PLUMBLINE_KERNEL_RUNS=2000. */
const RUNS = Number(process.env.PLUMBLINE_KERNEL_RUNS ?? 60);
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-kernel-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Read = { readonly counts: object; readonly parts: readonly Partition[] } | null;

/** By the reference; null: it refuses the file. */
async function reference(
  text: Buffer,
  identity: IdentifierKind,
): Promise<(Read & { delimiter: string; columns: number }) | null> {
  const path = join(folder, "list.csv");
  writeFileSync(path, text);
  let table: Awaited<ReturnType<typeof openCsv>> | null = null;
  const builder = new SetBuilder({
    identity,
    attributes: ["a0", "a1"],
    rules: {},
    keys,
    epoch: 0,
    spool: false,
  });
  try {
    table = await openCsv(path, "list.csv");
    let n = 1;
    for await (const batch of table.rows())
      for (const fields of batch)
        builder.add({
          id: String(++n),
          identifiers: { [identity]: fields[0] ?? "" },
          attributes: { a0: fields[1] || null, a1: fields[2] || null },
          consent: "unknown",
          mailable: null,
          of: [0],
        });
    const s = await builder.finish({
      file: join(folder, "list.pls"),
      spoolFile: null,
      previous: null,
      asOf: instant(new Date(0)),
      ordinal: null,
    });
    const set = await openSet(join(folder, "list.pls"));
    const parts: Partition[] = [];
    for (let p = 0; p < PARTITIONS; p++) parts.push(await set.load(p));
    await set.close();
    return {
      counts: {
        size: s.size,
        records: s.records,
        invalid: s.invalid,
        duplicates: s.duplicates,
        duplicateByCase: s.duplicateByCase,
        finalNewline: (table.end() as CsvEnd).finalNewline,
      },
      parts,
      delimiter: table.delimiter,
      columns: table.columns.length,
    };
  } catch (error) {
    builder.discard();
    if (isKind(error, "bad_data")) return null;
    throw error;
  } finally {
    await table?.close();
  }
}

/** By the kernel; null: it leaves the file to the reference. */
function kernel(
  text: Buffer,
  identity: IdentifierKind,
  delimiter: string,
  columns: number,
  most = 32 << 20,
): Read {
  const path = join(folder, "list.csv");
  writeFileSync(path, text);
  const people = new CsvPeople(
    module,
    { delimiter, columns, idColumn: 0, attributeColumns: [1, 2], identity },
    keys,
    most,
    folder,
  );
  const fd = openSync(path, "r");
  try {
    const read = people.read(fd);
    if (read === null) return null;
    const parts = Array.from({ length: PARTITIONS }, (_, p) => people.partition(p));
    return { counts: { ...people.counts(), ...read }, parts };
  } finally {
    closeSync(fd);
    people.close();
  }
}

/** @param mustRead plain CSV, which the kernel has no reason to leave to the reference */
async function same(
  text: Buffer | string,
  identity: IdentifierKind,
  mustRead = false,
  most?: number,
): Promise<void> {
  const bytes = Buffer.from(text);
  const expected = await reference(bytes, identity);
  const ours = kernel(bytes, identity, expected?.delimiter ?? ",", expected?.columns ?? 3, most);
  if (expected === null) {
    // Whatever the reference refuses, the kernel must not take for whole (a header that is none is seen before it).
    if (ours !== null) expect(bytes.toString().split("\n")[0]).not.toMatch(/^email,plan,region/);
    return;
  }
  if (mustRead) expect(ours).not.toBeNull();
  if (ours === null) return;
  expect(ours.counts).toEqual(expected.counts);
  expectSame(ours.parts, expected.parts);
}

const columns = (part: Partition | undefined): Buffer[] =>
  part === undefined
    ? []
    : [part.keys, part.presence, ...part.prints, part.consent].map((c) =>
        Buffer.from(c.buffer, c.byteOffset, c.byteLength),
      );

/** Looks at bytes first: comparing numbers one by one takes a minute for large files. */
function expectSame(ours: readonly Partition[], expected: readonly Partition[]): void {
  for (const [p, part] of expected.entries()) {
    const mine = columns(ours[p]);
    if (!columns(part).every((column, k) => mine[k]?.equals(column))) expect(ours[p]).toEqual(part);
  }
  expect(ours).toHaveLength(expected.length);
}

const local = fc.stringMatching(/^[a-zA-Z0-9.+_'-]{1,12}$/);
const domain = fc.constantFrom(
  "x.com",
  "X.com",
  "mail.example.org",
  "a-b.co",
  "-a.com",
  "a..com",
  "com",
  "münchen.de",
);
const email = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(local, domain).map(([l, d]) => `${l}@${d}`) },
  fc.constantFrom(
    "",
    " ",
    "n/a",
    "ann@x.com",
    "ANN@X.com",
    " Ann@x.com ",
    "ann@x.com\u00a0",
    "É@x.com",
    "\u00c9@x.com",
    "\u00e9@X.com",
    "\u00d7\u00f7@x.com",
    "stra\u00dfe@m\u00dcnchen.de",
    "\u0160@x.com",
    "é@x.com",
    "e\u0301@x.com",
    "a@b@c.com",
    "a b@x.com",
    "ann@x.com.",
    "@x.com",
    "a@",
    "a@-x.com",
  ),
  fc.tuple(fc.nat(80), fc.nat(80)).map(([n, m]) => `${"a".repeat(n)}@${"b".repeat(m)}.com`),
);
const id = fc.oneof(
  email,
  fc.constantFrom("c-1", "C-1", "test", "none", "12", "ß", "a\tb", "x".repeat(520), "abcdefghijklmnopq"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const value = fc.oneof(
  fc.constantFrom(
    "",
    "pro",
    "free",
    " pro ",
    "\tteam",
    "über",
    "\u0160\u0438\u0439",
    "\u0438\u0306",
    "\u00e9\u00e8".repeat(6),
    "\u4e2d\u6587",
    "e\u0301",
    "é",
    "x".repeat(17),
    "x".repeat(16),
    "12345678",
    "\u00a0",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
const quote = (text: string, always: boolean, delimiter: string): string =>
  always || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

const file = fc
  .record({
    rows: fc.array(fc.tuple(id, value, value, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })), {
      maxLength: 40,
    }),
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    end: fc.constantFrom("\n", "\r\n"),
    bom: fc.boolean(),
    final: fc.boolean(),
    blank: fc.nat(20),
  })
  .map(({ rows, delimiter, end, bom, final, blank }) => {
    const lines = rows.map(([i, a, b, q]) =>
      [i, a, b].map((f, k) => quote(f, q[k] as boolean, delimiter)).join(delimiter),
    );
    if (blank < lines.length) lines.splice(blank, 0, "");
    return `${bom ? "\ufeff" : ""}${["email", "plan", "region"].join(delimiter)}${end}${lines.join(end)}${final && lines.length > 0 ? end : ""}`;
  });

describe("the kernel reads what the reference reads", () => {
  it.each(["email", "customer_id", "phone"] as const)(
    "%s: counts, keys, prints, order",
    async (identity) => {
      await fc.assert(
        fc.asyncProperty(file, (text) => same(text, identity)),
        { numRuns: RUNS },
      );
    },
    120_000,
  );

  it("and refuses what the reference refuses: a file with a few bytes changed", async () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      take: fc.nat(2),
      put: fc.oneof(
        fc.constantFrom('"', '"', ",", "\n", "\r", '""', "", "\0"),
        fc.nat(255).map((b) => b),
      ),
    });
    await fc.assert(
      fc.asyncProperty(file, fc.array(edit, { minLength: 1, maxLength: 3 }), async (text, edits) => {
        let bytes = Buffer.from(text);
        const head = bytes.indexOf(10) + 1;
        for (const { at, take, put } of edits) {
          const place = head + Math.floor(at * (bytes.length - head + 1));
          const added = typeof put === "number" ? Buffer.of(put) : Buffer.from(put);
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            added,
            bytes.subarray(Math.min(place + take, bytes.length)),
          ]);
        }
        await same(bytes, "email");
      }),
      { numRuns: 8 * RUNS },
    );
  }, 240_000);

  const HEAD = "email,plan,region\n";
  it.each([
    ["two lone quotes that seem to belong together", 'a@x.com,5" pipe,eu\nb@x.com,7" pipe,eu\n'],
    ["a quote after a space", 'a@x.com, "pro",eu\n'],
    ["text after a closing quote", 'a@x.com,"pro"x,eu\n'],
    ["a quote that is never closed", 'a@x.com,pro,eu\nb@x.com,"pro,eu\nc@x.com,pro,eu\n'],
    ["lines that end with a carriage return alone", "a@x.com,pro,eu\rb@x.com,free,us\r"],
    ["a last line with one inside", "a@x.com,pro,eu\nb@x.com,free\rx,us"],
    ["half a character", Buffer.from([97, 64, 120, 46, 99, 111, 44, 0xc3, 44, 10])],
    ["a surrogate", Buffer.from([97, 64, 120, 46, 99, 111, 44, 0xed, 0xa0, 0x80, 44, 10])],
  ])("%s", async (_, body) => {
    await same(Buffer.concat([Buffer.from(HEAD), Buffer.from(body)]), "email");
  });

  it.each([
    ["plain, then with a space that is not ASCII", "ann@x.com,pro,eu\nann@x.com\u00a0,free,us\n"],
    ["and the other way round", "ann@x.com\u00a0,free,us\nann@x.com,pro,eu\nANN@x.com,team,eu\n"],
    ["quoted over lines", '"ann@x.com","pro\nor ""team""","a,b"\nben@x.com,"",eu\n'],
    ["blank lines", "\nann@x.com,pro,eu\n\r\n\nben@x.com,pro,eu"],
  ])("the first row of a person counts: %s", async (_, body) => {
    await same(HEAD + body, "email", true);
  });

  it("many rows of few people, with rows waiting on the disk", async () => {
    const rows = Array.from(
      { length: 170_000 },
      (_, i) => `${i % 3 === 0 ? "ANN" : "ann"}${(i * 7919) % 90_011}@x.com,p${i % 7},r${i % 5}`,
    );
    const text = `email,plan,region\n${rows.join("\n")}\n`;
    await same(text, "email", true);
    const inMemory = kernel(Buffer.from(text), "email", ",", 3);
    const onDisk = kernel(Buffer.from(text), "email", ",", 3, 1);
    expect(inMemory).not.toBeNull();
    expect(onDisk?.counts).toEqual(inMemory?.counts);
    expectSame(onDisk?.parts ?? [], inMemory?.parts ?? []);
  }, 120_000);

  it("one person in every row", async () => {
    await same(
      `email,plan,region\n${Array.from({ length: 20_000 }, (_, i) => `${" ".repeat(i % 50)}a@x.com,${i},b`).join("\n")}`,
      "email",
      true,
    );
  });
});
