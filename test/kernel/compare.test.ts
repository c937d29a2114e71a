import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUILT, compareIn, type Ended, withoutKernel } from "./built.ts";

let folder = "";
let reference: ReturnType<typeof withoutKernel>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-kernel-"));
  reference = withoutKernel();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  reference.remove();
});

const compare = (program: string, ...files: string[]): Ended =>
  compareIn(program, folder, [...files, "--attributes", "plan,region", "--json"]);

const lines = (n: number, row: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => row(i)).join("");

it.each([
  [
    "people missing, extra, other values, twice, unusable",
    `email,plan,region\n${lines(5000, (i) => `p${i}@x.com,${["pro", "free", ""][i % 3]},eu\n`)}`,
    "Region;E-Mail;Plan\r\n" +
      lines(4900, (i) => `"e""u";P${i + 50}@X.com;${["pro", "free", "n"][i % 3]}\r\n`) +
      "eu;nobody;pro\r\nus;p60@x.com;pro\r\n",
  ],
  [
    "outside ASCII",
    "email,plan,region\né@x.com,über,eu\nb@x.com,x,y",
    "email,plan,region\ne\u0301@x.com,u\u0308ber,eu\n",
  ],
  [
    "a lone quote",
    "email,plan,region\na@x.com,pro,eu\n",
    'email,plan,region\na@x.com,5" pipe,eu\nb@x.com,7" pipe,eu\n',
  ],
  ["a line with too few fields", "email,plan,region\na@x.com,pro,eu\n", "email,plan,region\na@x.com,pro\n"],
  ["nobody in one file", "email,plan,region\na@x.com,pro,eu\n", "email,plan,region\n"],
])("%s: the same report with and without the kernel", (_, one, two) => {
  writeFileSync(join(folder, "one.csv"), one);
  writeFileSync(join(folder, "two.csv"), two);
  const quick = compare(BUILT, "one.csv", "two.csv");
  expect(quick).toEqual(compare(reference.root, "one.csv", "two.csv"));
  expect(quick.out).toContain('"verdict"');
});
