import { type Column, RESERVED, rowReader } from "../sql/row.ts";
import { columnsOf } from "./columns.ts";
import type { ResultColumn } from "./look-at.ts";

/** One query's columns, and what attributes map to. */
export type Shape = {
  readonly columns: readonly ResultColumn[];
  readonly mapping: Readonly<Record<string, string>>;
};

/**
 * For each of the owner's columns the copy's own that means the same, as a reader of member rows sees it; null: the copy
 * has none. In words, why not all that is read of the copy has a column there whose values are written alike.
 *
 * @param attributes canonical names that are kept; others are not read
 */
export function fitColumns(
  owner: Shape,
  copy: Shape,
  attributes: readonly string[],
): readonly (number | null)[] | string {
  const atOwner = meanings(owner, attributes);
  const places = owner.columns.map((): number | null => null);
  for (const [meaning, place] of meanings(copy, attributes)) {
    const at = atOwner.get(meaning);
    if (at === undefined) return `the owner’s query has no ${meaning}`;
    if (!sameText(owner.columns[at]?.oid, copy.columns[place]?.oid))
      return `${meaning} has another type in the owner’s query`;
    if (places[at] !== null && places[at] !== place)
      return `${meaning} and another column are one in the owner’s query`;
    places[at] = place;
  }
  return places;
}

/** text and varchar; int8, int2 and int4: the server writes equal values alike. */
const ALIKE = [new Set([25, 1043]), new Set([20, 21, 23])];
const sameText = (a = 0, b = 0): boolean => a === b || ALIKE.some((types) => types.has(a) && types.has(b));

export const typed = (columns: readonly ResultColumn[]): readonly Column[] =>
  columnsOf(columns.map(({ name, oid }) => ({ name, dataTypeID: oid })));

/** What is read of a row, by its meaning. */
function meanings({ columns, mapping }: Shape, attributes: readonly string[]): Map<string, number> {
  const { plan } = rowReader(typed(columns), mapping);
  const at = new Map<string, number>(columns.map((c, i) => [c.name, i]));
  const found = new Map<string, number>();
  for (const name of RESERVED) {
    const place = at.get(name);
    if (place !== undefined) found.set(name, place);
  }
  for (const name of attributes) {
    const place = plan.attributes.get(name);
    if (place !== undefined) found.set(`attribute ${name}`, place);
  }
  return found;
}

const UNREAD: Column = { name: "", type: "text" };

/** The owner's columns as the copy calls those that it has; the others, and `more` at the end, mean nothing to it. */
export function columnsAs(
  copy: readonly ResultColumn[],
  places: readonly (number | null)[],
  more: number,
): readonly Column[] {
  const own = typed(copy);
  return [
    ...places.map((place) => (place === null ? UNREAD : (own[place] ?? UNREAD))),
    ...new Array<Column>(more).fill(UNREAD),
  ];
}
