import { AuditorError } from "../../core/errors.ts";

/** What we need of Ghost's records; everything else stays in `raw`. Seen at Ghost 5.130.6, 2026-11-23. */
export type GhostLabel = {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly members: number | null;
};
export type GhostNewsletter = {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly active: boolean;
};
export type GhostMember = {
  readonly id: string;
  readonly email: string;
  readonly labels: readonly GhostLabel[];
  readonly newsletters: readonly GhostNewsletter[];
  /** reason: "fail" (a bounce), "spam" (a complaint); null when Ghost gives none. */
  readonly suppression: { readonly reason: string | null; readonly at: string | null } | null;
  readonly note: string | null;
  readonly updatedAt: string | null;
  readonly raw: Readonly<Record<string, unknown>>;
};
export type GhostPage<T> = {
  readonly items: readonly T[];
  readonly total: number;
  readonly next: number | null;
};

type Json = Readonly<Record<string, unknown>>;
const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

function bad(where: string, what: string): AuditorError {
  return new AuditorError("bad_data", where, what, "check that the url is a Ghost 5 site, and its version");
}
function textOf(o: Json, name: string, where: string): string {
  const v = o[name];
  if (typeof v !== "string" || v === "") throw bad(where, `a record has no ${name}`);
  return v;
}
const optional = (v: unknown): string | null => (typeof v === "string" ? v : null);
function listOf(o: Json, name: string, where: string): readonly Json[] {
  const v = o[name];
  if (!Array.isArray(v) || !v.every(isObject)) throw bad(where, `the answer has no list "${name}"`);
  return v;
}

/** @throws AuditorError bad_data when the list or its pagination is not there */
export function pageOf<T>(
  body: unknown,
  name: string,
  where: string,
  item: (o: Json, where: string) => T,
): GhostPage<T> {
  if (!isObject(body)) throw bad(where, "the answer is not an object");
  const items = listOf(body, name, where).map((o) => item(o, where));
  const meta = isObject(body.meta) && isObject(body.meta.pagination) ? body.meta.pagination : null;
  if (meta === null || typeof meta.total !== "number" || !Number.isInteger(meta.total) || meta.total < 0) {
    throw bad(where, "the answer has no meta.pagination.total");
  }
  return { items, total: meta.total, next: typeof meta.next === "number" ? meta.next : null };
}

/** The one record of an answer to a read or write of one member. */
export function memberOf(body: unknown, where: string): GhostMember {
  if (!isObject(body)) throw bad(where, "the answer is not an object");
  const first = listOf(body, "members", where)[0];
  if (first === undefined) throw bad(where, "the answer holds no member");
  return asMember(first, where);
}

export function asMember(o: Json, where: string): GhostMember {
  const suppression = isObject(o.email_suppression) ? o.email_suppression : null;
  const info = suppression !== null && isObject(suppression.info) ? suppression.info : null;
  return {
    id: textOf(o, "id", where),
    email: textOf(o, "email", where),
    // missing labels or newsletters are not "none": read as none they would look like an opt-out
    labels: listOf(o, "labels", where).map((l) => asLabel(l, where)),
    newsletters: listOf(o, "newsletters", where).map((n) => asNewsletter(n, where)),
    suppression:
      suppression?.suppressed === true
        ? { reason: optional(info?.reason), at: optional(info?.timestamp) }
        : null,
    note: optional(o.note),
    updatedAt: optional(o.updated_at),
    raw: o,
  };
}

export function asLabel(o: Json, where: string): GhostLabel {
  const count = isObject(o.count) && typeof o.count.members === "number" ? o.count.members : null;
  return {
    id: textOf(o, "id", where),
    name: textOf(o, "name", where),
    slug: textOf(o, "slug", where),
    members: count,
  };
}

export function asNewsletter(o: Json, where: string): GhostNewsletter {
  const name = textOf(o, "name", where);
  // a newsletter inside a member has no slug; the list of newsletters has
  return { id: textOf(o, "id", where), name, slug: optional(o.slug) ?? "", active: o.status !== "archived" };
}
