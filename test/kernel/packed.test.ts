import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CompareCsv, ComparedCsv } from "../../members/kernel/compare-csv.ts";
import { estimatePackedRows } from "../../members/kernel/estimate-rows.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { deriveKeys } from "../../members/keys.ts";
import { BUILT, compareIn, type Ended, withoutKernel } from "./built.ts";
import { checkedKernel } from "./checked.ts";

const built = new URL("../../dist/members/kernel/", import.meta.url);
const { compareCsv } = (await import(new URL("compare-csv.js", built).href)) as {
  compareCsv(o: CompareCsv): Promise<ComparedCsv | null>;
};
const shared = compileKernel(new URL("kernel-shared.wasm", built));
if (shared === null) throw new Error("this test runs the built kernel: npm run build");
const checked = checkedKernel();

const HEAD = "email,plan\n";
const rows = (n: number, plan = "pro"): string =>
  Array.from({ length: n }, (_, i) => `p${i}@x.com,${i % 9 === 0 ? plan : "free"}\n`).join("");
/** Parts of a text, each packed, one after the other. */
const members = (text: string, ends: readonly number[]): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat(
    [...ends, bytes.length].map((end, k) => gzipSync(bytes.subarray(ends[k - 1] ?? 0, end))),
  );
};
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
};

let folder = "";
let reference: ReturnType<typeof withoutKernel>;
beforeAll(() => {
  reference = withoutKernel();
});
afterAll(() => reference.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-packed-"));
  mkdirSync(join(folder, "tmp"));
  put("good.csv", `${HEAD}${rows(3000)}`);
  return () => rmSync(folder, { recursive: true, force: true });
});
const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);

/** By the kernel alone. @returns null: it leaves a file to the reference */
function byKernel(names: readonly string[], choice: Partial<CompareCsv> = {}): Promise<ComparedCsv | null> {
  return compareCsv({
    module: shared,
    threads: 2,
    sources: names.map((name) => ({
      path: join(folder, name),
      gzip: readFileSync(join(folder, name)).readUInt16BE(0) === 0x1f8b,
      copy: null,
      rows: 3000,
      layout: { delimiter: ",", columns: 2, idColumn: 0, attributeColumns: [1], identity: "email" },
    })),
    owner: 0,
    identity: "email",
    keys: deriveKeys(Buffer.alloc(32, 7)),
    most: 64 << 20,
    temporaryFolder: join(folder, "tmp"),
    signal: new AbortController().signal,
    onBytes: () => undefined,
    ...choice,
  } as CompareCsv);
}

/** The answer of both programs, which has to be one; neither leaves anything in its temporary folder. */
function both(argv: readonly string[], shell = ""): Ended & { readonly people: string[] } {
  const [quick, slow] = [BUILT, reference.root].map((root) => {
    const ended = compareIn(root, folder, [...argv, "--attributes", "plan", "--json", "--out", "out"], {
      shell,
      env: { TMPDIR: join(folder, "tmp") },
    });
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
    const names = readdirSync(join(folder, "out")).sort();
    // their order is another in every run
    const people = names.map((name) =>
      readFileSync(join(folder, "out", name), "utf8")
        .split("\r\n")
        .sort()
        .join("\n"),
    );
    rmSync(join(folder, "out"), { recursive: true });
    return { ...ended, people };
  });
  expect(quick).toEqual(slow);
  return quick as Ended & { readonly people: string[] };
}

describe("the kernel reads a packed file as it reads its text", () => {
  const text = `${HEAD}${rows(40_000, "team")}gone@x.com,pro\n`;
  const cases: [string, Buffer][] = [
    ["packed once", gzipSync(text)],
    ["hardly packed", gzipSync(text, { level: 0 })],
    ["in several parts", members(text, [1, 2, 3, 500_000])],
    ["with an empty part and zeros at the end", Buffer.concat([members(text, [7, 7]), Buffer.alloc(600)])],
    ["behind a byte order mark in parts of one byte", members(`\ufeff${text}`, [1, 2, 3, 4])],
  ];
  test.each(cases)("%s", async (_, packed) => {
    put("text.csv", text);
    put("text.csv.gz", packed);
    const plain = await byKernel(["good.csv", "text.csv"]);
    expect(plain?.merged.masks).toEqual(
      new Map([
        [2, 37_001],
        [3, 3000],
      ]),
    );
    expect(await byKernel(["good.csv", "text.csv.gz"])).toEqual(plain);
    expect(await byKernel(["good.csv", "text.csv.gz"], { threads: 0, module: checked })).toEqual(plain);
    expect(await byKernel(["good.csv", "text.csv.gz"], { most: 1 })).toEqual(plain);
    const ended = both(["good.csv", "text.csv.gz"]);
    expect(ended).toMatchObject({ code: 2 });
    // duplicates, extra, mismatched, missing, unusable
    expect(ended.people.map((lines) => lines.split("\n").length - 2)).toEqual([0, 37_001, 334, 0, 0]);
  });
});

