import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { AuditorError, isKind } from "../../core/errors.ts";
import type { AudienceId, PersonKey, SystemId } from "../../core/model.ts";
import { keysAt } from "../../members/past.ts";
import { hexOfWords } from "../../members/person-key.ts";
import { openSpool, type Spool, type SpooledRow } from "../../members/spool.ts";
import type { App } from "../app.ts";
import { spoolPath } from "../audit/set-files.ts";
import { csvLine } from "../compare/csv-cell.ts";
import type { PastReading } from "./members-at.ts";

/** `gone`: people who were in, and whose rows are no longer in the latest sealed rows. */
export type Exported = { readonly written: number; readonly gone: number };

const IDENTIFIERS = ["email", "phone", "customer_id"] as const;

/**
 * Writes the rows of those who were in, as the latest reading has them, to a new file for its owner alone; one
 * partition in memory.
 *
 * @throws AuditorError config: the file is there already or cannot be written
 */
export async function exportPast(
  app: App,
  audience: AudienceId,
  system: SystemId,
  past: PastReading,
  path: string,
): Promise<Exported> {
  const file = await newFile(path);
  const spools: Spool[] = [];
  try {
    await openLatest(app, audience, system, spools);
    const names = app.config.attributes.map((a) => a.name);
    await file.writeFile(csvLine(["id", ...IDENTIFIERS, ...names, "consent"]));
    let written = 0;
    let gone = 0;
    for (let p = 0; p < past.set.partitions; p++) {
      const keys = await keysAt(past.set, p, past.age);
      const people = Array.from({ length: keys.length / 4 }, (_, i) => hexOfWords(keys, 4 * i));
      const rows = await rowsIn(spools, people);
      await file.writeFile([...rows.values()].map((row) => line(row, names)).join(""));
      written += rows.size;
      gone += people.length - rows.size;
    }
    return { written, gone };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
    for (const spool of spools) await spool.close();
  }
}

/** Of the copy, and of all records of its system: who left the copy is often still there. */
async function openLatest(app: App, audience: AudienceId, system: SystemId, spools: Spool[]): Promise<void> {
  for (const segment of [audience, null]) {
    const [latest] = await app.audits.snapshots(segment, system, 1);
    if (latest?.setFile == null) continue;
    try {
      spools.push(await openSpool(join(app.dataDir, spoolPath(latest.setFile)), app.keys));
    } catch (error) {
      if (!isKind(error, "not_found")) throw error;
    }
  }
}

async function rowsIn(
  spools: readonly Spool[],
  people: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, SpooledRow>> {
  const rows = new Map<PersonKey, SpooledRow>();
  for (const spool of spools) {
    const missing = people.filter((person) => !rows.has(person));
    for (const [person, row] of await spool.lookup(missing)) rows.set(person, row);
  }
  return rows;
}

const line = (row: SpooledRow, names: readonly string[]): string =>
  csvLine([
    row.id,
    ...IDENTIFIERS.map((kind) => row.identifiers[kind] ?? ""),
    ...names.map((name) => (Object.hasOwn(row.attributes, name) ? (row.attributes[name] ?? "") : "")),
    row.consent,
  ]);

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw new AuditorError(
      "config",
      "--out",
      taken ? `${path} is there already` : `${path} cannot be written`,
      taken ? "name another file, or take that one away" : "name a file in a folder that you may write to",
      { cause },
    );
  }
}
