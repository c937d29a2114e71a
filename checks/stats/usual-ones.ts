/**
 * Replays a history and keeps what was usual when it came, so that a fault which lasts never becomes the norm.
 *
 * @param items oldest first
 * @param unusual judges one item by the usual ones before it
 * @example usualOnes([1, 1, 9, 9, 1], (past, x) => past.length > 1 && x > 5) // [1, 1, 1]
 */
export function usualOnes<T>(items: readonly T[], unusual: (past: readonly T[], item: T) => boolean): T[] {
  const usual: T[] = [];
  for (const item of items) if (!unusual(usual, item)) usual.push(item);
  return usual;
}
