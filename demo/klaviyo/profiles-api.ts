import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { badParameter, notFound } from "./api-error.ts";
import { crowdText } from "./crowd-text.ts";
import { allow, type Comparison, parseFilter, passes } from "./filter.ts";
import { Sequence, timeKey } from "./members.ts";
import type { SimProfile } from "./model.ts";
import { fieldsOf, JSON_API, pageAnswer, pageRequest } from "./paging.ts";
import { profileInput } from "./profile-input.ts";
import { applyProfile } from "./profile-write.ts";
import { listResource, profileResource, type Resource, segmentResource, sparse } from "./resource.ts";

/** What the handlers of all operations work with. */
export type Vendor = { readonly account: Account; now(): number; base(): string };

const TIMES = ["greater-than", "less-than"];
const FILTERS = {
  id: ["any", "equals"],
  email: ["any", "equals"],
  phone_number: ["any", "equals"],
  external_id: ["any", "equals"],
  created: TIMES,
  updated: TIMES,
  "subscriptions.email.marketing.suppression.reason": ["equals"],
  "subscriptions.email.marketing.suppression.timestamp": [...TIMES, "greater-or-equal", "less-or-equal"],
  "subscriptions.email.marketing.list_suppressions.list_id": ["equals"],
};
const SORTS: Readonly<Record<string, (p: SimProfile) => string>> = {
  id: (p) => p.id,
  email: (p) => p.email ?? "~",
  created: (p) => timeKey(p.createdAt),
  updated: (p) => timeKey(p.updatedAt),
};

export const wantsSubscriptions = (query: URLSearchParams): boolean =>
  (query.get("additional-fields[profile]") ?? "").split(",").includes("subscriptions");

/** GET /profiles */
export function browseProfiles(vendor: Vendor, call: Call): Answer {
  const { store } = vendor.account;
  const request = pageRequest(call.query, { normal: 20, max: 100 });
  const filter = parseFilter(call.query.get("filter"));
  allow(filter, FILTERS);
  const sort = call.query.get("sort") ?? "id";
  const key = SORTS[sort.replace("-", "")];
  if (!key) throw badParameter(`Sorting by '${sort}' is not supported.`, "sort");
  const then = lag(vendor, call);
  const read = (id: string) => (then.has(id) ? then.get(id)?.profile : store.profile(id));
  const subscriptions = wantsSubscriptions(call.query);
  const sequence =
    filter.length === 0
      ? store.everybody(sort.replace("-", ""), key)
      : new Sequence(
          candidates(vendor.account, filter)
            .filter((p) => filter.every((c) => holds(c, read(p.id) ?? p)))
            .map((p) => ({ key: key(p), id: p.id })),
          null,
        );
  const make = (ids: readonly string[]): Resource[] =>
    ids.flatMap((id) => {
      const p = read(id);
      return p ? [profileResource(vendor.base(), p, { subscriptions })] : [];
    });
  return pageAnswer(vendor.base(), call, request, sequence, make, {
    type: "profile",
    backwards: sort.startsWith("-"),
    text: crowdRows(vendor, call, false),
  });
}

/**
 * The crowd's rows of this request as text, without relationships (which the description leaves optional) to keep a
 * million of them short; who is no longer as the crowd is made is left to the slow way.
 */
export function crowdRows(
  vendor: Vendor,
  call: Call,
  joined: boolean,
): ((id: string) => string | null) | null {
  const { store } = vendor.account;
  if (!store.crowd) return null;
  const fields = fieldsOf(call.query, "profile");
  const subscriptions = wantsSubscriptions(call.query);
  const text = crowdText(store.crowd, (p, joinedAt) => {
    const of = profileResource(vendor.base(), p, { subscriptions, ...(joined ? { joinedAt } : {}) });
    return JSON.stringify({ ...sparse(of, fields), relationships: undefined });
  });
  return (id) => (store.isChanged(id) ? null : text(id));
}

/** People as they were before their latest changes, where this read lags; else nobody. */
export const lag = (vendor: Vendor, call: Call) =>
  vendor.account.asOf(
    call.fault?.kind === "read_lag" ? vendor.now() - (call.fault.ms ?? 1000) : Number.POSITIVE_INFINITY,
  );

