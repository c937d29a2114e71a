import type { IdentifierKind, PersonKey } from "../core/model.ts";
import { personKey } from "../core/model.ts";
import type { Keys } from "./keys.ts";
import { sipHash128, sipKey } from "./siphash.ts";
import { TextBytes } from "./text-bytes.ts";

/** First byte of the hashed message: the same text as e-mail and as customer id gives different keys. */
const DOMAIN: Readonly<Record<IdentifierKind, number>> = { email: 1, phone: 2, customer_id: 3 };

/** Writes four words of a person key at `out[at]`. */
export type KeyWriter = (kind: IdentifierKind, normalised: string, out: Uint32Array, at: number) => void;

/** For hot loops: prepares the key once and reuses one buffer. */
export function keyWriter(keys: Keys): KeyWriter {
  const key = sipKey(keys.identity);
  const text = new TextBytes();
  return (kind, normalised, out, at) => {
    text.bytes[0] = DOMAIN[kind];
    const n = text.put(normalised, 1);
    sipHash128(key, text.bytes, n, out, at);
  };
}

/** @param normalised the answer of `normalise`, never a raw value */
export function writeKey(
  keys: Keys,
  kind: IdentifierKind,
  normalised: string,
  out: Uint32Array,
  at: number,
): void {
  keyWriter(keys)(kind, normalised, out, at);
}

export function personKeyOf(keys: Keys, kind: IdentifierKind, normalised: string): PersonKey {
  const words = new Uint32Array(4);
  writeKey(keys, kind, normalised, words, 0);
  return hexOfWords(words, 0);
}

const hex8 = (w: number): string => w.toString(16).padStart(8, "0");

/** The four words at `at` as 32 hex digits. */
export const hexOfWords = (words: Uint32Array, at: number): PersonKey =>
  personKey(
    hex8(words[at] as number) +
      hex8(words[at + 1] as number) +
      hex8(words[at + 2] as number) +
      hex8(words[at + 3] as number),
  );

/** Inverse of `hexOfWords`. */
export const wordsOfHex = (key: PersonKey): Uint32Array =>
  Uint32Array.from([0, 8, 16, 24], (i) => Number.parseInt(key.slice(i, i + 8), 16));

/** Order of two keys: negative, 0 or positive, as their hex digits compare. */
export function compareKeys(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let k = 0; k < 4; k++) {
    const d = (a[i + k] as number) - (b[j + k] as number);
    if (d !== 0) return d;
  }
  return 0;
}
