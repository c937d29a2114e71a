import type { IdentifierKind, KnownConsent } from "../core/model.ts";
import type {
  ConsentRule,
  RestCall,
  RestRead,
  RestReadName,
  RestRecord,
  RestSystem,
  RestVerb,
  RestWrite,
  RestWriteCall,
} from "../core/rest-config.ts";
import { buildAuth, buildPaging } from "./build-rest-parts.ts";
import type { HttpSystemEntry } from "./schema-http-systems.ts";
import type { RestReadEntry, RestRecordEntry, RestWriteEntry } from "./schema-rest.ts";

export type RestEntry = Extract<HttpSystemEntry, { kind: "rest" }>;

const VERBS = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" } as const;
/** The keys of an entry that name its verb and path. */
export const verbsOf = (entry: object): readonly (keyof typeof VERBS)[] =>
  (Object.keys(VERBS) as (keyof typeof VERBS)[]).filter((v) => Object.hasOwn(entry, v));

type CallEntry = Pick<RestReadEntry, "query" | "body">;

/** Expects exactly one verb, as config/references-rest.ts has checked. */
export function buildCall(entry: CallEntry): RestCall {
  const verb = verbsOf(entry)[0] ?? "get";
  return {
    verb: VERBS[verb] satisfies RestVerb,
    path: String((entry as Readonly<Record<string, unknown>>)[verb] ?? "/"),
    query: Object.fromEntries(Object.entries(entry.query ?? {}).map(([k, v]) => [k, String(v)])),
    body: entry.body,
  };
}

/** A generic REST system beyond what every HTTP system has. Expects a valid entry. */
export function buildRest(
  s: RestEntry,
): Omit<RestSystem, "id" | "title" | "sends" | "attributes" | "limitShare" | "privateNetwork"> {
  const read: Partial<Record<RestReadName, RestRead>> = {};
  for (const [name, entry] of Object.entries(s.read)) read[name as RestReadName] = buildRead(entry);
  return {
    kind: "rest",
    url: s.url.replace(/\/+$/, ""),
    auth: buildAuth(s.auth),
    headers: s.headers ?? {},
    record: buildRecord(s.record),
    read,
    scopes:
      s.scopes === undefined
        ? null
        : { path: s.scopes.get, granted: s.scopes.granted, needed: s.scopes.needed },
    limits: {
      requests: s.limits?.requests ?? 2,
      perSeconds: s.limits?.per_seconds ?? 1,
      concurrency: s.limits?.concurrency ?? 1,
      perDay: s.limits?.per_day ?? null,
    },
    write: s.write === undefined ? null : buildWrite(s.write),
  };
}

function buildRecord(r: RestRecordEntry): RestRecord {
  const identifiers: Partial<Record<IdentifierKind, string>> = {};
  for (const kind of ["email", "phone", "customer_id"] as const) {
    const path = r[kind];
    if (path !== undefined) identifiers[kind] = path;
  }
  return {
    id: r.id,
    identifiers,
    consent: (r.consent ?? []).map(
      (rule): ConsentRule => ({
        path: rule.path,
        words: Object.fromEntries(
          Object.entries(rule.words ?? {}).flatMap(([state, words]) =>
            words.map((w) => [String(w).trim().toLowerCase(), state as KnownConsent] as const),
          ),
        ),
        set: rule.set ?? null,
        empty: rule.empty ?? null,
      }),
    ),
    consentAt: r.consent_at ?? null,
    mailable: r.mailable ?? null,
    bounced: r.bounced ?? null,
    updatedAt: r.updated_at ?? null,
  };
}

function buildRead(r: RestReadEntry): RestRead {
  const { lookup } = r;
  return {
    call: buildCall(r),
    records: r.records,
    paging: buildPaging(r.paging),
    only: r.only ?? null,
    joinedAt: r.joined_at ?? null,
    lookup:
      lookup === undefined
        ? null
        : {
            id: lookup.id,
            call: buildCall(lookup),
            records: lookup.records,
            batch: lookup.batch ?? 1,
            missing: lookup.missing ?? "partial",
          },
  };
}

type OpEntry = NonNullable<RestWriteEntry["remove"]>;

function buildOp(o: OpEntry): RestWriteCall {
  const { results, statuses } = o;
  return {
    call: buildCall(o),
    batch: o.batch ?? 1,
    results:
      results === undefined
        ? null
        : {
            path: results.path,
            by: results.by ?? "index",
            id: results.id ?? null,
            ok: results.ok,
            noop: results.noop ?? null,
            refused: results.refused ?? null,
            consent: results.consent ?? null,
          },
    statuses: {
      noop: statuses?.noop ?? [],
      refused: statuses?.refused ?? [],
      consent: statuses?.consent ?? [],
    },
  };
}

function buildWrite(w: RestWriteEntry): RestWrite {
  const { find, in_segment: inSegment } = w;
  return {
    auth: buildAuth(w.auth),
    find: {
      call: buildCall(find),
      records: find.records,
      by: find.by ?? "email",
      batch: find.batch ?? 1,
      absent: find.absent ?? [],
    },
    inSegment:
      inSegment === undefined
        ? null
        : inSegment.path !== undefined
          ? { path: inSegment.path }
          : {
              call: { verb: "GET", path: inSegment.get ?? "/", query: {}, body: undefined },
              absent: inSegment.absent ?? [404],
            },
    suppress: w.suppress === undefined ? null : buildOp(w.suppress),
    remove: w.remove === undefined ? null : buildOp(w.remove),
    add: w.add === undefined ? null : { ...buildOp(w.add), subscribes: false, evidence: w.add.evidence },
    set: w.set === undefined ? null : { ...buildOp(w.set), fields: w.set.fields },
    settleSeconds: w.settle_seconds ?? 0,
  };
}
