import type { Fault } from "../sim/faults.ts";
import type { Answer, Call } from "../sim/server.ts";
import { badParameter } from "./api-error.ts";
import type { Sequence } from "./members.ts";
import { type Resource, sparse } from "./resource.ts";

export const JSON_API = { "content-type": "application/vnd.api+json" } as const;

/** A page that was asked for. `at` and `before`: positions behind which this page and the one before it start; null: at the beginning. */
export type PageRequest = {
  readonly size: number;
  readonly number: number;
  readonly at: string | null;
  readonly before: string | null;
};

type CursorText = readonly [number: number, at: string | null, before: string | null];

function decode(cursor: string | null): CursorText | null {
  if (cursor === null || cursor === "") return [1, null, null];
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const [number, at, before] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
    if (typeof number === "number" && typeof at === "string")
      return [number, at, typeof before === "string" ? before : null];
    return null;
  } catch (e) {
    if (e instanceof SyntaxError) return null;
    throw e;
  }
}

/** Number of the page that a query asks for; null: it names none that is ours. */
export const pageNumber = (query: URLSearchParams): number | null =>
  decode(query.get("page[cursor]"))?.[0] ?? null;

export function pageRequest(
  query: URLSearchParams,
  sizes: { readonly normal: number; readonly max: number },
): PageRequest {
  const given = query.get("page[size]");
  const size = given === null ? sizes.normal : Number(given);
  if (!Number.isInteger(size) || size < 1 || size > sizes.max) {
    throw badParameter(`Page size must be an integer between 1 and ${sizes.max}.`, "page[size]");
  }
  const cursor = decode(query.get("page[cursor]"));
  if (!cursor) throw badParameter("Invalid cursor provided.", "page[cursor]");
  const [number, at, before] = cursor;
  return { size, number, at, before };
}

/** `fields[<type>]` as a list; null: not given, so all. */
export const fieldsOf = (query: URLSearchParams, type: string): readonly string[] | null =>
  query.get(`fields[${type}]`)?.split(",") ?? null;

/**
 * One page of a list: the rows of `sequence` after the cursor, made into resources by `make`, with the URL of the next
 * page, and what the fault has to spoil.
 */
export function pageAnswer(
  base: string,
  call: Call,
  request: PageRequest,
  sequence: Sequence,
  make: (ids: readonly string[]) => readonly Resource[],
  options: {
    readonly type: string;
    readonly backwards?: boolean;
    readonly bare?: boolean;
    /** A row that is text already, by id; null: it is not. */
    readonly text?: ((id: string) => string | null) | null;
  },
): Answer {
  const { fault } = call;
  if (fault?.kind === "expired_cursor" && request.at !== null)
    throw badParameter("The cursor has expired.", "page[cursor]");
  const asked = fault?.kind === "repeat_page" ? request.before : request.at;
  const start =
    fault?.kind === "skip_page"
      ? (sequence.page(asked, request.size, options.backwards ?? false).next ?? asked)
      : asked;
  const found = sequence.page(start, request.size, options.backwards ?? false);
  const { ids, next } = spoilt(found, fault);
  const fields = fieldsOf(call.query, options.type);
  const row = (r: Resource) =>
    options.bare ? { type: r.type, id: r.id } : spoiltRow(sparse(r, fields), fault);
  const after: CursorText = [request.number + 1, next, request.at];
  const repeated: CursorText = [request.number, request.at, request.before];
  const cursor = fault?.kind === "repeat_cursor" && request.at !== null ? repeated : after;
  const links = {
    self: link(base, call, call.query.get("page[cursor]")),
    next: next === null ? null : link(base, call, encode(cursor)),
    prev: request.at === null ? null : link(base, call, previousCursor(request)),
  };
  const { text } = options;
  if (!text || fault !== null)
    return { status: 200, headers: JSON_API, body: { data: make(ids).map(row), links } };
  const rows = ids.flatMap((id) => text(id) ?? make([id]).map((r) => JSON.stringify(row(r))));
  return {
    status: 200,
    headers: JSON_API,
    body: `{"data":[${rows.join(",")}],"links":${JSON.stringify(links)}}`,
  };
}

const previousCursor = (request: PageRequest): string | null =>
  request.before === null ? null : encode([request.number - 1, request.before, null]);

const encode = (cursor: CursorText): string => Buffer.from(JSON.stringify(cursor)).toString("base64url");

function link(base: string, call: Call, cursor: string | null): string {
  const query = new URLSearchParams(call.query);
  if (cursor === null) query.delete("page[cursor]");
  else query.set("page[cursor]", cursor);
  const text = query.toString();
  return `${base}/api${call.path}${text === "" ? "" : `?${text}`}`;
}

type Found = { readonly ids: readonly string[]; readonly next: string | null };

function spoilt(found: Found, fault: Fault | null): Found {
  switch (fault?.kind) {
    case "short_page":
      return { ...found, ids: found.ids.slice(0, -(fault.rows ?? 10)) };
    case "reorder_page":
      return { ...found, ids: found.ids.toReversed() };
    case "duplicate_rows":
      return { ...found, ids: [...found.ids, ...found.ids.slice(0, 3)] };
    case "empty_list":
      return { ids: [], next: null };
    default:
      return found;
  }
}

function spoiltRow(row: Resource, fault: Fault | null): Resource {
  const field = fault?.field ?? "email";
  if (fault?.kind === "null_field" && field in row.attributes)
    return { ...row, attributes: { ...row.attributes, [field]: null } };
  if (fault?.kind !== "renamed_field" || !(field in row.attributes)) return row;
  const { [field]: value, ...rest } = row.attributes;
  return { ...row, attributes: { ...rest, [`${field}_v2`]: value } };
}
