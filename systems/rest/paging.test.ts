import { describe, expect, it } from "vitest";
import type { RestPaging } from "../../core/rest-config.ts";
import { nextLink } from "./link-header.ts";
import { type PageRequest, pagerOf } from "./paging.ts";
import { proofOf } from "./proof.ts";

const base = { size: { send: "limit", value: 2 }, total: null, totalHeader: null };
const cursor: RestPaging = {
  kind: "cursor",
  cursor: { path: "meta.next" },
  send: "after",
  more: null,
  absentMeansEnd: false,
  ...base,
};
const none: PageRequest = { kind: "params", params: {} };
const next = (
  paging: RestPaging,
  body: unknown,
  records: number,
  headers: Record<string, string> = {},
  before: PageRequest = none,
) => pagerOf("shop", paging).next(before, { body, records, header: (n) => headers[n] ?? null });

describe("a cursor", () => {
  it("goes on while there is one, with the page size", () => {
    expect(next(cursor, { meta: { next: "c2" } }, 2)).toMatchObject({
      kind: "page",
      request: { params: { limit: 2, after: "c2" } },
      token: "c2",
    });
    expect(next(cursor, { meta: { next: 17 } }, 2)).toMatchObject({ kind: "page", token: "17" });
  });
  it.each([[null], [""], [false]])("ends where the vendor says %j", (end) => {
    expect(next(cursor, { meta: { next: end } }, 2)).toMatchObject({ kind: "end" });
  });
  it("does not take a renamed field for the end of a full page", () => {
    expect(next(cursor, { meta: { next_v2: "c2" } }, 2)).toMatchObject({ kind: "open" });
    expect(next(cursor, { meta: { next_v2: "c2" } }, 1)).toMatchObject({ kind: "end" });
    expect(next({ ...cursor, absentMeansEnd: true }, {}, 2)).toMatchObject({ kind: "end" });
    expect(next({ ...cursor, size: null }, {}, 2)).toMatchObject({ kind: "open" });
  });
  it("believes the vendor's own flag, both ways", () => {
    const more = { ...cursor, more: "has_more" };
    expect(next(more, { has_more: false, meta: { next: "c2" } }, 2)).toMatchObject({ kind: "end" });
    expect(next(more, { has_more: true, meta: { next: null } }, 2)).toMatchObject({ kind: "open" });
  });
  it("can be the last id, or a header", () => {
    expect(
      next({ ...cursor, cursor: { path: "data[-1].id" } }, { data: [{ id: "a" }, { id: "b" }] }, 2),
    ).toMatchObject({ token: "b" });
    expect(next({ ...cursor, cursor: { path: "data[-1].id" } }, { data: [] }, 0)).toMatchObject({
      kind: "end",
    });
    expect(next({ ...cursor, cursor: { header: "x-next" } }, {}, 2, { "x-next": "h" })).toMatchObject({
      token: "h",
    });
  });
});

describe("offset and pages", () => {
  const offset: RestPaging = {
    kind: "offset",
    send: "offset",
    overlap: true,
    ...base,
    size: { send: "limit", value: 10 },
    total: "total",
  };
  const at = (n: number): PageRequest => ({ kind: "params", params: { offset: n } });
  it("overlaps by one record, and ends at the total or at nothing new", () => {
    expect(next(offset, { total: 25 }, 10, {}, at(0))).toMatchObject({ token: "9" });
    expect(next(offset, { total: 25 }, 10, {}, at(9))).toMatchObject({ token: "18" });
    expect(next(offset, { total: 25 }, 7, {}, at(18))).toMatchObject({ kind: "end" });
    expect(next({ ...offset, total: null }, {}, 1, {}, at(18))).toMatchObject({ kind: "end" });
    expect(next({ ...offset, overlap: false }, { total: 25 }, 10, {}, at(0))).toMatchObject({ token: "10" });
  });
  it("goes on after a short page: vendors cap what is asked for", () => {
    expect(next({ ...offset, total: null }, {}, 5, {}, at(0))).toMatchObject({ kind: "page", token: "4" });
  });
  it("counts pages from where the vendor does", () => {
    const page: RestPaging = { kind: "page", send: "p", first: 0, totalPages: "pages", ...base };
    const p = (n: number): PageRequest => ({ kind: "params", params: { p: n } });
    expect(next(page, { pages: 2 }, 2, {}, p(0))).toMatchObject({ kind: "page", token: "1" });
    expect(next(page, { pages: 2 }, 2, {}, p(1))).toMatchObject({ kind: "end" });
    expect(next(page, {}, 2, {}, p(0))).toMatchObject({ kind: "open" });
    expect(next({ ...page, totalPages: null }, {}, 1, {}, p(0))).toMatchObject({ kind: "page" });
    expect(next({ ...page, totalPages: null }, {}, 0, {}, p(3))).toMatchObject({ kind: "end" });
  });
});

describe("a Link header", () => {
  it.each([
    ['<https://x.example/a?p=2>; rel="next"', "https://x.example/a?p=2"],
    [
      '<https://x.example/a?p=1>; rel="prev", <https://x.example/a?p=3,4>; rel="next last"; title="a, b"',
      "https://x.example/a?p=3,4",
    ],
    ["</a?p=2>; rel=next", "/a?p=2"],
    ['<https://x.example/a>; title="next"; rel="first"', null],
    ["<>; rel=next", null],
    ["nonsense", null],
    [null, null],
  ])("%s", (header, expected) => expect(nextLink(header)).toBe(expected));
});

describe("the proof", () => {
  const end = { kind: "end", because: "the last page was empty" } as const;
  const open = { kind: "open", because: "a page named no next one" } as const;
  it.each([
    [{ read: 9, firstTotal: null, lastTotal: null, slipped: null }, end, true],
    [{ read: 9, firstTotal: null, lastTotal: null, slipped: null }, open, false],
    [{ read: 9, firstTotal: 9, lastTotal: 9, slipped: null }, open, true],
    [{ read: 9, firstTotal: 10, lastTotal: 10, slipped: null }, end, false],
    [{ read: 11, firstTotal: 10, lastTotal: 10, slipped: null }, end, false],
    [{ read: 10, firstTotal: 10, lastTotal: 9, slipped: null }, end, true],
    [{ read: 10, firstTotal: 10, lastTotal: 11, slipped: null }, end, false],
    [{ read: 10, firstTotal: 10, lastTotal: 10, slipped: "records came twice" }, end, false],
  ])("%j, %j: %s", (tally, ending, complete) => expect(proofOf(tally, ending).complete).toBe(complete));
});
