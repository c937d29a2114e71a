import { AuditorError, isKind } from "../core/errors.ts";
import type {
  AudienceRef,
  AutomationFact,
  CampaignFact,
  DefinitionFact,
  DeliveryFact,
  SystemFacts,
} from "../core/facts.ts";
import { type Instant, instant } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { AHEAD, campaignState } from "../systems/klaviyo/campaign.ts";
import { flowsStartedBy, groupsById, whole } from "../systems/klaviyo/client.ts";
import { definitionText } from "../systems/klaviyo/definition.ts";
import { anyOf, both, equals, since } from "../systems/klaviyo/filter.ts";
import type { GroupKind } from "../systems/klaviyo/source.ts";
import {
  asCampaign,
  asMetric,
  type KlaviyoCampaign,
  type KlaviyoGroup,
  reportOf,
} from "../systems/klaviyo/wire.ts";

/** A list or segment that is a target of the read. */
export type ResolvedGroup = KlaviyoGroup & { readonly target: number; readonly kind: GroupKind };

/** Sent campaigns and their counts are looked back on this far. */
const DAYS = 30;
const DAY_MS = 86_400_000;

/** Each part by itself: what cannot be had is null with a note, and harms nothing else. */
export async function klaviyoFacts(
  where: string,
  groups: readonly ResolvedGroup[],
  http: ReadClient,
  context: Context,
): Promise<SystemFacts> {
  const notes: string[] = ["changes: Klaviyo does not tell who changed a field"];
  const part = async <T>(name: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (e) {
      if (isKind(e, "interrupted") || !(e instanceof AuditorError)) throw e;
      notes.push(`${name}: ${e.message}`);
      return null;
    }
  };
  const until = instant(context.clock.now());
  const from = instant(new Date(Date.parse(until) - DAYS * DAY_MS));
  const planned = await part("campaigns", () => campaignsSince(where, from, http, context));
  const campaigns =
    planned && (await part("campaigns", () => campaignFacts(where, planned, groups, http, context)));
  return {
    campaigns,
    definitions: groups.filter((g) => g.kind === "segment").map(definitionOf),
    automations: await part("automations", () => automationsOf(where, groups, http, context)),
    deliverability: await part("deliverability", () =>
      deliveries(where, { from, until }, planned ?? [], groups, http, context),
    ),
    changes: null,
    notes,
  };
}

/** Campaigns still ahead, and those that went out or were changed since `from`. Klaviyo lists one channel at a time. */
async function campaignsSince(
  where: string,
  from: Instant,
  http: ReadClient,
  context: Context,
): Promise<readonly KlaviyoCampaign[]> {
  const found = new Map<string, KlaviyoCampaign>();
  for (const channel of ["email", "sms"]) {
    const ofChannel = equals("messages.channel", channel);
    for (const more of [anyOf("status", AHEAD), since("updated_at", from)]) {
      const query = { filter: both(ofChannel, more) };
      for (const c of await whole(http, where, "/campaigns", query, asCampaign, context)) found.set(c.id, c);
    }
  }
  return [...found.values()];
}

async function campaignFacts(
  where: string,
  campaigns: readonly KlaviyoCampaign[],
  groups: readonly ResolvedGroup[],
  http: ReadClient,
  context: Context,
): Promise<readonly CampaignFact[]> {
  const mentioned = [...new Set(campaigns.flatMap((c) => [...c.included, ...c.excluded]))];
  const others = mentioned.filter((id) => groups.every((g) => g.id !== id));
  const named = new Map<string, string>();
  // a campaign names ids only, and not whether they are lists or segments
  for (const kind of ["list", "segment"] as const)
    for (const g of await groupsById(http, where, kind, others, context)) named.set(g.id, g.name);
  const ref = (id: string): AudienceRef => {
    const group = groups.find((g) => g.id === id);
    return { name: group?.name ?? named.get(id) ?? id, target: group?.target ?? null };
  };
  return campaigns.map((c) => ({
    id: c.id,
    name: c.name,
    state: campaignState(c.status),
    at: c.at,
    includes: c.included.map(ref),
    excludes: c.excluded.map(ref),
  }));
}

const definitionOf = (g: ResolvedGroup): DefinitionFact => ({
  target: g.target,
  name: g.name,
  definition: definitionText(g.definition),
  changedAt: g.updatedAt,
});

async function automationsOf(
  where: string,
  groups: readonly ResolvedGroup[],
  http: ReadClient,
  context: Context,
): Promise<readonly AutomationFact[]> {
  const facts: AutomationFact[] = [];
  for (const g of groups) {
    for (const flow of await flowsStartedBy(http, where, g, context))
      facts.push({ name: flow.name, live: flow.live, startsOn: [{ name: g.name, target: g.target }] });
  }
  return facts;
}

const COUNTS = ["recipients", "delivered", "bounced", "spam_complaints", "unsubscribe_uniques"] as const;

/** One report over all campaigns. It cannot be asked for without a conversion metric, though we want no conversions. */
async function deliveries(
  where: string,
  { from, until }: { readonly from: Instant; readonly until: Instant },
  campaigns: readonly KlaviyoCampaign[],
  groups: readonly ResolvedGroup[],
  http: ReadClient,
  context: Context,
): Promise<readonly DeliveryFact[]> {
  const metrics = await whole(http, where, "/metrics", {}, asMetric, context);
  const metric = metrics.find((m) => m.name === "Placed Order") ?? metrics[0];
  if (metric === undefined)
    throw new AuditorError("unsupported", where, "the account has no metric", "send a first campaign");
  const attributes = {
    statistics: COUNTS,
    timeframe: { start: from, end: until },
    conversion_metric_id: metric.id,
  };
  const body = { data: { type: "campaign-values-report", attributes } };
  const rows = reportOf(await http.readPost("/campaign-values-reports", {}, body, context), where);
  return rows.map((row) => {
    const [only, ...more] = campaigns.find((c) => c.id === row.campaignId)?.included ?? [];
    const target = more.length > 0 ? undefined : groups.find((g) => g.id === only)?.target;
    return {
      target: target ?? null,
      campaign: row.campaignId,
      from,
      to: until,
      sent: row.count("recipients"),
      delivered: row.count("delivered"),
      bounced: row.count("bounced"),
      complained: row.count("spam_complaints"),
      unsubscribed: row.count("unsubscribe_uniques"),
    };
  });
}
