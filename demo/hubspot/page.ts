import type { Call } from "../sim/server.ts";
import { isObject, type Json } from "./body.ts";

/** A page as a list would show it, before faults: rows, where the next begins, how many there are. */
export type Rows = {
  readonly results: readonly Json[];
  /** Cursor of the next page; null: this is the last. */
  readonly next: string | null;
  readonly total: number | null;
};

/** What a fault makes of a page. `before` gives the rows of the page before it. */
export function harmed(call: Call, page: Rows, before: () => readonly Json[]): Rows {
  const { fault } = call;
  const here = call.query.get("after");
  switch (fault?.kind) {
    case "short_page":
      return { ...page, results: page.results.slice(0, -(fault.rows ?? 10)) };
    case "repeat_page":
      return { ...page, results: before() };
    case "repeat_cursor":
      return here === null ? page : { ...page, next: here };
    case "duplicate_rows":
      return { ...page, results: [...page.results, ...page.results.slice(0, fault.rows ?? 10)] };
    case "wrong_total":
      return { ...page, total: (page.total ?? page.results.length) + (fault.rows ?? 7) };
    case "empty_list":
      return { results: [], next: null, total: page.total === null ? null : 0 };
    case "renamed_field":
    case "null_field":
      return {
        ...page,
        results: page.results.map((r) => withoutField(r, fault.kind === "null_field", fault.field ?? "id")),
      };
    default:
      return page;
  }
}

function withoutField(row: Json, asNull: boolean, field: string): Json {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => {
      if (key === field) return asNull ? [key, null] : [`${key}_v2`, value];
      return [key, isObject(value) ? withoutField(value, asNull, field) : value];
    }),
  );
}

export function pageBody(page: Rows, link: string): Json {
  return {
    ...(page.total === null ? {} : { total: page.total }),
    results: page.results,
    ...(page.next === null
      ? {}
      : { paging: { next: { after: page.next, link: `${link}after=${page.next}` } } }),
  };
}
