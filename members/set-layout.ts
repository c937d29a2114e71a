/** Whoever walks a set takes it in so many partitions, by the leading bits of the key; its file may have finer ones. */
export const PARTITION_BITS = 8;
export const PARTITIONS = 1 << PARTITION_BITS;
/** Of a file. */
export const MOST_PARTITIONS = 4096;
/** A partition of so many people fits the caches of a processor. */
const PEOPLE_PER_PARTITION = 40_000;

/** How many partitions the file of a set gets: 256 up to 10 million people, 4096 from 82 million on. */
export function partitionsFor(people: number): number {
  let partitions = PARTITIONS;
  while (partitions < MOST_PARTITIONS && people > partitions * PEOPLE_PER_PARTITION) partitions *= 2;
  return partitions;
}

/** A number: of that attribute, in the order of the set's `attributes`. */
export type Column = "keys" | "presence" | "consent" | number;

/** Bytes a person of each column, in the order of the body. */
export const columnWidths = (attributes: number): readonly number[] => [
  16,
  8,
  ...Array.from({ length: attributes }, () => 4),
  1,
];

/** Position of a column among those of the body. @throws RangeError when there is no such attribute */
export function columnAt(column: Column, attributes: number): number {
  if (column === "keys") return 0;
  if (column === "presence") return 1;
  if (column === "consent") return 2 + attributes;
  if (!Number.isInteger(column) || column < 0 || column >= attributes)
    throw new RangeError(`attribute ${column} of ${attributes}`);
  return 2 + column;
}

/** Where each column of a body begins, and last its end. The zeros at the end belong to the last column. */
export function columnStarts(rows: number, attributes: number): readonly number[] {
  const starts = [0];
  let end = 0;
  for (const width of columnWidths(attributes)) {
    end += width * rows;
    starts.push(end);
  }
  starts[starts.length - 1] = Math.ceil(end / 8) * 8;
  return starts;
}

export const bodyBytes = (rows: number, attributes: number): number =>
  Math.ceil((rows * (25 + 4 * attributes)) / 8) * 8;
