// Also: node scripts/kernel.mjs <out> [--shared] [--checked]
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const sourcesOf = (name) => fileURLToPath(new URL(`../members/${name}/assembly`, import.meta.url));
/** Folders of the two modules; the second uses files of the first. */
export const KERNEL_SOURCES = ["kernel", "intake"].map(sourcesOf);

/**
 * Compiles hot loops of member sets, AssemblyScript to WebAssembly.
 *
 * @param {string} out where the module goes
 * @param {{ name?: "kernel" | "intake", shared: boolean, checked: boolean }} variant shared: for a memory that threads share;
 *   checked: asserts trap, for tests
 * @returns {string | null} what the compiler says is wrong
 */
export function compileKernel(out, { name = "kernel", shared, checked }) {
  mkdirSync(dirname(out), { recursive: true });
  const asc = join(dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js");
  const flags =
    "--runtime stub --importMemory --initialMemory 1 --maximumMemory 65536 --enable simd --use abort= -O3";
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      asc,
      join(sourcesOf(name), "index.ts"),
      "-o",
      out,
      ...flags.split(" "),
      ...(shared ? ["--sharedMemory", "--enable", "threads"] : []),
      ...(checked ? [] : ["--noAssert"]),
    ],
    { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" },
  );
  return status === 0 ? null : `${stdout}${stderr}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, ...options] = process.argv.slice(2);
  const wrong =
    out === undefined
      ? "Where does it go?\n"
      : compileKernel(out, { shared: options.includes("--shared"), checked: options.includes("--checked") });
  if (wrong !== null) {
    process.stderr.write(wrong);
    process.exit(1);
  }
}
