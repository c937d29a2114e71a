import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileKernel } from "../../members/kernel/instance.ts";
import type { WasmModule } from "../../members/kernel/wasm.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The kernel whose assertions trap, compiled for tests. */
export function checkedKernel(shared = false): WasmModule {
  const folder = join(root, ".cache", "checked-kernel");
  mkdirSync(folder, { recursive: true });
  // Of its own for each process: test files run side by side.
  const out = join(folder, `${process.pid}-${shared ? "shared" : "own"}.wasm`);
  const options = shared ? ["--shared", "--checked"] : ["--checked"];
  const run = spawnSync(process.execPath, [join(root, "scripts/kernel.mjs"), out, ...options], {
    encoding: "utf8",
  });
  const module = compileKernel(out);
  if (run.status !== 0 || module === null) throw new Error(`the checked kernel was not built: ${run.stderr}`);
  return module;
}
