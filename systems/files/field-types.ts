import type { FieldType } from "../../core/model.ts";

/** Filled values per column that the guess rests on. */
const ENOUGH = 300;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const BOOLEAN = /^(?:true|false|yes|no)$/i;
const TIMESTAMP = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

const typeOf = (value: string): FieldType =>
  NUMBER.test(value)
    ? "number"
    : BOOLEAN.test(value)
      ? "boolean"
      : TIMESTAMP.test(value)
        ? "timestamp"
        : "text";

/** Guesses what the columns of a CSV hold, from their first filled values; "empty" means empty in the whole file. */
export class FieldTypes {
  readonly #names: readonly string[];
  readonly #types: FieldType[];
  readonly #seen: number[];
  /** Columns that still need values. */
  #open: number[];

  constructor(columns: readonly string[]) {
    this.#names = columns;
    this.#types = columns.map(() => "empty");
    this.#seen = columns.map(() => 0);
    this.#open = columns.flatMap((name, i) => (name === "" ? [] : [i]));
  }

  note(row: readonly string[]): void {
    let full = false;
    for (const i of this.#open) {
      if (!this.#look(i, row[i] ?? "")) full = true;
    }
    if (full) this.#close();
  }

  /** Columns that still need values. */
  get open(): readonly number[] {
    return this.#open;
  }

  /** Looks at one field. @returns false: its column needs no more */
  noteField(column: number, text: string): boolean {
    const open = this.#look(column, text);
    if (!open) this.#close();
    return open;
  }

  #look(i: number, text: string): boolean {
    const value = text.trim();
    if (value === "") return true;
    const type = typeOf(value);
    const before = this.#types[i];
    this.#types[i] = before === "empty" || before === type ? type : "text";
    this.#seen[i] = (this.#seen[i] as number) + 1;
    return (this.#seen[i] as number) < ENOUGH;
  }

  #close(): void {
    this.#open = this.#open.filter((i) => (this.#seen[i] as number) < ENOUGH);
  }

  result(): Record<string, FieldType> {
    return Object.fromEntries(
      this.#names.flatMap((name, i) => (name === "" ? [] : [[name, this.#types[i] as FieldType]])),
    );
  }
}
