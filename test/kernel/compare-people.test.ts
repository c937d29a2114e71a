import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BUILT, withoutKernel } from "./built.ts";

vi.setConfig({ testTimeout: 300_000 });
const CHILD = fileURLToPath(new URL("./compare-people.mjs", import.meta.url));
const KINDS = ["missing", "extra", "mismatched", "duplicates", "unusable"];
/** By hand: PLUMBLINE_KERNEL_RUNS=2000. */
const RUNS = Number(process.env.PLUMBLINE_KERNEL_RUNS ?? 25);

let folder = "";
let reference: ReturnType<typeof withoutKernel>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-people-"));
  reference = withoutKernel();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  reference.remove();
});

type Files = {
  readonly id: string;
  readonly owner: number;
  readonly files: readonly string[];
  readonly memory?: number;
  /** These stand packed. */
  readonly packed?: readonly boolean[];
};

function write(name: string, { id, owner, files, memory, packed = [] }: Files): string {
  const place = join(folder, name);
  mkdirSync(place);
  files.forEach((text, f) => {
    writeFileSync(join(place, `${f}.csv`), packed[f] ? gzipSync(text) : text);
  });
  const names = files.map((_, f) => `${f}.csv`);
  for (const out of ["quick", "slow"]) mkdirSync(join(place, out));
  writeFileSync(
    join(place, "case.json"),
    JSON.stringify({ files: names, owner, id, attributes: ["plan,note"], out: "out", memory }),
  );
  return place;
}

type Answer = { readonly report: object; readonly named: readonly string[]; readonly threads: number };

/** Of each case what was answered, and the files that name people. */
function run(root: string, cases: readonly string[]): { answer: Answer; people: string[] }[] {
  const child = spawnSync(process.execPath, [CHILD, root, ...cases], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  expect(child.stderr).toBe("");
  return child.stdout
    .trimEnd()
    .split("\n")
    .map((line, i) => {
      const answer = JSON.parse(line) as Answer;
      return {
        answer,
        people: answer.named.map((name) => readFileSync(join(cases[i] ?? "", "out", name), "utf8")),
      };
    });
}

/** Both programs; the kernel's answer. */
function both(cases: readonly string[]): { answer: Answer; people: string[] }[] {
  const quick = run(BUILT, cases);
  for (const place of cases) rmSync(join(place, "out"), { recursive: true });
  const slow = run(reference.root, cases);
  for (const [i, { answer, people }] of quick.entries()) {
    expect({ place: cases[i], report: answer.report, people }).toEqual({
      place: cases[i],
      report: slow[i]?.answer.report,
      people: slow[i]?.people,
    });
    expect(slow[i]?.answer.threads).toBe(0);
  }
  return quick;
}

const person = (id: string) =>
  fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 })).map(([n, how]): string => {
    if (how === 0) return ["", "nobody", "n/a", "a b@x.com"][n % 4] as string;
    if (id === "phone") return how < 3 ? `+49 (30) 1234-5${n}00` : `+4930123450${n}0`;
    if (id === "customer_id") return how < 3 ? ` C-${n} ` : `C-${n}`;
    if (how === 1) return `PERSON${n}@X.com`;
    if (how === 2) return ` person${n}@x.com `;
    return n % 9 === 0 ? `pérson${n}@x.com` : `person${n}@x.com`;
  });
const plan = fc.constantFrom("", "pro", "free", "a very long name of a plan, so long", 'the "best"', "über");
const note = fc.constantFrom("", "x", "two\nlines", 'a\r\n"b"\n\nc', "=1+1", "tail ", "y".repeat(3000));

const quoted = (text: string, delimiter: string, always: boolean): string =>
  always || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

const file = (id: string) =>
  fc
    .record({
      rows: fc.array(fc.tuple(person(id), plan, note, fc.boolean(), fc.constantFrom(1, 1, 1, 2)), {
        minLength: 1,
        maxLength: 90,
      }),
      delimiter: fc.constantFrom(",", ";", "\t"),
      lineEnd: fc.constantFrom("\n", "\r\n"),
      turned: fc.boolean(),
      mark: fc.boolean(),
      open: fc.boolean(),
    })
    .map(({ rows, delimiter, lineEnd, turned, mark, open }) => {
      const line = (cells: readonly string[], always: boolean): string =>
        (turned ? cells.toReversed() : cells).map((c) => quoted(c, delimiter, always)).join(delimiter);
      const lines = rows.map(([who, p, n, always, ends]) => line([who, p, n], always) + lineEnd.repeat(ends));
      const text = [
        line([id, "plan", "note"], false) + lineEnd,
        `${line(["nobody at all", "", ""], false)}${lineEnd}`,
        ...lines,
      ].join("");
      return (mark ? "\ufeff" : "") + (open ? text.trimEnd() : text);
    });