describe("a packed file that is not whole is named, not compared, and nobody is named of it", () => {
  const packed = gzipSync(`${HEAD}${rows(60_000)}`);
  // the last row of the text is whole where the checksum is missing
  test.each<[string, Buffer, RegExp]>([
    [
      "without its last byte",
      packed.subarray(0, -1),
      /^bad\.csv\.gz: the gzip file is cut off: its end is missing → copy/,
    ],
    ["without its checksum", packed.subarray(0, -8), /^bad\.csv\.gz: the gzip file is cut off/],
    ["cut in the middle", packed.subarray(0, packed.length >> 1), /^bad\.csv\.gz: the gzip file is cut off/],
    [
      "with another checksum",
      flipped(packed, packed.length - 6),
      /^bad\.csv\.gz: the gzip file is damaged → copy/,
    ],
    ["with another length", flipped(packed, packed.length - 2), /^bad\.csv\.gz: the gzip file is damaged/],
    ["damaged in its head", flipped(packed, 2), /^bad\.csv\.gz: the gzip file is damaged/],
    [
      "whose second part is cut off",
      Buffer.concat([packed, gzipSync("late@x.com,pro\n").subarray(0, 20)]),
      /^bad\.csv\.gz: the gzip file is cut off/,
    ],
    [
      "whose second part is damaged",
      Buffer.concat([packed, flipped(gzipSync("late@x.com,pro\n"), 2)]),
      /^bad\.csv\.gz: the gzip file is damaged/,
    ],
    [
      "with a ragged row",
      gzipSync(`${HEAD}${rows(60_000)}a@x.com\n${rows(3)}`),
      /^bad\.csv\.gz:60002: 1 fields where/,
    ],
  ])("%s", async (_, bytes, said) => {
    put("bad.csv.gz", bytes);
    const ended = both(["good.csv", "bad.csv.gz"]);
    expect(ended).toMatchObject({
      code: 3,
      people: [],
      err: expect.stringMatching(new RegExp(said.source, "m")),
    });
    expect(JSON.parse(ended.out)).toMatchObject({ verdict: "cant_tell", files: [{}, { people: null }] });
    if (bytes.readUInt8(2) === 8) {
      expect(await byKernel(["good.csv", "bad.csv.gz"])).toBeNull();
      expect(await byKernel(["good.csv", "bad.csv.gz"], { threads: 0, module: checked })).toBeNull();
    }
  });
});

test("names say nothing: text called .gz, and packed text called .csv", () => {
  put("text.csv.gz", `${HEAD}${rows(3000)}`);
  put("packed.csv", gzipSync(`${HEAD}${rows(3000, "team")}`));
  const ended = both(["good.csv", "text.csv.gz", "packed.csv"]);
  expect(JSON.parse(ended.out)).toMatchObject({
    files: [
      {},
      { missing: 0, extra: 0, attributes: [{ differ: 0 }] },
      { missing: 0, attributes: [{ differ: 334 }] },
    ],
  });
});

test("a disk that is full while the copy is written, from which people are named", () => {
  put("many.csv.gz", gzipSync(`${HEAD}${rows(60_000)}`));
  const ended = compareIn(BUILT, folder, ["good.csv", "many.csv.gz", "--out", "out"], {
    shell: "trap '' XFSZ; ulimit -f 64",
    env: { TMPDIR: join(folder, "tmp") },
  });
  expect(ended).toMatchObject({ code: 1, out: "" });
  expect(ended.err).toMatch(/^temporary files: .*\(EFBIG\) → .*TMPDIR/);
  expect(readdirSync(join(folder, "out"))).toEqual([]);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
});

test("rows are estimated from the beginning of the text", () => {
  const text = `${HEAD}${rows(200_000)}`;
  put("many.csv.gz", gzipSync(text));
  const estimated = estimatePackedRows(join(folder, "many.csv.gz"));
  expect(estimated).toBeGreaterThan(150_000);
  expect(estimated).toBeLessThan(260_000);
  put("damaged.csv.gz", flipped(gzipSync(text), 2));
  expect(estimatePackedRows(join(folder, "damaged.csv.gz"))).toBe(1);
});
