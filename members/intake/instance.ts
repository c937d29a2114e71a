import { compileKernel } from "../kernel/instance.ts";
import { type WasmGlobal, type WasmMemory, type WasmModule, wasm } from "../kernel/wasm.ts";
import type { Keys } from "../keys.ts";

/** What intake.wasm exports; addresses and lengths are in bytes. Meanings: assembly/. */
export type IntakeExports = {
  readonly found: WasmGlobal;
  readonly headerTaken: WasmGlobal;
  readonly status: WasmGlobal;
  readonly belonging: WasmGlobal;
  readonly invalid: WasmGlobal;
  readonly payloadEnd: WasmGlobal;
  setKeys(identity0: bigint, identity1: bigint, print0: bigint, print1: bigint): void;
  memoTableBytes(): number;
  initMemo(table: number, counts: number, slots: number, arena: number, arenaEnd: number): void;
  initRows(
    columns: number,
    answer: number,
    factsAnswer: number,
    placeholders: number,
    scratch: number,
    scratchEnd: number,
  ): void;
  split(
    at: number,
    bytes: number,
    last: number,
    columns: number,
    delimiter: number,
    header: number,
    table: number,
    tableEnd: number,
  ): number;
  process(
    target: number,
    table: number,
    records: number,
    out: number,
    payload: number,
    payloadTo: number,
    chunk: number,
  ): number;
  decide(targets: number, n: number, table: number, records: number): void;
  note(table: number, records: number, list: number, open: number): number;
};

/** What the compiled code asks of us. `p` to `e` is a field as it stands, quotes included. */
export type IntakeHost = {
  key(target: number, second: number, p: number, e: number): number;
  value(target: number, attribute: number, p: number, e: number, words: number, kept: number): void;
  facts(target: number, row: number, words: number): void;
  time(p: number, e: number, words: number, text: number): void;
  print(p: number, e: number): number;
  note(column: number, p: number, e: number): number;
};

export type IntakeInstance = { readonly exports: IntakeExports; readonly memory: WasmMemory };

/** Beside the compiled code; sources that run without a build have none. */
export const INTAKE_FILE = new URL("./intake.wasm", import.meta.url);

/** null: it was not built, or this machine has no SIMD; then rows come one by one, with the same results. */
export const compileIntake = (file: URL | string = INTAKE_FILE): WasmModule | null => compileKernel(file);

const MOST_PAGES = 65_536;

export function startIntake(module: WasmModule, keys: Keys, host: IntakeHost): IntakeInstance {
  const memory = new wasm.Memory({ initial: 1, maximum: MOST_PAGES });
  const { exports } = new wasm.Instance(module, { env: { memory }, host });
  const intake = exports as IntakeExports;
  const half = (bytes: Uint8Array, at: number): bigint =>
    new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
  intake.setKeys(
    half(keys.identity, 0),
    half(keys.identity, 8),
    half(keys.fingerprint, 0),
    half(keys.fingerprint, 8),
  );
  return { exports: intake, memory };
}
