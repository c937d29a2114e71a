import type { Instant } from "../../core/model.ts";
import { bad, countOrNull, dataOf, isObject, type Json, type Resource, textOrNull } from "./json.ts";
import { instantOf } from "./profile.ts";

/** Lists, segments, campaigns, flows, jobs and reports of revision 2026-07-15, as much of each as we use. */
export type KlaviyoGroup = {
  readonly id: string;
  readonly name: string;
  /** The rule of a segment, as it came; null for lists. */
  readonly definition: unknown;
  readonly updatedAt: Instant | null;
};

export const asGroup = ({ id, attributes }: Resource): KlaviyoGroup => ({
  id,
  name: textOrNull(attributes.name) ?? id,
  definition: attributes.definition ?? null,
  updatedAt: instantOf(attributes.updated),
});

/** @throws AuditorError bad_data when no count came, though it was asked for */
export function countOf(body: unknown, where: string): number {
  const count = countOrNull(dataOf(body, where).attributes.profile_count);
  if (count === null || !Number.isInteger(count) || count < 0)
    throw bad(where, "the answer has no profile_count");
  return count;
}

export type KlaviyoCampaign = {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly at: Instant | null;
  /** Ids of lists and segments. */
  readonly included: readonly string[];
  readonly excluded: readonly string[];
};

const texts = (v: unknown): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === "string") : [];

export function asCampaign({ id, attributes }: Resource, where: string): KlaviyoCampaign {
  const { audiences } = attributes;
  // without them a campaign would look as if it left nobody out
  if (!isObject(audiences)) throw bad(where, "a campaign has no audiences");
  const strategy: Json = isObject(attributes.send_strategy) ? attributes.send_strategy : {};
  return {
    id,
    name: textOrNull(attributes.name) ?? id,
    status: textOrNull(attributes.status) ?? "",
    at: instantOf(attributes.send_time) ?? instantOf(strategy.datetime) ?? instantOf(attributes.scheduled_at),
    included: texts(audiences.included),
    excluded: texts(audiences.excluded),
  };
}

export type KlaviyoFlow = { readonly id: string; readonly name: string; readonly live: boolean };

export const asFlow = ({ id, attributes }: Resource): KlaviyoFlow => ({
  id,
  name: textOrNull(attributes.name) ?? id,
  live: attributes.status === "live" && attributes.archived !== true,
});

export const asMetric = ({ id, attributes }: Resource) => ({ id, name: textOrNull(attributes.name) ?? "" });

export type KlaviyoJob = { readonly id: string; readonly status: string };

export function jobOf(body: unknown, where: string): KlaviyoJob {
  const { id, attributes } = dataOf(body, where);
  return { id, status: textOrNull(attributes.status) ?? "" };
}

/** One row of a report: the campaign and its counts by Klaviyo's names; a count that is not there is null. */
export type ReportRow = {
  readonly campaignId: string;
  count(name: string): number | null;
};

export function reportOf(body: unknown, where: string): readonly ReportRow[] {
  const data = isObject(body) && isObject(body.data) ? body.data : {};
  const results = isObject(data.attributes) ? data.attributes.results : null;
  if (!Array.isArray(results)) throw bad(where, "the report has no results");
  return results.filter(isObject).flatMap((row) => {
    const campaignId = isObject(row.groupings) ? textOrNull(row.groupings.campaign_id) : null;
    const statistics = isObject(row.statistics) ? row.statistics : {};
    return campaignId === null
      ? []
      : [{ campaignId, count: (name: string) => countOrNull(statistics[name]) }];
  });
}

/** Places in the request that a refusal points at: `/data/3/id` → 3. Empty: it names none. */
export function refusedIndexes(body: unknown): ReadonlySet<number> {
  const errors = isObject(body) && Array.isArray(body.errors) ? body.errors.filter(isObject) : [];
  const found = errors.flatMap((e) => {
    const pointer = isObject(e.source) ? textOrNull(e.source.pointer) : null;
    const index = /\/data\/(\d+)(\/|$)/.exec(pointer ?? "")?.[1];
    return index === undefined ? [] : [Number(index)];
  });
  return new Set(found);
}
