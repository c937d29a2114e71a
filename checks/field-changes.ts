import type { FieldType, Snapshot } from "../core/model.ts";
import { diffSchemas, type Schema, type SchemaDiff } from "./schema-diff.ts";

const LOOK_BACK = 14;
const NONE: SchemaDiff = { gone: [], added: [], retyped: [], values: [] };

/**
 * How the schema of a reading differs from what the readings before it had. A field counts as known when most of the
 * last 14 had it; a type counts when all of them agreed; a value when each of them had it on `people` records. What was
 * ever seen in them is not new. A reading without fields (an empty list) says nothing.
 *
 * @param past earlier complete readings, those that an incident covers left out
 * @param people fewer records make no value
 */
export function fieldChanges(latest: Snapshot, past: readonly Snapshot[], people: number): SchemaDiff {
  const before = past.filter((s) => Object.keys(s.fields).length > 0).slice(-LOOK_BACK);
  if (before.length === 0 || Object.keys(latest.fields).length === 0) return NONE;
  const seen = new Map<string, FieldType[]>();
  for (const s of before) {
    for (const [name, type] of Object.entries(s.fields)) seen.set(name, [...(seen.get(name) ?? []), type]);
  }
  const known = [...seen].filter(([, types]) => types.length * 2 > before.length);
  const usual = Object.fromEntries(known.map(([name, types]) => [name, usualType(types)]));
  const fields = Object.fromEntries(
    Object.entries(latest.fields).filter(([name]) => Object.hasOwn(usual, name) || !seen.has(name)),
  );
  const values = valueSchemas(latest, before, people);
  const diff = diffSchemas({ fields: usual, values: values.before }, { fields, values: values.now });
  return { ...diff, retyped: diff.retyped.filter(({ name, from }) => steady(seen.get(name) ?? [], from)) };
}

const usualType = (types: readonly FieldType[]): FieldType =>
  types.filter((t) => t !== "empty").at(-1) ?? "empty";

/** An emptied column is told by `completeness`; a whole number among texts and the like is a change of type. */
const steady = (types: readonly FieldType[], from: FieldType): boolean =>
  types.length >= 3 && types.every((t) => t === from || t === "empty");

type Values = Schema["values"];
/** Attribute → value → records. */
type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Fewer readings do not tell a value that is always there from one that comes now and then. */
const ENOUGH_READINGS = 3;

/** Values of both sides that count: those known before, and now these and what was never seen. */
function valueSchemas(
  latest: Snapshot,
  before: readonly Snapshot[],
  people: number,
): { before: Values; now: Values } {
  const past = before.map(valuesIn);
  const was: [string, Record<string, number>][] = [];
  const is: [string, Record<string, number>][] = [];
  for (const [attribute, values] of valuesIn(latest)) {
    const told = past.flatMap((p) => p.get(attribute) ?? []);
    if (told.length < ENOUGH_READINGS) continue;
    const ever = new Set(told.flatMap((t) => [...t.keys()]));
    const known = [...ever].filter((v) => told.every((t) => (t.get(v) ?? 0) >= people));
    was.push([attribute, Object.fromEntries(known.map((v) => [v, told.at(-1)?.get(v) ?? 0]))]);
    const now = [...values].filter(([v, n]) => known.includes(v) || (!ever.has(v) && n >= people));
    is.push([attribute, Object.fromEntries(now)]);
  }
  return { before: Object.fromEntries(was), now: Object.fromEntries(is) };
}

/** Of the attributes that have any; one whose field is gone says nothing of its values. */
function valuesIn(s: Snapshot): Counts {
  const counts = new Map<string, Map<string, number>>();
  for (const [name, measured] of Object.entries(s.metrics)) {
    const [, attribute, value] = /^value:([^:]+):(.+)$/su.exec(name) ?? [];
    if (attribute === undefined || value === undefined || measured?.numerator == null) continue;
    counts.set(
      attribute,
      (counts.get(attribute) ?? new Map<string, number>()).set(value, measured.numerator),
    );
  }
  return counts;
}
