import type { Keys } from "./keys.ts";
import { sipHash128, sipKey } from "./siphash.ts";
import { TextBytes } from "./text-bytes.ts";

/** The system has no such field. */
export const PRINT_ABSENT = 0;
/** The field is there and holds nothing. */
export const PRINT_NULL = 1;

/** For hot loops: prepares the key once and reuses one buffer. */
export function fingerprinter(keys: Keys): (value: string | null | undefined) => number {
  const key = sipKey(keys.fingerprint);
  const text = new TextBytes();
  const out = new Uint32Array(4);
  return (value) => {
    if (value === undefined) return PRINT_ABSENT;
    const trimmed = value?.trim() ?? "";
    if (trimmed === "") return PRINT_NULL;
    const n = text.put(trimmed.normalize("NFC"), 0);
    sipHash128(key, text.bytes, n, out, 0);
    const print = out[0] as number;
    return print < 2 ? print + 2 : print;
  };
}

/**
 * Keyed 32-bit fingerprint of an attribute value: equal values agree across systems, and nobody without the secret
 * can guess a value from it. Trimmed and NFC; case matters. Two different values share a print once in 4 billion.
 *
 * @returns 0: field absent, 1: null or empty, ≥ 2: a value
 */
export const fingerprintOf = (keys: Keys, value: string | null | undefined): number =>
  fingerprinter(keys)(value);
