import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { AuditorError } from "../../core/errors.ts";
import { AtomicFile } from "../../members/atomic-file.ts";
import { csvLine } from "./csv-cell.ts";
import { writeError } from "./disk.ts";

/** One file per kind of difference, `<kind>.csv`. */
export const PEOPLE_KINDS = ["missing", "extra", "mismatched", "duplicates", "unusable"] as const;
export type PeopleKind = (typeof PEOPLE_KINDS)[number];

const FLUSH_CHARACTERS = 1 << 16;

/** Raw identifiers, because a person asked for them: readable by the owner only, and there whole or not at all. */
export class PeopleFiles {
  readonly #folder: string;
  readonly #shown: string;
  readonly #files = new Map<PeopleKind, { file: AtomicFile; waiting: string }>();

  private constructor(folder: string, shown: string) {
    this.#folder = folder;
    this.#shown = shown;
  }

  /**
   * @param inputs files that must not be overwritten
   * @throws AuditorError config when the folder cannot be made or holds an input under one of our names
   */
  static async in(folder: string, shown: string, inputs: readonly string[]): Promise<PeopleFiles> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new AuditorError(
        "config",
        shown,
        "the folder cannot be made",
        "name a folder for --out that you may write",
        { cause },
      );
    }
    const real = await realpath(folder);
    for (const kind of PEOPLE_KINDS) {
      if (inputs.includes(join(real, `${kind}.csv`)))
        throw new AuditorError(
          "config",
          shown,
          `${kind}.csv there is one of the files to compare`,
          "name another folder for --out",
        );
    }
    return new PeopleFiles(real, shown);
  }

  /** Starts every file with its header; a file without people is its header alone, so that none is left from before. */
  async start(headers: Readonly<Record<PeopleKind, readonly string[]>>): Promise<void> {
    for (const kind of PEOPLE_KINDS) {
      const file = await this.#onDisk(kind, () => AtomicFile.create(join(this.#folder, `${kind}.csv`)));
      this.#files.set(kind, { file, waiting: csvLine(distinct(headers[kind])) });
    }
  }

  /** @returns null: it waits for more; most rows do, and a promise for each would cost as much as the row */
  row(kind: PeopleKind, cells: readonly string[]): Promise<void> | null {
    const target = this.#files.get(kind);
    if (target === undefined) throw new RangeError(`${kind}.csv was not started`);
    target.waiting += csvLine(cells);
    if (target.waiting.length < FLUSH_CHARACTERS) return null;
    const { waiting } = target;
    target.waiting = "";
    return this.#onDisk(kind, () => target.file.write(Buffer.from(waiting)));
  }

  /**
   * All files are whole before the first replaces the one of an earlier run.
   *
   * @returns names of the files, empty when none was started
   */
  async commit(): Promise<string[]> {
    for (const [kind, { file, waiting }] of this.#files) {
      await this.#onDisk(kind, async () => {
        await file.write(Buffer.from(waiting));
        await file.complete({ durable: false });
      });
    }
    const names: string[] = [];
    for (const [kind, { file }] of this.#files) {
      await this.#onDisk(kind, () => file.commit({ durable: false }));
      this.#files.delete(kind);
      names.push(`${kind}.csv`);
    }
    return names;
  }

  async #onDisk<T>(kind: PeopleKind, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw writeError(error, `${this.#shown}/${kind}.csv`);
    }
  }

  async abort(): Promise<void> {
    for (const { file } of this.#files.values()) await file.abort();
    this.#files.clear();
  }
}

/** A table with two columns of one name cannot be read back by name. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    taken.add(free);
    return free;
  });
}
