import type { FieldType } from "../core/model.ts";
import { renames } from "./renames.ts";

/** What one reading shows of a copy: its fields, and records by value of the attributes that have a few. */
export type Schema = {
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

type Gone = { readonly name: string; readonly renamedTo: string | null };
type Came = { readonly name: string; readonly renamedFrom: string | null };

export type SchemaDiff = {
  readonly gone: readonly (Gone & { readonly type: FieldType })[];
  readonly added: readonly (Came & { readonly type: FieldType })[];
  readonly retyped: readonly { readonly name: string; readonly from: FieldType; readonly to: FieldType }[];
  /** Only attributes whose values differ. */
  readonly values: readonly {
    readonly attribute: string;
    readonly gone: readonly (Gone & { readonly records: number })[];
    readonly added: readonly (Came & { readonly records: number })[];
  }[];
};

/** A value renamed keeps about as many records. */
const FEWER = 0.8;

/**
 * What differs between two schemas, sorted by name. A rename is only suggested where the vanished and the new one came
 * in one step, are named alike, and are of one type (fields) or about as frequent (values). A field that is empty in
 * one of them has no type there, so that it is not retyped.
 */
export function diffSchemas(before: Schema, now: Schema): SchemaDiff {
  const lost = onlyIn(before.fields, now.fields);
  const found = onlyIn(now.fields, before.fields);
  const type = (s: Schema, name: string): FieldType => s.fields[name] ?? "empty";
  const to = renames(lost, found, (g, c) => type(before, g) === type(now, c));
  const from = reversed(to);
  return {
    gone: lost.map((name) => ({ name, type: type(before, name), renamedTo: to.get(name) ?? null })),
    added: found.map((name) => ({ name, type: type(now, name), renamedFrom: from.get(name) ?? null })),
    retyped: sorted(Object.keys(before.fields)).flatMap((name) => {
      const [a, b] = [type(before, name), type(now, name)];
      return !Object.hasOwn(now.fields, name) || a === b || a === "empty" || b === "empty"
        ? []
        : [{ name, from: a, to: b }];
    }),
    values: sorted([...new Set([...Object.keys(before.values), ...Object.keys(now.values)])]).flatMap(
      (attribute) =>
        valuesOf(attribute, own(before.values, attribute) ?? {}, own(now.values, attribute) ?? {}),
    ),
  };
}

function valuesOf(
  attribute: string,
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): SchemaDiff["values"] {
  const [lost, found] = [onlyIn(before, now), onlyIn(now, before)];
  if (lost.length + found.length === 0) return [];
  const records = (of: Readonly<Record<string, number>>, value: string) => own(of, value) ?? 0;
  const to = renames(lost, found, (g, c) => {
    const [a, b] = [records(before, g), records(now, c)];
    return Math.min(a, b) >= FEWER * Math.max(a, b);
  });
  const from = reversed(to);
  return [
    {
      attribute,
      gone: lost.map((name) => ({ name, records: records(before, name), renamedTo: to.get(name) ?? null })),
      added: found.map((name) => ({
        name,
        records: records(now, name),
        renamedFrom: from.get(name) ?? null,
      })),
    },
  ];
}

const own = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;

const sorted = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const onlyIn = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] =>
  sorted(Object.keys(a).filter((name) => !Object.hasOwn(b, name)));

const reversed = (pairs: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...pairs].map(([a, b]) => [b, a]));
