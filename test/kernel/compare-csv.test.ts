import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompareCsv, ComparedCsv } from "../../members/kernel/compare-csv.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import { Places } from "../../members/kernel/places.ts";
import { wasm } from "../../members/kernel/wasm.ts";
import { deriveKeys } from "../../members/keys.ts";
import { checkedKernel } from "./checked.ts";

/** The built program: sources that run as they are have no threads. */
const built = new URL("../../dist/members/kernel/", import.meta.url);
const { compareCsv } = (await import(new URL("compare-csv.js", built).href)) as {
  compareCsv(o: CompareCsv): Promise<ComparedCsv | null>;
};
const shared = compileKernel(new URL("kernel-shared.wasm", built));
const own = compileKernel(new URL("kernel.wasm", built));
if (shared === null || own === null) throw new Error("this test runs the built kernel: npm run build");
const checked = checkedKernel();
const keys = deriveKeys(Buffer.alloc(32, 7));
const HEAD = "email,plan,region\n";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-kernel-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Choice = Partial<
  Pick<CompareCsv, "module" | "threads" | "most" | "signal" | "onBytes" | "temporaryFolder">
>;

function compare(texts: readonly string[], choice: Choice = {}): Promise<ComparedCsv | null> {
  const paths = texts.map((text, i) => {
    const path = join(folder, `${i}.csv`);
    writeFileSync(path, text);
    return path;
  });
  return compareCsv({
    module: choice.threads === 0 ? own : shared,
    threads: 2,
    sources: paths.map((path, i) => ({
      path,
      gzip: false,
      copy: null,
      rows: texts[i]?.split("\n").length ?? 1,
      layout: { delimiter: ",", columns: 3, idColumn: 0, attributeColumns: [1, 2], identity: "email" },
    })),
    owner: 0,
    identity: "email",
    keys,
    most: 64 << 20,
    temporaryFolder: folder,
    signal: new AbortController().signal,
    onBytes: () => undefined,
    ...choice,
  } as CompareCsv);
}

/** People `from` up to `to`, one of a hundred twice. */
function list(from: number, to: number, plan: (i: number) => string): string {
  let text = HEAD;
  for (let i = from; i < to; i++) {
    const name = i % 50 === 0 ? `p\u00e9${i}` : `p${i}`;
    text += `${name}@mail.example.com,${plan(i)},"e""u"\n`;
    if (i % 100 === 7) text += `P${i}@mail.example.com,${plan(i)},eu\n`;
  }
  return text;
}
const plan = (i: number): string => ["pro", "free", ""][i % 3] ?? "";

describe("a comparison", () => {
  const files = [
    list(0, 9_000, plan),
    list(300, 9_500, (i) => (i % 10 === 0 ? "other" : plan(i))),
    list(0, 4_000, plan),
  ];

  it("counts what is planted", async () => {
    const compared = await compare(files.slice(0, 2));
    expect([...(compared?.merged.masks ?? [])]).toEqual([
      [1, 300],
      [2, 500],
      [3, 8_700],
    ]);
    expect(compared?.files.map((f) => f.counts)).toEqual([
      { size: 9_000, records: 9_090, invalid: 0, duplicates: 90, duplicateByCase: 90 },
      { size: 9_200, records: 9_292, invalid: 0, duplicates: 92, duplicateByCase: 92 },
    ]);
    expect(compared?.merged.agreement[1]?.[0]).toEqual({
      equal: 5_220,
      differ: 580,
      nullHere: 0,
      nullAtOwner: 290,
      nullBoth: 2_610,
    });
  });

  it("is the same with threads, without, and with a kernel that checks itself", async () => {
    const threads = await compare(files);
    expect(threads).not.toBeNull();
    expect(await compare(files, { threads: 1 })).toEqual(threads);
    expect(await compare(files, { threads: 0 })).toEqual(threads);
    expect(await compare(files, { threads: 0, module: checked })).toEqual(threads);
  });

  it("is the same when rows wait on the disk", async () => {
    const large = [list(0, 150_000, plan), list(50_000, 200_000, plan)];
    const memory = await compare(large);
    expect(memory?.merged.masks.get(3)).toBe(100_000);
    expect(await compare(large, { most: 1 })).toEqual(memory);
    expect(await compare(large, { most: 1, threads: 0, module: checked })).toEqual(memory);
  }, 60_000);

  it("tells the bytes of each file as they are read", async () => {
    const told = [0, 0, 0];
    await compare(files, { onBytes: (f, n) => (told[f] = (told[f] ?? 0) + n) });
    expect(told).toEqual(files.map((text) => Buffer.byteLength(text)));
  });

  it.each([0, 2])("leaves a file that is not plain to the reference, with %i threads", async (threads) => {
    expect(await compare([files[0] ?? "", `${HEAD}a@x.com,pro\n`], { threads })).toBeNull();
    expect(await compare([files[0] ?? "", `${HEAD}a@x.com,5" pipe,eu\n`], { threads })).toBeNull();
  });

  it.each([0, 2])("ends when it is told to, with %i threads", async (threads) => {
    const stop = new AbortController();
    stop.abort();
    const error: unknown = await compare(files, { threads, signal: stop.signal }).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "interrupted" });
  });

  it.each([0, 2])("says that the disk failed, with %i threads", async (threads) => {
    const error: unknown = await compare([list(0, 200_000, plan), files[1] ?? ""], {
      threads,
      most: 1,
      temporaryFolder: join(folder, "nowhere"),
    }).catch((e: unknown) => e);
    expect(String(error)).toMatch(/rows that have to wait there cannot be kept \(ENOENT\)/);
  });
});

describe("places", () => {
  it("tell that somebody wrote behind one of them, or before", () => {
    const places = new Places();
    const at = places.take(100);
    const next = places.take(8);
    const memory = new wasm.Memory({ initial: 1, maximum: 1 });
    places.guard(memory);
    const bytes = new Uint8Array(memory.buffer);
    bytes.fill(1, at, at + 128);
    bytes.fill(1, next, next + 8);
    expect(() => places.check(memory)).not.toThrow();
    bytes[at + 128] = 1;
    expect(() => places.check(memory)).toThrow(/wrote beyond its place/);
    bytes[at + 128] = 0xc5;
    bytes[at - 1] = 1;
    expect(() => places.check(memory)).toThrow(/wrote beyond its place/);
  });
});
