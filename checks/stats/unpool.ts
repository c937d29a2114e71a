import { OTHER } from "./category-table.ts";

type Counts = readonly (readonly [string, number])[];

/**
 * Where few people of a value are kept as "other", a list that shrinks loses names and nobody moved: gives "other" back
 * to the values that are missing, as many as each would be expected to have, and never as many as would be named.
 *
 * @param below counts under this are never kept by name
 * @param usual values known before, with their usual share of the whole
 */
export function unpool(
  counts: Counts,
  total: number,
  below: number,
  usual: readonly (readonly [string, number])[],
): Counts {
  const here = new Map(counts);
  let other = here.get(OTHER) ?? 0;
  for (const [name, share] of usual) {
    const expected = share * total;
    // A value that twice as many would have does not fall below by chance.
    if (name === OTHER || here.has(name) || expected >= 2 * below) continue;
    const back = Math.min(other, Math.round(Math.min(expected, below - 1)));
    if (back <= 0) continue;
    here.set(name, back);
    other -= back;
  }
  if (here.has(OTHER)) here.set(OTHER, other);
  return [...here].filter(([, n]) => n > 0);
}
