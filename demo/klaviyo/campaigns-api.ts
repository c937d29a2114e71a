import type { Answer, Call } from "../sim/server.ts";
import { badParameter, invalid, notFound } from "./api-error.ts";
import { allow, type Comparison, parseFilter, passes } from "./filter.ts";
import { Sequence } from "./members.ts";
import type { SimCampaign, SimFlow } from "./model.ts";
import { fieldsOf, JSON_API, pageAnswer, pageRequest } from "./paging.ts";
import { dataOf, isJson } from "./profile-input.ts";
import type { Vendor } from "./profiles-api.ts";
import { campaignResource, flowResource, sparse } from "./resource.ts";

const TIMES = ["greater-or-equal", "greater-than", "less-or-equal", "less-than"];
const CAMPAIGN_FILTERS = {
  id: ["any"],
  "messages.channel": ["equals"],
  status: ["any", "equals"],
  archived: ["equals"],
  created_at: TIMES,
  scheduled_at: TIMES,
  updated_at: TIMES,
};
const FLOW_FILTERS = {
  id: ["any"],
  name: ["equals"],
  status: ["equals"],
  archived: ["equals"],
  trigger_type: ["equals"],
};

function campaignPasses(c: SimCampaign, comparison: Comparison): boolean {
  const values: Readonly<Record<string, string | number | boolean | null>> = {
    id: c.id,
    "messages.channel": c.channel,
    status: c.status,
    archived: c.archived,
    created_at: c.createdAt,
    scheduled_at: c.scheduledAt,
    updated_at: c.scheduledAt ?? c.createdAt,
  };
  return passes(comparison, values[comparison.field] ?? null);
}

/** GET /campaigns: refused without a filter on the channel. */
export function browseCampaigns(vendor: Vendor, call: Call): Answer {
  const { campaigns } = vendor.account.store;
  const filter = parseFilter(call.query.get("filter"));
  allow(filter, CAMPAIGN_FILTERS);
  if (!filter.some((c) => c.field === "messages.channel"))
    throw badParameter("A channel filter is required to list campaigns.", "filter");
  const request = pageRequest(call.query, { normal: 100, max: 100 });
  const found = [...campaigns.values()].filter((c) => filter.every((f) => campaignPasses(c, f)));
  const sequence = new Sequence(
    found.map((c) => ({ key: c.id, id: c.id })),
    null,
  );
  const make = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const c = campaigns.get(id);
      return c ? [campaignResource(vendor.base(), c)] : [];
    });
  return pageAnswer(vendor.base(), call, request, sequence, make, { type: "campaign" });
}

/** GET /campaigns/{id} */
export function readCampaign(vendor: Vendor, call: Call, id: string): Answer {
  const c = vendor.account.store.campaigns.get(id);
  if (!c) throw notFound("campaign", id);
  const data = sparse(campaignResource(vendor.base(), c), fieldsOf(call.query, "campaign"));
  return { status: 200, headers: JSON_API, body: { data, links: { self: data.links.self } } };
}

/** GET /flows, and the flows that one list, segment or metric starts (those on one page). */
export function browseFlows(vendor: Vendor, call: Call, startedBy: string | null): Answer {
  const { flows } = vendor.account.store;
  const filter = parseFilter(call.query.get("filter"));
  allow(filter, FLOW_FILTERS);
  const request = pageRequest(call.query, { normal: 50, max: 50 });
  const found = [...flows.values()].filter(
    (f) => (startedBy === null || f.trigger.id === startedBy) && filter.every((c) => flowPasses(f, c)),
  );
  const sequence = new Sequence(
    found.map((f) => ({ key: f.id, id: f.id })),
    null,
  );
  const make = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const f = flows.get(id);
      return f ? [flowResource(vendor.base(), f)] : [];
    });
  return pageAnswer(vendor.base(), call, request, sequence, make, { type: "flow" });
}

function flowPasses(f: SimFlow, comparison: Comparison): boolean {
  const values: Readonly<Record<string, string | boolean>> = {
    id: f.id,
    name: f.name,
    status: f.status,
    archived: f.archived,
    trigger_type: f.trigger.type === "metric" ? "Metric" : "Added to List",
  };
  return passes(comparison, values[comparison.field] ?? null);
}

/** GET /flows/{id} */
export function readFlow(vendor: Vendor, call: Call, id: string): Answer {
  const f = vendor.account.store.flows.get(id);
  if (!f) throw notFound("flow", id);
  const definition = call.query.get("additional-fields[flow]") === "definition";
  const data = sparse(flowResource(vendor.base(), f, definition), fieldsOf(call.query, "flow"));
  return { status: 200, headers: JSON_API, body: { data, links: { self: data.links.self } } };
}

/** POST /campaign-values-reports and /flow-values-reports: one row per campaign that went out in the time frame, or flow. */
export function valuesReport(vendor: Vendor, call: Call, kind: "campaign" | "flow"): Answer {
  const data = dataOf(call.body, `${kind}-values-report`);
  const attributes = isJson(data.attributes) ? data.attributes : {};
  const { statistics, timeframe, conversion_metric_id: metric } = attributes;
  if (!Array.isArray(statistics) || statistics.length === 0)
    throw invalid("'statistics' is a required field.", "/data/attributes/statistics");
  if (!isJson(timeframe)) throw invalid("'timeframe' is a required field.", "/data/attributes/timeframe");
  if (typeof metric !== "string")
    throw invalid("'conversion_metric_id' is a required field.", "/data/attributes/conversion_metric_id");
  const names = statistics.filter((s): s is string => typeof s === "string");
  const { campaigns, flows } = vendor.account.store;
  const rows: { readonly id: string; readonly statistics: Readonly<Record<string, number>> }[] =
    kind === "flow"
      ? [...flows.values()]
      : [...campaigns.values()].filter(
          (c) => c.status === "Sent" && inside(c.sendTime, timeframe, vendor.now()),
        );
  const results = rows.map((row) => ({
    groupings: { [`${kind}_id`]: row.id, [`${kind}_message_id`]: `${row.id}-M`, send_channel: "email" },
    statistics: Object.fromEntries(names.map((n) => [n, statistic(row.statistics, n)])),
  }));
  const plural = `${kind}s`;
  return {
    status: 200,
    headers: JSON_API,
    body: {
      data: {
        type: `${kind}-values-report`,
        attributes: { results },
        relationships: { [plural]: { data: rows.map(({ id }) => ({ type: kind, id })) } },
      },
      links: { self: `${vendor.base()}/api/${kind}-values-reports/` },
    },
  };
}

const RATES: Readonly<Record<string, string>> = {
  bounce_rate: "bounced",
  delivery_rate: "delivered",
  unsubscribe_rate: "unsubscribe_uniques",
  spam_complaint_rate: "spam_complaints",
};

function statistic(of: Readonly<Record<string, number>>, name: string): number {
  const over = RATES[name];
  if (over === undefined) return of[name] ?? 0;
  const base = (name === "bounce_rate" || name === "delivery_rate" ? of.recipients : of.delivered) ?? 0;
  return base === 0 ? 0 : (of[over] ?? 0) / base;
}

/** Time frames with two ends; the named ones reach back from now by their days. */
function inside(at: number | null, timeframe: Readonly<Record<string, unknown>>, nowMs: number): boolean {
  if (at === null) return false;
  const { start, end, key } = timeframe;
  if (typeof start === "string" && typeof end === "string")
    return at >= Date.parse(start) && at < Date.parse(end);
  const days = /^last_(\d+)_days$/.exec(String(key))?.[1];
  return at >= nowMs - Number(days ?? "365") * 86_400_000;
}