/** People who may pass a filter: found by identifier where it names some, else everybody. */
export function candidates(account: Account, filter: readonly Comparison[]): readonly SimProfile[] {
  const { store } = account;
  const by: Readonly<Record<string, (value: string) => SimProfile | undefined>> = {
    id: (id) => store.profile(id),
    email: (email) => store.find({ email }),
    phone_number: (phone) => store.find({ phone }),
    external_id: (externalId) => store.find({ externalId }),
  };
  for (const { field, values } of filter) {
    const find = by[field];
    if (!find) continue;
    if (values.length > 100) throw badParameter("A filter takes at most 100 values.", "filter");
    return [...new Set(values)].flatMap((v) => find(v) ?? []);
  }
  return [...store.profiles()];
}

function holds(comparison: Comparison, p: SimProfile): boolean {
  const m = p.emailMarketing;
  switch (comparison.field) {
    case "id":
      return passes(comparison, p.id);
    case "email":
      return passes(
        { ...comparison, values: comparison.values.map((v) => v.toLowerCase()) },
        p.email?.toLowerCase() ?? null,
      );
    case "phone_number":
      return passes(comparison, p.phone);
    case "external_id":
      return passes(comparison, p.externalId);
    case "created":
      return passes(comparison, p.createdAt);
    case "updated":
      return passes(comparison, p.updatedAt);
    case "subscriptions.email.marketing.suppression.reason":
      return m.suppressions.some((s) => passes(comparison, s.reason));
    case "subscriptions.email.marketing.suppression.timestamp":
      return m.suppressions.some((s) => passes(comparison, s.at));
    default:
      return m.listSuppressions.some((s) => passes(comparison, s.listId));
  }
}

const one = (vendor: Vendor, call: Call, p: SimProfile, status = 200): Answer => ({
  status,
  headers: JSON_API,
  body: {
    data: sparse(
      profileResource(vendor.base(), p, { subscriptions: wantsSubscriptions(call.query) }),
      fieldsOf(call.query, "profile"),
    ),
    links: { self: `${vendor.base()}/api/profiles/${p.id}/` },
  },
});

function existing(vendor: Vendor, id: string): SimProfile {
  const p = vendor.account.store.profile(id);
  if (!p) throw notFound("profile", id);
  return p;
}

/** GET /profiles/{id} */
export const readProfile = (vendor: Vendor, call: Call, id: string): Answer => {
  const then = lag(vendor, call).get(id);
  return one(vendor, call, then?.profile ?? existing(vendor, id));
};

/** POST /profiles, PATCH /profiles/{id} and POST /profile-import. */
export function writeProfile(
  vendor: Vendor,
  call: Call,
  how: "create" | "update" | "upsert",
  id: string | null,
): Answer {
  const input = profileInput(call.body, how === "update" ? id : null);
  const known = how === "update" && id !== null ? existing(vendor, id) : undefined;
  const { profile, created } = applyProfile(vendor.account, input, {
    how,
    known,
    atMs: vendor.now(),
    dry: call.fault?.kind === "ghost_ack" || call.fault?.kind === "partial",
  });
  return one(vendor, call, profile, created ? 201 : 200);
}

/** GET /profiles/{id}/lists and /segments: the groups that a person is in, all on one page. */
export function groupsOfProfile(vendor: Vendor, id: string, kind: "lists" | "segments"): Answer {
  const { store } = vendor.account;
  existing(vendor, id);
  const base = vendor.base();
  const data = [...store.groupsOf(id).keys()].flatMap((group): readonly Resource[] => {
    if (kind === "lists") {
      const list = store.lists.get(group);
      return list ? [listResource(base, list)] : [];
    }
    const segment = store.segments.get(group);
    return segment ? [segmentResource(base, segment)] : [];
  });
  return {
    status: 200,
    headers: JSON_API,
    body: { data, links: { self: `${base}/api/profiles/${id}/${kind}/`, next: null, prev: null } },
  };
}
