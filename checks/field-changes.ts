import type { FieldType, Snapshot } from "../core/model.ts";

export type GoneField = {
  readonly name: string;
  readonly type: FieldType /** The new field that took its place, likely. */;
  readonly renamedTo: string | null;
};
export type FieldChanges = {
  readonly gone: readonly GoneField[];
  readonly retyped: readonly { readonly name: string; readonly from: FieldType; readonly to: FieldType }[];
  readonly added: readonly string[];
};

const LOOK_BACK = 14;
const NONE: FieldChanges = { gone: [], retyped: [], added: [] };

/**
 * How the fields of a reading differ from those that the readings before it had. A field counts as known when most
 * of the last 14 had it; a type counts when all of them agreed. A reading without fields (an empty list) says nothing.
 *
 * @param past earlier complete readings, those that an incident covers left out
 */
export function fieldChanges(latest: Snapshot, past: readonly Snapshot[]): FieldChanges {
  const before = past.filter((s) => Object.keys(s.fields).length > 0).slice(-LOOK_BACK);
  if (before.length === 0 || Object.keys(latest.fields).length === 0) return NONE;
  const seen = new Map<string, FieldType[]>();
  for (const s of before) {
    for (const [name, type] of Object.entries(s.fields)) seen.set(name, [...(seen.get(name) ?? []), type]);
  }
  const known = [...seen].filter(([, types]) => types.length * 2 > before.length);
  const now = new Map(Object.entries(latest.fields));
  const added = [...now.keys()].filter((name) => !seen.has(name));
  const lost = known.filter(([name]) => !now.has(name));
  return {
    added,
    gone: lost.map(([name, types]) => {
      const type = usualType(types);
      return { name, type, renamedTo: successor(name, type, added, now, lost.length) };
    }),
    retyped: known.flatMap(([name, types]) => {
      const from = usualType(types);
      const to = now.get(name);
      const steady = types.length >= 3 && types.every((t) => t === from || t === "empty");
      // An emptied column is told by `completeness`; a whole number among texts and the like is a change of type.
      return to === undefined || to === from || to === "empty" || from === "empty" || !steady
        ? []
        : [{ name, from, to }];
    }),
  };
}

const usualType = (types: readonly FieldType[]): FieldType =>
  types.filter((t) => t !== "empty").at(-1) ?? "empty";

/** Among the new fields of the same type: the one named most alike, or the only one when one went and one came. */
function successor(
  name: string,
  type: FieldType,
  added: readonly string[],
  now: ReadonlyMap<string, FieldType>,
  lost: number,
): string | null {
  const alike = added
    .filter((a) => now.get(a) === type || type === "empty" || now.get(a) === "empty")
    .map((a) => ({ a, score: likeness(name, a) }))
    .sort((x, y) => y.score - x.score);
  const [best, second] = alike;
  if (best === undefined) return null;
  if (alike.length === 1 && lost === 1) return best.a;
  return best.score >= 0.4 && best.score > (second?.score ?? 0) ? best.a : null;
}

/** Share of letter pairs that two names have in common (Dice), 0 to 1; capitals and punctuation do not count. */
function likeness(a: string, b: string): number {
  const [x, y] = [pairs(a), pairs(b)];
  if (x.length + y.length === 0) return 0;
  const rest = [...y];
  let common = 0;
  for (const pair of x) {
    const i = rest.indexOf(pair);
    if (i >= 0) {
      common++;
      rest.splice(i, 1);
    }
  }
  return (2 * common) / (x.length + y.length);
}

function pairs(name: string): string[] {
  const letters = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .slice(0, 100);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2));
}
