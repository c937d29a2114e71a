// Writes one set over and over, in 256 partitions and in 512 by turns; the values of its people tell which writing it was.
// Usage: node writing-child.mjs <dist> <file> <people> <first value>
import { join } from "node:path";

const [dist, file, people, first] = process.argv.slice(2);
const { SetWriter } = await import(join(dist, "members/set-writer.js"));

/** @param {number} p @param {number} value */
function partition(p, value) {
  const n = Number(people) / 256;
  const keys = Uint32Array.from({ length: 4 * n }, (_, w) => (w % 4 === 0 ? p * 2 ** 24 + w / 4 : 0));
  const presence = Uint32Array.from({ length: 2 * n }, (_, w) => (w % 2 === 0 ? value : 0));
  const consent = new Uint8Array(n).fill(value & 127);
  return { n, keys, presence, prints: [new Uint32Array(n).fill(value)], consent };
}

for (let value = Number(first); ; value++) {
  const writer = await SetWriter.create(file, { partitions: value % 2 === 0 ? 256 : 512 });
  for (let p = 0; p < 256; p++) await writer.write(partition(p, value));
  await writer.commit({
    identity: "email",
    attributes: ["plan"],
    asOf: "2026-11-23T06:00:00.000Z",
    ordinal: value,
    epoch: 1,
    size: Number(people),
    reads: 1,
  });
  process.stdout.write(`${value}\n`);
}
