import type { RestPaging } from "../../core/rest-config.ts";
import { nextLink } from "./link-header.ts";
import { asCount, asText, isTrue, pathOf } from "./path.ts";

/** What to add to the call to get a page, or the whole address that the vendor gave for it. */
export type PageRequest =
  | { readonly kind: "params"; readonly params: Readonly<Record<string, string | number>> }
  | { readonly kind: "url"; readonly url: string };

/** One answer as paging sees it. */
export type PageAnswer = {
  readonly body: unknown;
  /** A header by its lower-case name; null: not there. */
  header(name: string): string | null;
  /** Records that the page held. */
  readonly records: number;
};

/**
 * What follows a page. `end`: the vendor said so, in words. `open`: nothing follows, and nothing proves that this is
 * right unless the declared total is reached.
 */
export type Next =
  | { readonly kind: "page"; readonly request: PageRequest; readonly token: string }
  | { readonly kind: "end"; readonly because: string }
  | { readonly kind: "open"; readonly because: string };

export type Pager = {
  first(): PageRequest;
  /** `before`: what was asked for to get this page. */
  next(before: PageRequest, answer: PageAnswer): Next;
  /** Number of records that the vendor declares for the whole list; null: it does not, or not here. */
  total(answer: PageAnswer): number | null;
  /** Records with which each page repeats the end of the one before. */
  readonly overlap: number;
  /** Do people who leave meanwhile push others off the next page? */
  readonly slips: boolean;
};

/** @throws AuditorError config when a path is no JMESPath */
export function pagerOf(where: string, paging: RestPaging): Pager {
  const size: Record<string, number> = paging.size === null ? {} : { [paging.size.send]: paging.size.value };
  const total = paging.total === null ? null : pathOf(where, paging.total);
  const { totalHeader } = paging;
  const params = (more: Readonly<Record<string, string | number>>): PageRequest => ({
    kind: "params",
    params: { ...size, ...more },
  });
  const common = {
    total: (a: PageAnswer) =>
      total !== null
        ? asCount(total.at(a.body))
        : totalHeader === null
          ? null
          : asCount(a.header(totalHeader)),
    first: () => params({}),
    overlap: 0,
    slips: false,
  };
  const isFull = (a: PageAnswer) => paging.size === null || a.records >= paging.size.value;
  /** A page without a successor: how far is that to be believed? */
  const last = (a: PageAnswer, explicit: boolean, what: string): Next => {
    if (explicit) return { kind: "end", because: `the last page said that none follows (${what})` };
    if (a.records === 0) return { kind: "end", because: "the last page was empty" };
    if (paging.size !== null && !isFull(a))
      return { kind: "end", because: `the last page held ${a.records} of ${paging.size.value}` };
    return { kind: "open", because: `a page of ${a.records} records named no next one (${what})` };
  };

  switch (paging.kind) {
    case "none":
      return { ...common, next: () => ({ kind: "end", because: "one answer holds the whole list" }) };
    case "cursor": {
      const { cursor } = paging;
      const path = "path" in cursor ? pathOf(where, cursor.path) : null;
      const name = "path" in cursor ? cursor.path : cursor.header;
      const more = paging.more === null ? null : pathOf(where, paging.more);
      return {
        ...common,
        next(_, a) {
          const found = path === null ? a.header(name) : path.at(a.body);
          const flag = more?.at(a.body);
          if (flag === false) return { kind: "end", because: `the last page said ${paging.more}: false` };
          const text = asText(found);
          if (text !== null && text !== "" && found !== false)
            return { kind: "page", request: params({ [paging.send]: text }), token: text };
          if (isTrue(flag))
            return { kind: "open", because: `a page said ${paging.more}, but named no ${name}` };
          const there = path?.plain === true && found !== undefined;
          return last(a, there || paging.absentMeansEnd, name);
        },
      };
    }
    case "next_url": {
      const path = pathOf(where, paging.next);
      return {
        ...common,
        next(_, a) {
          const found = path.at(a.body);
          if (typeof found === "string" && found !== "") return follow(found);
          return last(a, (found !== undefined && path.plain) || paging.absentMeansEnd, paging.next);
        },
      };
    }
    case "link_header":
      return {
        ...common,
        next(_, a) {
          const link = nextLink(a.header("link"));
          // RFC 8288 has no other way to say "last", and a Link header with other relations is one more witness
          return link === null ? last(a, a.header("link") !== null, "Link") : follow(link);
        },
      };
    case "offset": {
      const { value } = paging.size;
      const overlap = paging.overlap && value > 1 ? 1 : 0;
      return {
        ...common,
        overlap,
        slips: true,
        first: () => params({ [paging.send]: 0 }),
        next(before, a) {
          const at = numberIn(before, paging.send);
          const seen = at + a.records;
          const declared = common.total(a);
          if (a.records === 0 || (at > 0 && a.records <= overlap))
            return { kind: "end", because: "nothing follows the last page" };
          if (declared !== null && seen >= declared)
            return { kind: "end", because: `the pages reach the declared total of ${declared}` };
          // a short page is no end: the vendor may cap pages below what was asked for
          const next = seen - overlap;
          return { kind: "page", request: params({ [paging.send]: next }), token: String(next) };
        },
      };
    }
    case "page": {
      const pages = paging.totalPages === null ? null : pathOf(where, paging.totalPages);
      return {
        ...common,
        slips: true,
        first: () => params({ [paging.send]: paging.first }),
        next(before, a) {
          const at = numberIn(before, paging.send);
          const declared = pages === null ? null : asCount(pages.at(a.body));
          if (a.records === 0) return { kind: "end", because: "the last page was empty" };
          if (declared !== null && at - paging.first + 1 >= declared)
            return { kind: "end", because: `that was page ${declared} of ${declared}` };
          if (pages !== null && declared === null)
            return { kind: "open", because: `a page did not say ${paging.totalPages}` };
          return { kind: "page", request: params({ [paging.send]: at + 1 }), token: String(at + 1) };
        },
      };
    }
  }
}

/** The client that follows it refuses an address outside of the system's own: a key must not travel. */
const follow = (url: string): Next => ({ kind: "page", request: { kind: "url", url }, token: url });

function numberIn(request: PageRequest, name: string): number {
  const value = request.kind === "params" ? request.params[name] : undefined;
  return typeof value === "number" ? value : 0;
}
