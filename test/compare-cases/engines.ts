import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareFiles } from "../../app/compare/compare-files.ts";
import type { CompareReport } from "../../app/compare/report.ts";
import { compareCsv } from "../../members/kernel/compare-csv.ts";
import { MergePeople } from "../../members/kernel/merge-people.ts";
import type { Merged } from "../../members/kernel/merge-result.ts";
import { deriveKeys } from "../../members/keys.ts";
import type { Partition } from "../../members/member-set.ts";
import { PARTITIONS } from "../../members/set-layout.ts";
import { kernelModule, type PeopleRead, readPeople } from "../kernel/read-people.ts";
import type { Counts } from "./counts.ts";
import { type Case, isPacked } from "./generate.ts";

const BUILT = new URL("../../dist/", import.meta.url);
/** The built program, which has threads and the kernel; the sources have neither and are the reference. */
const built = (await import(new URL("app/compare/compare-files.js", BUILT).href)) as {
  readonly compareFiles: typeof compareFiles;
};

export const folderFor = (what: string): string => mkdtempSync(join(tmpdir(), `plumbline-${what}-`));
const NEWLINE = 10;
const never = new AbortController().signal;
const secret = Buffer.alloc(32, 9);

export function writeCase(c: Case, folder: string): void {
  for (const { name, bytes } of c.files) writeFileSync(join(folder, name), bytes);
}

const options = (c: Case, folder: string): Parameters<typeof compareFiles>[0] => ({
  sources: c.files.map(({ name }) => ({ path: join(folder, name), label: name })),
  owner: c.owner,
  id: c.identity,
  attributes: c.attributes.map((name) => ({ name, columns: [name] })),
  people: null,
  memory: null,
  secret,
  signal: never,
  progress: () => undefined,
});

/** By the TypeScript reference alone. The files are in `folder`. */
export const byReference = (c: Case, folder: string): Promise<CompareReport> =>
  compareFiles(options(c, folder));

/** As `plumbline compare` does it: the kernel, a thread a file, and the reference for what the kernel leaves to it. */
export const byThreads = (c: Case, folder: string): Promise<CompareReport> =>
  built.compareFiles(options(c, folder));

/**
 * By the kernel in this thread, in one memory, as `plumbline compare` does it where there are no threads.
 *
 * @param most as of `byKernel`
 * @returns null: it leaves a file to the reference
 */
export async function byOneThread(c: Case, folder: string, most: number): Promise<Counts | null> {
  const temporary = folderFor("rows");
  try {
    const compared = await compareCsv({
      module: kernelModule,
      threads: 0,
      sources: c.files.map((file, f) => ({
        path: join(folder, file.name),
        gzip: isPacked(file),
        copy: null,
        rows: 40,
        layout: { ...(c.layouts[f] as Case["layouts"][number]), identity: c.identity },
      })),
      owner: c.owner,
      identity: c.identity,
      keys: deriveKeys(secret),
      most,
      temporaryFolder: temporary,
      signal: never,
      onBytes: () => undefined,
    });
    if (compared === null) return null;
    return countsOfMerge(
      c,
      compared.files.map((f) => f.counts),
      compared.merged,
    );
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/**
 * By the kernel in this thread, each text in a memory of its own.
 *
 * @param most bytes of rows in memory; the others wait on the disk
 * @returns null: it leaves a file to the reference
 * @throws when it has no reason to
 */
export function byKernel(c: Case, most: number): Counts | null {
  const keys = deriveKeys(secret);
  const temporary = folderFor("rows");
  try {
    const reads: PeopleRead[] = [];
    for (const [f, layout] of c.layouts.entries()) {
      const { name, text } = c.files[f] as Case["files"][number];
      const path = join(temporary, "text.csv");
      writeFileSync(path, text);
      const read = readPeople(path, { ...layout, identity: c.identity }, keys, most, temporary);
      // It may be careful with a last line that has no line break, and with nothing else of a sound file.
      if (read === null && text.at(-1) === NEWLINE) throw new Error(`the kernel does not read ${name}`);
      if (read === null) return null;
      reads.push(read);
    }
    const merge = new MergePeople(kernelModule, keys, c.identity, reads.length, c.owner, c.attributes.length);
    for (let p = 0; p < PARTITIONS; p++) merge.add(reads.map((r) => r.parts[p] as Partition));
    return countsOfMerge(
      c,
      reads.map((r) => r.counts),
      merge.result(),
    );
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** null: somebody cannot be compared, which is for the reference to say. */
function countsOfMerge(c: Case, counts: readonly PeopleRead["counts"][], merged: Merged): Counts | null {
  if (counts.length < 2 || counts.some((f) => f.size === 0 && f.records > 0)) return null;
  const people = (mine: (mask: number) => boolean): number =>
    [...merged.masks].reduce((n, [mask, here]) => (mine(mask) ? n + here : n), 0);
  const has = (mask: number, f: number): boolean => ((mask >> f) & 1) === 1;
  return {
    files: counts.map((n, f) => ({
      rows: n.records,
      people: n.size,
      duplicates: n.duplicates,
      respelled: n.duplicateByCase,
      unusable: n.invalid,
      missing: people((m) => has(m, c.owner) && !has(m, f)),
      extra: people((m) => has(m, f) && !has(m, c.owner)),
      attributes:
        f === c.owner
          ? []
          : (merged.agreement[f] ?? []).map((a) => [
              a.equal,
              a.differ,
              a.nullHere,
              a.nullAtOwner,
              a.nullBoth,
            ]),
    })),
    masks: Object.fromEntries([...merged.masks].sort(([a], [b]) => a - b).map(([m, n]) => [String(m), n])),
  };
}
