import type { Instant } from "../../core/model.ts";
import { consentByte } from "../../members/consent-byte.ts";
import { fingerprinter } from "../../members/fingerprint.ts";
import type { Keys } from "../../members/keys.ts";
import { keyWriter } from "../../members/person-key.ts";
import { PARTITION_BITS, PARTITIONS } from "../../members/set-file.ts";
import { SetWriter } from "../../members/set-writer.ts";
import { planIn } from "./copies.ts";
import { type HistoryTarget, type Presence, toldBy } from "./history-target.ts";
import type { Population } from "./population.ts";
import type { AttributeName } from "./truth.ts";

/** Everybody's key, and their numbers in the order of the keys: made once for all sets. */
export type KeyOrder = { readonly keys: Uint32Array; readonly order: Uint32Array };

export function keyOrder(population: Population, people: number, keys: Keys): KeyOrder {
  const write = keyWriter(keys);
  const words = new Uint32Array(4 * people);
  for (let i = 0; i < people; i++) write("email", population.person(i).email, words, 4 * i);
  const order = Uint32Array.from({ length: people }, (_, i) => i);
  order.sort((a, b) => {
    for (let w = 0; w < 4; w++) {
      const d = (words[4 * a + w] ?? 0) - (words[4 * b + w] ?? 0);
      if (d !== 0) return d;
    }
    return 0;
  });
  return { keys: words, order };
}

export type SetOf = {
  readonly target: HistoryTarget;
  readonly presence: Presence;
  readonly packed: Uint16Array;
  readonly size: number;
  readonly asOf: Instant;
  readonly epoch: number;
  /** Attribute whose column has another name, so that nobody has a value. */
  readonly lost: AttributeName | null;
};

/** Writes the member set of the last day, with all of its history in the presence words. */
export async function writeSet(
  s: SetOf,
  population: Population,
  { keys, order }: KeyOrder,
  secret: Keys,
): Promise<void> {
  const print = fingerprinter(secret);
  const writer = await SetWriter.create(s.target.file);
  try {
    let next = 0;
    for (let p = 0; p < PARTITIONS; p++) {
      const rows: number[] = [];
      for (; next < order.length; next++) {
        const i = order[next] ?? 0;
        if ((keys[4 * i] ?? 0) >>> (32 - PARTITION_BITS) !== p) break;
        if (((s.presence.lo[i] ?? 0) | (s.presence.hi[i] ?? 0)) !== 0) rows.push(i);
      }
      await writer.write(partition(rows, s, population, keys, print));
    }
    await writer.commit({
      identity: "email",
      attributes: s.target.attributes,
      asOf: s.asOf,
      ordinal: s.presence.reads - 1,
      epoch: s.epoch,
      size: s.size,
      reads: Math.min(64, s.presence.reads),
    });
  } catch (e) {
    await writer.abort();
    throw e;
  }
}

function partition(
  rows: readonly number[],
  s: SetOf,
  population: Population,
  all: Uint32Array,
  print: (v: string | null | undefined) => number,
) {
  const n = rows.length;
  const keys = new Uint32Array(4 * n);
  const presence = new Uint32Array(2 * n);
  const consent = new Uint8Array(n);
  const prints = s.target.attributes.map(() => new Uint32Array(n));
  for (const [r, i] of rows.entries()) {
    keys.set(all.subarray(4 * i, 4 * i + 4), 4 * r);
    presence[2 * r] = s.presence.lo[i] ?? 0;
    presence[2 * r + 1] = s.presence.hi[i] ?? 0;
    // Whoever is not there now stays for the history's sake, without anything else.
    if (!s.presence.now(i)) continue;
    const packed = s.packed[i] ?? 0;
    const told = toldBy(s.target.system, packed);
    consent[r] = consentByte(told.consent, told.mailable, false);
    if (prints.length === 0) continue;
    const person = population.person(i);
    const value = { plan: planIn(packed), country: person.country, first_name: person.firstName };
    for (const [a, name] of s.target.attributes.entries()) {
      const column = prints[a];
      if (column) column[r] = print(name === s.lost ? undefined : value[name]);
    }
  }
  return { n, keys, presence, prints, consent };
}