const some = fc
  .constantFrom("email", "phone", "customer_id")
  .chain((id) =>
    fc.record({
      id: fc.constant(id),
      files: fc.oneof(
        { weight: 7, arbitrary: fc.array(file(id), { minLength: 2, maxLength: 5 }) },
        { weight: 1, arbitrary: fc.array(file(id), { minLength: 9, maxLength: 11 }) },
      ),
      owner: fc.nat(),
      packed: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    }),
  )
  .map(({ files, owner, ...rest }): Files => ({ ...rest, files, owner: owner % files.length }));

test("the people behind the counts, byte for byte, with and without the kernel", () => {
  const cases = fc.sample(some, { numRuns: RUNS, seed: 6 }).map((c, i) => write(`random-${i}`, c));
  const answers = both(cases);
  const all = KINDS.map((_, k) =>
    answers.reduce((n, a) => n + (a.people[k]?.split("\r\n").length ?? 2) - 2, 0),
  );
  for (const people of all) expect(people).toBeGreaterThan(0);
  expect(answers.every((a) => a.answer.threads > 0)).toBe(true);
});

test("rows far from each other, and rows longer than what is read beyond them", () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => `p${i}@x.com,${i % 7},"${"n".repeat(i % 4000 === 17 ? 700_000 : 40)}\n"\n`,
  );
  const other = rows
    .filter((_, i) => i % 2000 !== 17)
    .map((row, i) => (i % 3001 === 3000 ? row.replace(/,\d,/, ",other,") : row));
  const [found] = both([
    write("far", {
      id: "email",
      owner: 0,
      files: [`email,plan,note\n${rows.join("")}`, `email,plan,note\n${other.toReversed().join("")}`],
    }),
  ]);
  expect(found?.people.map((text) => text.split("\r\n").length - 2)).toEqual([10, 0, 6, 0, 0]);
});

test("more repeated and unusable rows than are held are named by the reference", () => {
  const many = Array.from({ length: 300_000 }, (_, i) => `p${i % 20_000}@x.com,a,b\n`).join("");
  const unusable = "nobody,a,b\n".repeat(500_001);
  const files = [`email,plan,note\n${many}`, `email,plan,note\np1@x.com,a,b\n${unusable}`];
  const [found] = both([write("many", { id: "email", owner: 1, files })]);
  expect(found?.people.map((text) => text.split("\r\n").length - 2)).toEqual([
    0, 19_999, 0, 300_000, 500_001,
  ]);
});

test("rows that wait on the disk give the same report and the same people", () => {
  const files = [0, 1].map((f) => {
    const rows = Array.from({ length: 300_000 }, (_, i) => {
      const n = ((f === 0 ? i : i + 3000) * 7919) % 304_000;
      return `p${n % 5 === 0 ? n - 1 : n}@x.com,${n % 31 === f ? "other" : "pro"},\n`;
    });
    return `email,plan,note\n${rows.join("")}nobody,a,b\n`;
  });
  const all = { id: "email", owner: 0, files };
  const [inMemory, onDisk, unpacked] = both([
    write("in-memory", all),
    write("on-disk", { ...all, memory: 1e6 }),
    write("packed", { ...all, memory: 1e6, packed: [true, true] }),
  ]);
  expect(unpacked?.people).toEqual(inMemory?.people);
  expect(onDisk?.people).toEqual(inMemory?.people);
  const counts = (answer: Answer | undefined): string =>
    JSON.stringify(answer?.report).replaceAll(/"changedAt":"[^"]+"/g, "");
  expect(counts(onDisk?.answer)).toBe(counts(inMemory?.answer));
  expect(inMemory?.people.map((text) => text.length > 20_000)).toEqual([true, true, true, true, false]);
});
