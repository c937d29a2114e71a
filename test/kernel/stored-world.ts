import fc from "fast-check";
import type { Purpose } from "../../core/config.ts";
import { audienceId, type Instant, systemId } from "../../core/model.ts";
import { checksum } from "../../members/checksum.ts";
import type { CompareInput } from "../../members/compare-sets.ts";
import { fingerprinter, PRINT_ABSENT, PRINT_NULL } from "../../members/fingerprint.ts";
import { deriveKeys } from "../../members/keys.ts";
import type { MemberSet, Partition } from "../../members/member-set.ts";
import type { Place } from "../../members/set-file.ts";
import { bodyBytes, type Column, columnAt, columnStarts } from "../../members/set-layout.ts";

export const KEYS = deriveKeys(Buffer.alloc(32, 42));
const VALUES = ["free", "pro", "team"];
const print = fingerprinter(KEYS);

export type Random = (below: number) => number;

/** Always the same for one seed. */
export function randomOf(seed: number): Random {
  let x = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** Keys of one partition, in order: spread, and some that share their first, second or third word. */
export function keysOf(random: Random, people: number): (readonly number[])[] {
  const keys = new Map<string, readonly number[]>();
  let last = [0, 0, 0, 0];
  while (keys.size < people) {
    const same = random(4);
    const word = (k: number): number => (k < same ? (last[k] as number) : random(2 ** 32) & 0x00ff_ffff);
    last = [word(0), random(8) === 0 ? 0xffff_ffff : word(1), word(2), random(2 ** 32)];
    keys.set(last.join(), last);
  }
  return [...keys.values()].sort((a, b) => {
    const k = a.findIndex((w, j) => w !== b[j]);
    return (a[k] as number) - (b[k] as number);
  });
}

/** Steady, joined, left, flipping, or anything at all. */
function wordsOf(random: Random): [number, number] {
  const far = random(3) === 0 ? random(2 ** 32) : 0xffff_ffff;
  switch (random(6)) {
    case 0:
      return [0xffff_ffff, far];
    case 1:
      return [2 ** random(33) - 1, 0];
    case 2:
      return [(0xffff_ffff << (1 + random(31))) >>> 0, far];
    case 3:
      return [(0xb6db_6db6 >>> random(3)) >>> 0, far];
    case 4:
      return [(random(2 ** 32) | random(2 ** 32)) >>> 0, far];
    default:
      return [random(2 ** 32), random(2 ** 32)];
  }
}

export function partOf(
  random: Random,
  keys: readonly (readonly number[])[],
  attributes: number,
  share: number,
  variety: number,
): Partition {
  const here = keys.filter(() => random(100) < share);
  const n = here.length;
  const part = {
    n,
    keys: Uint32Array.from(here.flat()),
    presence: new Uint32Array(2 * n),
    prints: Array.from({ length: attributes }, () => new Uint32Array(n)),
    consent: new Uint8Array(n),
  };
  // A few characters that many people share: only then are people counted together.
  const characters = Array.from({ length: variety }, () => ({
    words: wordsOf(random),
    prints: part.prints.map(() => {
      const which = random(6);
      return which === 0 ? PRINT_ABSENT : which === 1 ? PRINT_NULL : print(VALUES[random(3)] as string);
    }),
    // also of people who are history, where it says nothing
    consent: random(6) | (random(16) << 3),
  }));
  for (let i = 0; i < n; i++) {
    const { words, prints, consent } = characters[random(variety)] as (typeof characters)[number];
    // beyond the 33rd reading nothing looks
    const far = random(2) === 0 ? words[1] : (words[1] & 1) | (random(2 ** 32) & ~1);
    part.presence.set([words[0], far >>> 0], 2 * i);
    for (const [a, column] of part.prints.entries()) column[i] = prints[a] as number;
    part.consent[i] = consent;
  }
  return part;
}

let files = 0;

/** As a set file has them, column by column; the zeros at the end count to the last. */
function checksums(part: Partition, attributes: number): number[] {
  const bytes = (c: Uint32Array | Uint8Array) => new Uint8Array(c.buffer, c.byteOffset, c.byteLength);
  const zeros = new Uint8Array(bodyBytes(part.n, attributes) - part.n * (25 + 4 * attributes));
  const columns = [part.keys, part.presence, ...part.prints].map((c) => checksum(bytes(c)));
  return [...columns, checksum(bytes(part.consent), zeros)];
}

/** Partitions of a set in memory: enough for every turn, and many cases a second. */
const FEW = 4;

/** A set that is nowhere but in memory, with these partitions first. */
export function memorySet(
  parts: readonly Partition[],
  attributes: readonly string[],
  reads: number,
  partitions = FEW,
): MemberSet {
  const bodies = parts.map((part) => {
    const bytes = Buffer.alloc(bodyBytes(part.n, attributes.length));
    let at = 0;
    for (const column of [part.keys, part.presence, ...part.prints, part.consent]) {
      bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
      at += column.byteLength;
    }
    return bytes;
  });
  const none = new Uint32Array(0);
  const empty = {
    n: 0,
    keys: none,
    presence: none,
    prints: attributes.map(() => none),
    consent: new Uint8Array(0),
  };
  let offset = 0;
  const places = Array.from({ length: partitions }, (_, p): Place => {
    const place = {
      offset,
      rows: parts[p]?.n ?? 0,
      checksums: checksums(parts[p] ?? empty, attributes.length),
    };
    offset += bodies[p]?.length ?? 0;
    return place;
  });
  const path = `memory ${files++}`;
  const columnOf = (p: number, column: Column): Uint8Array => {
    const starts = columnStarts(parts[p]?.n ?? 0, attributes.length);
    const c = columnAt(column, attributes.length);
    return bodies[p]?.subarray(starts[c], starts[c + 1]) ?? new Uint8Array(0);
  };
  return {
    path,
    size: parts.reduce((n, part) => n + part.presence.filter((w, k) => k % 2 === 0 && w & 1).length, 0),
    partitions,
    attributes,
    identity: "email",
    asOf: "2026-11-23T06:00:00.000Z" as Instant,
    ordinal: null,
    epoch: 1,
    reads,
    finest: partitions,
    load: async (p) => parts[p] ?? empty,
    bodyBytes: (p) => bodies[p]?.length ?? 0,
    bodyInto: async (p, target) => {
      target.set(bodies[p] ?? []);
      return parts[p]?.n ?? 0;
    },
    columnBytes: (p, column) => columnOf(p, column).length,
    columnInto: async (p, column, target) => {
      target.set(columnOf(p, column));
      return parts[p]?.n ?? 0;
    },
    bodies: () => ({
      path,
      fd: null,
      whole: Buffer.concat(bodies),
      attributes: attributes.length,
      partitions,
      places,
    }),
    close: async () => undefined,
  };
}

export const world = fc.record({
  seed: fc.nat(),
  systems: fc.integer({ min: 1, max: 8 }),
  people: fc.integer({ min: 0, max: 60 }),
  share: fc.constantFrom<number>(30, 90, 100),
  variety: fc.constantFrom(1, 2, 3, 40),
  lists: fc.integer({ min: 0, max: 3 }),
  purpose: fc.constantFrom<Purpose>("marketing", "lifecycle", "suppression"),
  hours: fc.constantFrom(1, 6, 24),
});
export type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const ATTRIBUTES = ["plan", "city", "tier"];
const RUNS = Array.from({ length: 40 }, (_, k) => `run ${k}`);

/** A panel of random sets: with and without bases, rules, histories; some sets stand in two places. */
export function panelOfWorld(w: World, partitions = FEW): CompareInput {
  const random = randomOf(w.seed);
  const keys = [keysOf(random, w.people), keysOf(random, random(w.people + 1))].map((list, p) =>
    list.map(([first, ...rest]) => [((p << 24) | (first as number)) >>> 0, ...rest]),
  );
  const sets: MemberSet[] = [];
  const setOf = (attributes: readonly string[], again: boolean): MemberSet => {
    if (again && sets.length > 0) return sets[random(sets.length)] as MemberSet;
    const parts = keys.map((list) => partOf(random, list, attributes.length, w.share, w.variety));
    const set = memorySet(parts, attributes, 1 + random(64), partitions);
    sets.push(set);
    return set;
  };
  const some = (): string[] => ATTRIBUTES.filter(() => random(3) > 0).sort(() => random(3) - 1);
  const segments = Array.from({ length: w.systems }, (_, s) => {
    const set = setOf(some(), random(10) === 0);
    return {
      system: systemId(`s${s}`),
      set,
      base: random(2) === 0 ? null : setOf([...set.attributes, "record"], random(8) === 0),
      where: null,
      runs: random(3) === 0 ? null : RUNS.filter(() => random(10) > 0),
    };
  });
  const owner = random(w.systems);
  const known = segments[owner]?.set.attributes ?? [];
  return {
    purpose: w.purpose,
    owner: systemId(`s${owner}`),
    segments: segments.map((segment) => ({
      ...segment,
      where:
        random(2) === 0
          ? null
          : Object.fromEntries(
              known.filter(() => random(2) === 0).map((name) => [name, VALUES.filter(() => random(2) === 0)]),
            ),
    })),
    excluded: Array.from({ length: w.lists }, (_, e) => ({
      list: audienceId(`x${e}`),
      set: setOf([], random(8) === 0),
      optOut: random(2) === 0,
    })),
    keys: KEYS,
    hours: w.hours,
  };
}
