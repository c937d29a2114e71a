import type { MailmanPage } from "./wire.ts";

/** Fetches `count` entries from index (page - 1) × count. */
export type Fetch<T> = (page: number, count: number) => Promise<MailmanPage<T>>;

export type Walked<T> = {
  readonly items: readonly T[];
  /** Total that the last page declared, and the first. */
  readonly total: number;
  readonly firstTotal: number;
};

/**
 * All entries of a list that Mailman pages by position in the order of addresses. Someone who leaves half-way moves
 * everybody behind them one place forward, off the page that comes next; so the entry before each page must be one that
 * was seen, else the page before is read once more. Ends with a page that is not full.
 *
 * @param onPage told of each page as it comes, so that what was read is kept when a later one is lost
 */
export async function walk<T extends { readonly id: string }>(
  fetch: Fetch<T>,
  size: number,
  onPage: (page: MailmanPage<T>, fresh: readonly T[]) => void = () => undefined,
): Promise<Walked<T>> {
  const seen = new Map<string, T>();
  let firstTotal: number | null = null;
  const take = (page: MailmanPage<T>): void => {
    firstTotal ??= page.total;
    const fresh: T[] = [];
    for (const m of page.items) {
      if (seen.has(m.id)) continue;
      seen.set(m.id, m);
      fresh.push(m);
    }
    onPage(page, fresh);
  };
  // each step back means that someone left; a list that changes faster than it can be read stays short of its total
  let steps = 0;
  for (let at = 1; ; at++) {
    const page = await fetch(at, size);
    take(page);
    for (let back = at; back > 1 && steps < 50; back--) {
      const [before] = (await fetch((back - 1) * size, 1)).items;
      if (before === undefined || seen.has(before.id)) break;
      steps++;
      take(await fetch(back - 1, size));
    }
    if (page.items.length < size)
      return { items: [...seen.values()], total: page.total, firstTotal: firstTotal ?? page.total };
  }
}
