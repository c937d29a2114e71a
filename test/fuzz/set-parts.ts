import { checksum } from "../../members/checksum.ts";
import type { Random } from "../simulation/random.ts";

const TRAILER = 24;
/** Fields of the trailer: bytes from its beginning. */
const OFFSET_LOW = 0;
const JSON_BYTES = 8;
const PARTITIONS = 12;
const CHECKSUM = 16;

/** Where the parts of a set file stand; see docs/member-sets.md. */
export type Parts = {
  readonly directory: number;
  readonly json: number;
  readonly trailer: number;
  readonly partitions: number;
  /** Bytes that the directory has for a partition: offset 8, rows 4, checksums 4 each. */
  readonly entry: number;
};

export function partsOf(file: Buffer): Parts {
  const trailer = file.length - TRAILER;
  const directory = file.readUInt32LE(trailer + OFFSET_LOW);
  const json = trailer - file.readUInt32LE(trailer + JSON_BYTES);
  const partitions = file.readUInt32LE(trailer + PARTITIONS);
  return {
    directory,
    json,
    trailer,
    partitions,
    entry: (json - directory) / partitions,
  };
}

/** Makes the checksum of directory and head right again, so that a reader has to look at what they say. */
export function signed(file: Buffer, from: number): Buffer {
  const end = file.length - TRAILER + CHECKSUM;
  file.writeUInt32LE(checksum(file.subarray(from, end)), end);
  return file;
}

const HOSTILE_NUMBERS = [
  0,
  1,
  2,
  7,
  8,
  255,
  256,
  4096,
  65_535,
  1 << 20,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 8,
  2 ** 32 - 1,
];

/** A lie in the directory or the trailer, with right checksums. */
export function lyingNumbers(whole: Buffer, random: Random): Buffer {
  const file = Buffer.from(whole);
  const parts = partsOf(file);
  for (let left = random.between(1, 3); left > 0; left--) {
    const trailer = random.chance(0.4);
    const entry = parts.directory + parts.entry * random.between(0, parts.partitions - 1);
    const at = trailer
      ? parts.trailer + 4 * random.between(0, 3)
      : entry + random.pick([0, 4, 8, 8, 8, 4 * random.between(0, parts.entry / 4 - 1)]);
    const old = file.readUInt32LE(at);
    const put = random.weighted({ hostile: 3, near: 2, other: 1 });
    const other = file.readUInt32LE(
      parts.directory + 4 * random.between(0, (parts.json - parts.directory) / 4 - 1),
    );
    const value = { hostile: random.pick(HOSTILE_NUMBERS), near: old + random.pick([-8, -1, 1, 8]), other }[
      put
    ];
    file.writeUInt32LE(value >>> 0, at);
  }
  return signed(file, parts.directory);
}

/** Two partitions change places in the directory, with right checksums. */
export function swappedPartitions(whole: Buffer, random: Random): Buffer {
  const file = Buffer.from(whole);
  const { directory, entry, partitions } = partsOf(file);
  const [a, b] = [random.between(0, partitions - 1), random.between(0, partitions - 1)].map(
    (p) => directory + p * entry,
  ) as [number, number];
  const first = Buffer.from(file.subarray(a, a + entry));
  file.copyWithin(a, b, b + entry);
  first.copy(file, b);
  return signed(file, directory);
}

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  1e9,
  "",
  "x",
  "x".repeat(100_000),
  "\ud800",
  [],
  {},
  [null],
  [1, 2],
  ["x", "x"],
  ["__proto__"],
  { length: 3 },
  { length: 1e9 },
  { length: -7 },
  [[[[[[]]]]]],
  "constructor",
];

/** The head says what it never says, or is no JSON at all, with right checksums. */
export function lyingHead(whole: Buffer, random: Random): Buffer {
  const { json, trailer } = partsOf(whole);
  const text = whole.toString("utf8", json, trailer);
  const way = random.weighted({ value: 6, missing: 2, more: 1, cut: 1, bytes: 1, other: 1 });
  let put = Buffer.from(text);
  if (way === "cut") put = put.subarray(0, random.between(0, put.length - 1));
  else if (way === "bytes")
    put = Buffer.from(Array.from({ length: random.between(0, 80) }, () => random.between(0, 255)));
  else if (way === "other") put = Buffer.from(JSON.stringify(random.pick(HOSTILE_VALUES)));
  else {
    const head = JSON.parse(text) as Record<string, unknown>;
    const name = random.pick(Object.keys(head));
    if (way === "missing") delete head[name];
    else if (way === "more")
      head[random.pick(["path", "load", "close", "partitions", "toString", "x"])] =
        random.pick(HOSTILE_VALUES);
    else head[name] = inside(head[name], random);
    put = Buffer.from(JSON.stringify(head));
  }
  return withHead(whole, put);
}

/** The same file with another head, and right checksums. */
export function withHead(whole: Buffer, head: Buffer): Buffer {
  const { directory, json, trailer } = partsOf(whole);
  const file = Buffer.concat([whole.subarray(0, json), head, whole.subarray(trailer)]);
  file.writeUInt32LE(head.length, file.length - TRAILER + JSON_BYTES);
  return signed(file, directory);
}

/** The value itself or something in it. */
function inside(value: unknown, random: Random): unknown {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.6)) {
    const at = random.between(0, value.length - 1);
    return value.map((one: unknown, i) => (i === at ? inside(one, random) : one));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random.chance(0.7)) {
    const names = Object.keys(value);
    if (names.length > 0) return { ...value, [random.pick(names)]: random.pick(HOSTILE_VALUES) };
  }
  return random.pick(HOSTILE_VALUES);
}

/** Cut, changed, swapped, longer: what disks and copies do. */
export function damagedFile(whole: Buffer, random: Random): Buffer {
  let file = Buffer.from(whole);
  for (let left = random.pick([1, 1, 1, 2, 4]); left > 0; left--) {
    const at = random.between(0, Math.max(0, file.length - 1));
    const length = random.pick([1, 4, 8, 16, 64, 512, 4096]);
    const way = random.weighted({ flip: 5, cut: 2, zero: 1, ones: 1, swap: 1, drop: 1, add: 1, end: 2 });
    if (way === "flip" && file.length > 0) file[at] = (file[at] as number) ^ (1 << random.between(0, 7));
    else if (way === "cut")
      file = file.subarray(0, random.chance(0.3) ? at : Math.max(0, file.length - length));
    else if (way === "zero") file.subarray(at, at + length).fill(0);
    else if (way === "ones") file.subarray(at, at + length).fill(255);
    else if (way === "drop") file = Buffer.concat([file.subarray(0, at), file.subarray(at + length)]);
    else if (way === "add")
      file = Buffer.concat([file.subarray(0, at), file.subarray(at, at + length), file.subarray(at)]);
    else if (way === "end" && file.length >= 200) {
      const place = file.length - random.between(1, 200);
      file[place] = random.between(0, 255);
    } else if (way === "swap") {
      const to = random.between(0, Math.max(0, file.length - length));
      const moved = Buffer.from(file.subarray(at, at + length));
      file.copyWithin(at, to, to + length);
      moved.copy(file, to);
    }
  }
  return file;
}
