import { setImmediate } from "node:timers/promises";
import type { Instant } from "../../core/model.ts";
import { consentByte } from "../../members/consent-byte.ts";
import { fingerprinter } from "../../members/fingerprint.ts";
import type { Keys } from "../../members/keys.ts";
import { keyWriter } from "../../members/person-key.ts";
import { PARTITION_BITS, PARTITIONS } from "../../members/set-layout.ts";
import { SetWriter } from "../../members/set-writer.ts";
import type { HistoryLine } from "./history-line.ts";
import { toldBy } from "./history-target.ts";
import { type Packed, planIn, RECORDS } from "./packed.ts";
import type { Population } from "./population.ts";
import type { AttributeName, SystemName } from "./truth.ts";

/** What all sets share: everybody's key, their numbers in the order of the keys, and the prints of their attributes. */
export type KeyOrder = {
  readonly keys: Uint32Array;
  readonly order: Uint32Array;
  /** Where each partition begins in `order`, and the end. */
  readonly starts: Uint32Array;
  readonly country: Uint32Array;
  readonly firstName: Uint32Array;
  /** By record. */
  readonly plan: Uint32Array;
};

const AT_ONCE = 16_384;

export async function keyOrder(
  population: Population,
  people: number,
  keys: Keys,
  tell: (done: number) => void,
): Promise<KeyOrder> {
  const write = keyWriter(keys);
  const print = remembered(fingerprinter(keys));
  const words = new Uint32Array(4 * people);
  const [country, firstName] = [new Uint32Array(people), new Uint32Array(people)];
  const starts = new Uint32Array(PARTITIONS + 1);
  for (let i = 0; i < people; i++) {
    const person = population.person(i);
    write("email", person.email, words, 4 * i);
    country[i] = print(person.country);
    firstName[i] = print(person.firstName);
    const after = partitionOf(words, i) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
    if (i % AT_ONCE !== 0) continue;
    tell(i / people);
    await setImmediate();
  }
  for (let p = 1; p <= PARTITIONS; p++) starts[p] = (starts[p] ?? 0) + (starts[p - 1] ?? 0);
  const plan = Uint32Array.from({ length: RECORDS }, (_, p) => print(planIn(p)));
  return { keys: words, order: sorted(words, starts), starts, country, firstName, plan };
}

const partitionOf = (words: Uint32Array, i: number): number => (words[4 * i] ?? 0) >>> (32 - PARTITION_BITS);

/** Into their partitions first: sorting few at a time is quicker than all at once. */
function sorted(words: Uint32Array, starts: Uint32Array): Uint32Array {
  const order = new Uint32Array(words.length / 4);
  const next = starts.slice();
  for (let i = 0; i < order.length; i++) {
    const p = partitionOf(words, i);
    order[next[p] ?? 0] = i;
    next[p] = (next[p] ?? 0) + 1;
  }
  for (let p = 0; p < PARTITIONS; p++) {
    order.subarray(starts[p], starts[p + 1]).sort((a, b) => {
      for (let w = 0; w < 4; w++) {
        const d = (words[4 * a + w] ?? 0) - (words[4 * b + w] ?? 0);
        if (d !== 0) return d;
      }
      return 0;
    });
  }
  return order;
}

/** A million people have few countries, first names and plans. */
function remembered(print: (value: string | null) => number): (value: string | null) => number {
  const known = new Map<string | null, number>();
  return (value) => {
    let n = known.get(value);
    if (n === undefined) {
      n = print(value);
      known.set(value, n);
    }
    return n;
  };
}

export type SetOf = {
  readonly line: HistoryLine;
  /** Records that its last reading showed. */
  readonly packed: Uint16Array;
  readonly asOf: Instant;
  readonly epoch: number;
  /** Attributes that nobody has a value of: the column has another name, or the system has no such field. */
  readonly without: readonly AttributeName[];
};

/** Writes the member set of the last day, with all of its history in the presence words. */
export async function writeSet(s: SetOf, order: KeyOrder): Promise<void> {
  const { target, reads, lastRead } = s.line;
  const writer = await SetWriter.create(target.file);
  const all = reads.at(-1) ?? 0;
  const consent = consentTable(target.system);
  try {
    for (let p = 0; p < PARTITIONS; p++) await writer.write(partition(p, s, order, consent));
    await writer.commit({
      identity: "email",
      attributes: target.attributes,
      asOf: s.asOf,
      ordinal: all - 1,
      epoch: s.epoch,
      size: s.line.counts(lastRead).size,
      reads: Math.min(64, all),
    });
  } catch (e) {
    await writer.abort();
    throw e;
  }
}

const consentTable = (system: SystemName): Uint8Array =>
  Uint8Array.from({ length: RECORDS }, (_, p) => {
    const told = toldBy(system, p);
    return consentByte(told.consent, told.mailable, false);
  });

function partition(p: number, { line, packed, without }: SetOf, all: KeyOrder, consents: Uint8Array) {
  const { presence: everybody, target } = line;
  const rows = all.order
    .subarray(all.starts[p], all.starts[p + 1])
    .filter((i) => ((everybody[2 * i] ?? 0) | (everybody[2 * i + 1] ?? 0)) !== 0);
  const n = rows.length;
  const keys = new Uint32Array(4 * n);
  const presence = new Uint32Array(2 * n);
  const consent = new Uint8Array(n);
  const prints = target.attributes.map(() => new Uint32Array(n));
  for (let r = 0; r < n; r++) {
    const i = rows[r] ?? 0;
    for (let w = 0; w < 4; w++) keys[4 * r + w] = all.keys[4 * i + w] ?? 0;
    const newest = everybody[2 * i] ?? 0;
    presence[2 * r] = newest;
    presence[2 * r + 1] = everybody[2 * i + 1] ?? 0;
    // Whoever is not there now stays for the history's sake, without anything else.
    if ((newest & 1) === 0) continue;
    consent[r] = consents[packed[i] ?? 0] ?? 0;
    for (let a = 0; a < prints.length; a++) {
      const [column, name] = [prints[a], target.attributes[a]];
      if (column && name && !without.includes(name)) column[r] = printOf(name, i, packed[i] ?? 0, all);
    }
  }
  return { n, keys, presence, prints, consent };
}

function printOf(name: AttributeName, i: number, packed: Packed, all: KeyOrder): number {
  if (name === "plan") return all.plan[packed] ?? 0;
  return (name === "country" ? all.country[i] : all.firstName[i]) ?? 0;
}
