import { compileKernel } from "./instance.ts";
import type { WasmModule } from "./wasm.ts";

let kernel: WasmModule | null | undefined;

/** The kernel beside this code, compiled once a process; null: the reference does everything. */
export function ownKernel(): WasmModule | null {
  if (kernel === undefined) kernel = compileKernel();
  return kernel;
}
