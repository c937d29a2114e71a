import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CsvPeople } from "../../members/kernel/csv-people.ts";
import { compileKernel } from "../../members/kernel/instance.ts";
import type { Keys } from "../../members/keys.ts";
import type { Partition } from "../../members/member-set.ts";
import { PARTITIONS } from "../../members/set-layout.ts";

const compiled = compileKernel(
  fileURLToPath(new URL("../../dist/members/kernel/kernel.wasm", import.meta.url)),
);
if (compiled === null) throw new Error("these tests run the built kernel: npm run build");
export const kernelModule = compiled;

export type Layout = ConstructorParameters<typeof CsvPeople>[1];
export type PeopleRead = {
  readonly parts: readonly Partition[];
  readonly counts: ReturnType<CsvPeople["counts"]>;
  readonly finalNewline: boolean;
};

/**
 * Reads a CSV file with the built kernel, in this thread.
 *
 * @param most bytes of rows in memory; the others wait on the disk, in `folder`
 * @returns null: the kernel leaves the file to the reference
 */
export function readPeople(
  path: string,
  layout: Layout,
  keys: Keys,
  most: number,
  folder: string,
): PeopleRead | null {
  const people = new CsvPeople(kernelModule, layout, keys, most, folder);
  const fd = openSync(path, "r");
  try {
    const read = people.read(fd);
    if (read === null) return null;
    const parts = Array.from({ length: PARTITIONS }, (_, p) => people.partition(p));
    return { parts, counts: people.counts(), finalNewline: read.finalNewline };
  } finally {
    closeSync(fd);
    people.close();
  }
}
