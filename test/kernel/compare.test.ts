import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
let folder = "";
/** The built program without its kernel: every file is read by the reference. */
let without = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-kernel-"));
  mkdirSync(join(root, ".cache"), { recursive: true });
  without = mkdtempSync(join(root, ".cache", "no-kernel-"));
  cpSync(join(root, "dist"), join(without, "dist"), {
    recursive: true,
    filter: (path) => !path.endsWith("kernel.wasm") && !path.endsWith("public"),
  });
  cpSync(join(root, "package.json"), join(without, "package.json"));
});
afterAll(() => {
  for (const made of [folder, without]) rmSync(made, { recursive: true, force: true });
});

function compare(program: string, ...files: string[]): { code: number | null; out: string; err: string } {
  const cli = join(program, "dist/app/cli/main.js");
  const run = spawnSync(
    process.execPath,
    [cli, "compare", ...files, "--attributes", "plan,region", "--json"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  return { code: run.status, out: run.stdout, err: run.stderr };
}

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
  const quick = compare(root, "one.csv", "two.csv");
  expect(quick).toEqual(compare(without, "one.csv", "two.csv"));
  expect(quick.out).toContain('"verdict"');
});
