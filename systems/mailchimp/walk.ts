import { AuditorError } from "../../core/errors.ts";
import type { Call } from "../http/connector-deps.ts";
import type { Query, ReadClient } from "../http/read-client.ts";
import { memberPage } from "./client.ts";
import { PAGE } from "./limits.ts";
import type { MailchimpMember, MailchimpPage } from "./wire.ts";

/** Members of one page that were not on the page before; with the last of them the verdict. */
export type Stretch = {
  readonly members: readonly MailchimpMember[];
  readonly total: number;
  readonly end: { readonly complete: boolean; readonly because: string } | null;
};

export type Walk = {
  readonly where: string;
  readonly path: string;
  readonly query: Query;
};

/** Rows to step back, in turn, when a page does not join on to the one before it. */
const BACK = [10, 100, PAGE - 2] as const;

/**
 * All members under `path`, by offset, which does not stand still: who leaves pulls everybody behind them forward, past
 * the next offset. So every page begins with the last row of the page before; where it does not, the walk steps back
 * until it meets rows that it knows. Memory: one page.
 *
 * Throws what the first page throws; a later page that is lost ends the walk as not complete.
 */
export async function* walk(w: Walk, http: ReadClient, call: Call): AsyncGenerator<Stretch> {
  let page = await pageAt(w, 0, http, call);
  const declared = page.total;
  let offset = 0;
  let read = 0;
  let before: ReadonlySet<string> = new Set();
  for (;;) {
    const ids = new Set(page.items.map((m) => m.id));
    const fresh: MailchimpMember[] = [];
    const taken = new Set(before);
    for (const m of page.items) {
      if (taken.has(m.id)) continue;
      taken.add(m.id);
      fresh.push(m);
    }
    read += fresh.length;
    const end = endOf(page, offset, { read, fresh: fresh.length, declared });
    if (end !== null) {
      yield { members: fresh, total: declared, end };
      return;
    }
    yield { members: fresh, total: declared, end: null };
    before = ids;
    try {
      const next = await joined(w, offset + page.items.length - 1, before, http, call);
      if (next === null) {
        const because = `the list moved while it was read, by more rows than a page holds; ${read} of ${declared} records read`;
        yield { members: [], total: declared, end: { complete: false, because } };
        return;
      }
      ({ page, offset } = next);
    } catch (e) {
      if (!(e instanceof AuditorError) || e.kind === "interrupted") throw e;
      const because = `a page was lost after ${read} of ${declared} records (${e.message})`;
      yield { members: [], total: declared, end: { complete: false, because } };
      return;
    }
  }
}

type Page = MailchimpPage<MailchimpMember>;

const pageAt = (w: Walk, offset: number, http: ReadClient, call: Call): Promise<Page> =>
  memberPage(http, w.where, w.path, { ...w.query, count: PAGE, offset }, call);

/** The page at `offset`, or one that begins earlier, whose first row is known; null: none is. */
async function joined(
  w: Walk,
  offset: number,
  known: ReadonlySet<string>,
  http: ReadClient,
  call: Call,
): Promise<{ readonly page: Page; readonly offset: number } | null> {
  for (const back of [0, ...BACK]) {
    const from = Math.max(0, offset - back);
    const page = await pageAt(w, from, http, call);
    const first = page.items[0];
    if (first !== undefined && known.has(first.id)) return { page, offset: from };
  }
  return null;
}

/**
 * Is this page the last, and does what was read hold all that Mailchimp counts? null: go on. A page that came short needs
 * no rule of its own: the next begins where it broke off.
 */
function endOf(
  page: Page,
  offset: number,
  { read, fresh, declared }: { readonly read: number; readonly fresh: number; readonly declared: number },
): Stretch["end"] {
  const said = `${read} records read, ${declared} declared`;
  const left = page.total - offset;
  if (left <= PAGE) {
    if (read === declared && page.total === declared)
      return { complete: true, because: `${said}, and the last page declares the same` };
    return read >= page.total && read > 0
      ? {
          complete: true,
          because: `${said} at first and ${page.total} at the end, so people came or left meanwhile`,
        }
      : { complete: false, because: `${said} at first and ${page.total} at the end` };
  }
  if (fresh === 0) return { complete: false, because: `a page came twice; ${said}` };
  return null;
}
