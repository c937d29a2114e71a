import type { NamedFile } from "../../members/kernel/name-people.ts";
import { NoteList } from "../../members/kernel/note-list.ts";
import { NOTE, type Note } from "../../members/kernel/notes.ts";
import { rowNumber } from "../../members/kernel/row-places.ts";
import type { PeopleFiles } from "./people-files.ts";
import { goOn } from "./read-file.ts";
import { type PlacedFile, RowReader } from "./row-reader.ts";

/** Rows that are held at once. */
const BATCH = 250_000;
/** Rows of a file that name somebody named before; of more, the reference writes them, in several passes. */
const MOST_REPEATED = 250_000;

export type NamingInput = {
  readonly files: readonly PlacedFile[];
  readonly owner: number;
  readonly attributes: readonly string[];
  readonly people: PeopleFiles;
  readonly signal: AbortSignal;
};

/** Rows are counted with the header as row 1. */
const numbered = (row: number): string => String(row + 2);

type Repeated = { readonly first: number; readonly offset: number; readonly row: number };

/**
 * Writes the people behind the counts from the places of their rows: the same files as `writePeople`, without having
 * kept a row.
 */
export class NameByPlace {
  readonly #input: NamingInput;
  readonly #readers: readonly RowReader[];
  /** Of the partition that is being noted: one list a file and kind. */
  readonly #now: readonly (readonly NoteList[])[];
  readonly #waiting = new NoteList();
  readonly #repeated: Repeated[][];

  constructor(input: NamingInput) {
    this.#input = input;
    this.#readers = input.files.map((file) => new RowReader(file));
    this.#now = input.files.map(() => [new NoteList(), new NoteList(), new NoteList()]);
    this.#repeated = input.files.map(() => []);
  }

  add(note: Note): void {
    if (note.kind !== NOTE.repeated) this.#now[note.set]?.[note.kind]?.push(note);
    else if ((this.#repeated[note.set]?.length ?? 0) <= 2 * MOST_REPEATED)
      this.#repeated[note.set]?.push({ first: note.owner, offset: note.here, row: note.detail });
  }

  /** Everybody whose key begins with one byte was noted: people are written by byte, then file, then key. */
  async endByte(): Promise<void> {
    for (const kinds of this.#now) {
      for (const notes of kinds) {
        this.#waiting.append(notes);
        notes.clear();
      }
    }
    if (this.#waiting.length >= BATCH) await this.#write();
  }

  /** After the last. */
  async end(): Promise<void> {
    await this.#write();
  }

  async #write(): Promise<void> {
    const { length } = this.#waiting;
    for (let from = 0; from < length; from += BATCH)
      await this.#writeBatch(from, Math.min(length, from + BATCH));
    this.#waiting.clear();
  }

  async #writeBatch(from: number, to: number): Promise<void> {
    const { people, owner, attributes, signal } = this.#input;
    goOn(signal);
    const wanted = this.#readers.map((): number[] => []);
    for (let n = from; n < to; n++) {
      const note = this.#waiting.at(n);
      if (note.kind !== NOTE.extra) wanted[owner]?.push(note.owner);
      if (note.kind !== NOTE.missing) wanted[note.set]?.push(note.here);
    }
    const rows = [];
    for (const [f, reader] of this.#readers.entries()) rows.push(await reader.read(wanted[f] ?? []));
    for (let n = from; n < to; n++) {
      const { kind, set, detail, owner: there, here } = this.#waiting.at(n);
      const label = this.#input.files[set]?.label ?? "";
      const theirs = kind === NOTE.extra ? [] : (rows[owner]?.at(there) ?? []);
      const row = kind === NOTE.missing ? [] : (rows[set]?.at(here) ?? []);
      const full =
        kind === NOTE.missing
          ? people.row("missing", [label, ...theirs])
          : kind === NOTE.extra
            ? people.row("extra", [label, ...row])
            : people.row("mismatched", [
                label,
                row[0] ?? "",
                attributes[detail] ?? "",
                theirs[detail + 1] ?? "",
                row[detail + 1] ?? "",
              ]);
      if (full !== null) await full;
    }
  }

  /**
   * Writes the rows of one file that name somebody twice or nobody, those of one person together.
   *
   * @param duplicates how many there are beyond the first of each person
   * @param known null: not all of them are
   * @returns false when they are too many to hold: nothing of them was written
   */
  async writeRepeated(f: number, duplicates: number, known: NamedFile | null): Promise<boolean> {
    const { people, files } = this.#input;
    const rows = this.#repeated[f] ?? [];
    const { unusable, rowIndex } = known ?? { unusable: null, rowIndex: null };
    if (unusable === null || rowIndex === null || duplicates > MOST_REPEATED) return false;
    const label = files[f]?.label ?? "";
    const reader = this.#readers[f] as RowReader;
    // A person stands where their first row does.
    rows.sort((a, b) => a.first - b.first || a.offset - b.offset);
    for (let from = 0; from < rows.length; from += BATCH) {
      goOn(this.#input.signal);
      const some = rows.slice(from, from + BATCH);
      const read = await reader.read(some.map((r) => r.offset));
      for (const { offset, row } of some)
        await people.row("duplicates", [
          label,
          numbered(rowNumber(rowIndex, offset, row)),
          ...read.at(offset),
        ]);
    }
    for (let from = 0; from < unusable.length; from += 2 * BATCH) {
      const some = unusable.subarray(from, from + 2 * BATCH);
      const read = await reader.read([...some].filter((_, i) => i % 2 === 0));
      for (let k = 0; k < some.length; k += 2)
        await people.row("unusable", [
          label,
          numbered(some[k + 1] as number),
          read.at(some[k] as number)[0] ?? "",
        ]);
    }
    return true;
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) await reader.close();
  }
}
