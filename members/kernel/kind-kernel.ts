import { type WasmGlobal, type WasmMemory, type WasmModule, wasm } from "./wasm.ts";

/** What looks.ts, kinds.ts, merge-kinds.ts, carry.ts and flips.ts of assembly/ export; addresses are in bytes. */
export type KindExports = {
  readonly kinds: WasmGlobal;
  initLooks(
    inputs: number,
    n: number,
    owner: number,
    fields: number,
    fieldCount: number,
    prints: number,
    printCount: number,
    looks: number,
  ): void;
  initKinds(
    slots: number,
    slotBits: number,
    known: number,
    weights: number,
    masks: number,
    capacity: number,
  ): void;
  emptyKinds(): void;
  mergeKinds(heads: number): number;
  openLog(at: number): void;
  logged(): number;
  pickPeople(wanted: number, out: number, most: number): number;
  readonly agreed: WasmGlobal;
  carryPeople(
    verdicts: number,
    last: number,
    copies: number,
    copyCount: number,
    fields: number,
    fieldCount: number,
    keys: number,
    presence: number,
  ): number;
  returners(presence: number, n: number, bits: number, within: number, week: number, out: number): number;
};

/** Not from instance.ts: a thread starts sooner without all that it brings along. */
const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** An instance for stored sets: with a memory of its own, and without keys, since stored sets are hashed already. */
export function startKindKernel(module: WasmModule): { exports: KindExports; memory: WasmMemory } {
  const memory = new wasm.Memory({ initial: 1, maximum: MOST_PAGES });
  const host = Object.fromEntries(
    wasm.Module.imports(module).flatMap(({ module: from, name, kind }) =>
      from === "host" && kind === "function"
        ? [
            [
              name,
              () => {
                throw new RangeError(`stored sets never ask the host for ${name}`);
              },
            ],
          ]
        : [],
    ),
  );
  const { exports } = new wasm.Instance(module, { env: { memory }, host });
  return { exports: exports as unknown as KindExports, memory };
}

/** Makes the memory at least so long. Views of it made before are void. */
export function growTo(memory: WasmMemory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (missing > 0) memory.grow(missing);
}
