import { createHash } from "node:crypto";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { MemberRow, PersonKey } from "../../core/model.ts";
import { deriveKeys } from "../../members/keys.ts";
import { hexOfWords } from "../../members/person-key.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { openSpool, spoolText } from "../../members/spool.ts";
import { SpoolWriter } from "../../members/spool-writer.ts";

export type SpoolCost = {
  readonly rows: number;
  readonly wanted: number;
  /** Of the file. */
  readonly bytes: number;
  /** Processor seconds to seal and write all rows, making them left out. */
  readonly writeCpu: number;
  /** Per lookup, in order: opening the spool, finding everybody, their rows parsed. */
  readonly lookups: readonly { readonly seconds: number; readonly cpu: number }[];
};

const KEYS = deriveKeys(Buffer.alloc(32, 5));
const ATTRIBUTES = ["first_name", "plan", "region", "score"];
const LOOKUPS = 5;

/** Well mixed and always the same. */
function mix(i: number, salt: number): number {
  let h = Math.imul(i ^ salt, 0x9e37_79b1);
  h = Math.imul(h ^ (h >>> 15), 0x85eb_ca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

const memberRow = (i: number): MemberRow => ({
  id: `00Q${String(i).padStart(12, "0")}`,
  identifiers: { email: `person${i}@example${i % 97}.com` },
  attributes: {
    first_name: `Name${i % 5000}`,
    plan: ["free", "pro", "team"][i % 3] ?? null,
    region: `eu-${i % 7}`,
    score: i % 11 === 0 ? null : String(i % 1000),
  },
  consent: "subscribed",
  consentAt: "2026-11-01T10:00:00.000Z" as NonNullable<MemberRow["consentAt"]>,
  updatedAt: "2026-11-20T10:00:00.000Z" as NonNullable<MemberRow["updatedAt"]>,
  mailable: true,
  of: [0],
});

/** Person `i` of `n` in partition `p`: keys as even as hashes are, and ascending. */
function writeKeyOf(p: number, i: number, n: number, out: Uint32Array, at: number): void {
  const step = 2 ** 24 / n;
  const low = Math.floor(i * step) + Math.floor((mix(i, p) / 2 ** 32) * step);
  out[at] = p * 2 ** 24 + low;
  for (let k = 1; k < 4; k++) out[at + k] = mix(i * 4 + k, p);
}

const cpuSince = (before: NodeJS.CpuUsage): number => {
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
};

/**
 * Names `wanted` people out of a spool of `rows`: writes the spool, always the same one, and looks the same people up
 * five times. The page cache is warm after writing.
 *
 * @param folder gets one file of about 200 bytes a row, and loses it again
 * @param rows up to 2 billion
 * @throws Error when a row is not found or is another person's
 */
export async function benchSpool(folder: string, rows: number, wanted: number): Promise<SpoolCost> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "bench.spool");
  try {
    const { people, ids, writeCpu } = await written(path, rows, wanted);
    const lookups: { seconds: number; cpu: number }[] = [];
    for (let l = 0; l < LOOKUPS; l++) {
      const start = performance.now();
      const before = process.cpuUsage();
      const spool = await openSpool(path, KEYS);
      const found = await spool.lookup(people);
      await spool.close();
      lookups.push({ seconds: (performance.now() - start) / 1000, cpu: cpuSince(before) });
      for (const [i, person] of people.entries())
        if (found.get(person)?.id !== ids[i]) throw new Error(`person ${i} of ${wanted} is not themselves`);
    }
    return { rows, wanted: people.length, bytes: statSync(path).size, writeCpu, lookups };
  } finally {
    rmSync(path, { force: true });
  }
}

/** Every `rows / wanted`-th person is looked up later. */
async function written(
  path: string,
  rows: number,
  wanted: number,
): Promise<{ people: PersonKey[]; ids: string[]; writeCpu: number }> {
  const writer = await SpoolWriter.create(path, KEYS, (n) =>
    createHash("sha512").update("bench").digest().subarray(0, n),
  );
  const people: PersonKey[] = [];
  const ids: string[] = [];
  let writeCpu = 0;
  for (let p = 0, i = 0; p < PARTITIONS; p++) {
    const n = Math.floor(((p + 1) * rows) / PARTITIONS) - Math.floor((p * rows) / PARTITIONS);
    const keys = new Uint32Array(4 * n);
    const texts: Buffer[] = [];
    for (let row = 0; row < n; row++, i++) {
      writeKeyOf(p, row, n, keys, 4 * row);
      const member = memberRow(i);
      texts.push(Buffer.from(spoolText(member, ATTRIBUTES), "utf8"));
      if (Math.floor(((i + 1) * wanted) / rows) === Math.floor((i * wanted) / rows)) continue;
      people.push(hexOfWords(keys, 4 * row));
      ids.push(member.id);
    }
    const before = process.cpuUsage();
    await writer.write(keys, texts);
    writeCpu += cpuSince(before);
  }
  const before = process.cpuUsage();
  await writer.commit();
  return { people, ids, writeCpu: writeCpu + cpuSince(before) };
}
