/**
 * The part of WebAssembly that the kernel needs. Neither ECMAScript's types nor Node's have it, and those of the browser bring a
 * window along.
 */
export type WasmModule = { readonly kind?: "module" };
export type WasmMemory = { readonly buffer: ArrayBufferLike; grow(pages: number): number };
export type WasmGlobal = { readonly value: number };

type Wasm = {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared?: boolean;
  }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  validate(bytes: Uint8Array): boolean;
};

export const wasm: Wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;
