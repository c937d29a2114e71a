import type { FieldType } from "../core/model.ts";

/** What the records of one read show of their fields. */
export type FieldNotes = {
  /** Looks at one record. Called once a record, a million times a read: usually only at fields still seen empty. */
  note(record: Readonly<Record<string, unknown>>): void;
  types(): Readonly<Record<string, FieldType>>;
};

/** New fields and changes of type are looked for in the first hundred records and in every fiftieth after them. */
const THOROUGH = 100;
const EVERY = 50;

/** A value beats empty; two kinds of value make a field text. */
export function fieldNotes(): FieldNotes {
  const types = new Map<string, FieldType>();
  const empty = new Set<string>();
  let n = 0;
  const look = (name: string, value: unknown): void => {
    const now = fieldType(value);
    const before = types.get(name);
    if (before === now || (before !== undefined && now === "empty")) return;
    types.set(name, before === undefined || before === "empty" ? now : "text");
    if (now === "empty") empty.add(name);
    else empty.delete(name);
  };
  return {
    note(record) {
      const thorough = n < THOROUGH || n % EVERY === 0;
      n++;
      for (const name of thorough ? Object.keys(record) : empty) look(name, record[name]);
    },
    types: () => Object.fromEntries(types),
  };
}

const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

export function fieldType(value: unknown): FieldType {
  if (value === null || value === undefined || value === "") return "empty";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "string") return TIMESTAMP.test(value) ? "timestamp" : "text";
  return "json";
}
