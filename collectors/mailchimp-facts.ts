import type { MailchimpSystem } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type {
  AudienceRef,
  AutomationFact,
  CampaignFact,
  DefinitionFact,
  DeliveryFact,
  SystemFacts,
} from "../core/facts.ts";
import type { ReadTarget } from "../core/model.ts";
import { instant } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import {
  automationsOf,
  campaignsOf,
  type MailchimpCampaign,
  reportsOf,
} from "../systems/mailchimp/campaigns.ts";
import { listOf, segmentsOf } from "../systems/mailchimp/client.ts";
import { instantOf, isSegmented } from "../systems/mailchimp/member.ts";
import { isStatic, segmentFor } from "../systems/mailchimp/segment.ts";
import type { MailchimpSegment } from "../systems/mailchimp/wire.ts";

/** Days back for what was sent, and for its statistics. */
const LOOK_BACK_DAYS = 30;

/** What Mailchimp knows beyond members. A part that fails is null with a note; the others stay. */
export async function mailchimpFacts(
  config: MailchimpSystem,
  targets: readonly ReadTarget[],
  http: ReadClient,
  context: Context,
): Promise<SystemFacts> {
  const notes = [
    "automations: customer journeys are not in Mailchimp's API; only classic automations are listed",
    "changes: Mailchimp keeps no record of who changed a field",
  ];
  const part = async <T>(name: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (e) {
      if (!(e instanceof AuditorError) || e.kind === "interrupted") throw e;
      notes.push(`${name}: ${e.message}`);
      return null;
    }
  };
  const since = instant(new Date(context.clock.now().getTime() - LOOK_BACK_DAYS * 86_400_000));
  const segments = await part("segments", () => segmentsOf(http, config, context));
  const list = await part("audience", () => listOf(http, config, context));
  const names = namesOf(targets, segments ?? [], list?.name ?? config.list);
  const campaigns = await part("campaigns", () => campaignsOf(http, config, since, context));
  const automations = await part("automations", () => automationsOf(http, config, context));
  const reports = await part("deliverability", () => reportsOf(http, config, since, context));
  return {
    campaigns: campaigns?.map((c) => campaignFact(c, names)) ?? null,
    definitions: segments === null ? null : definitionsOf(targets, segments),
    automations:
      automations?.map(
        (a): AutomationFact => ({
          name: a.title,
          live: a.status === "sending",
          startsOn: [a.segmentId === null ? names.everyone : names.segment(a.segmentId)],
        }),
      ) ?? null,
    deliverability:
      reports?.map((r): DeliveryFact => {
        const campaign = campaigns?.find((c) => c.id === r.campaignId);
        const from = instantOf(r.sentAt) ?? since;
        return {
          target: campaign === undefined ? null : (campaignFact(campaign, names).includes[0]?.target ?? null),
          campaign: r.campaignId,
          from,
          to: instant(context.clock.now()),
          sent: r.sent,
          delivered: r.sent === null || r.bounced === null ? null : r.sent - r.bounced,
          bounced: r.bounced,
          complained: r.complained,
          unsubscribed: r.unsubscribed,
        };
      }) ?? null,
    changes: null,
    notes,
  };
}

type Names = { readonly everyone: AudienceRef; segment(id: number): AudienceRef };

/** Mailchimp's ids as people and targets know them. Without a segment a campaign goes to all who are subscribed. */
function namesOf(targets: readonly ReadTarget[], segments: readonly MailchimpSegment[], list: string): Names {
  const byId = new Map<number, number>();
  let everyone: number | null = null;
  for (const [index, t] of targets.entries()) {
    if (t.kind === "base") continue;
    if ("subscribed" in t.source) everyone ??= index;
    const segment = isSegmented(t.source) ? segmentFor(segments, t.source) : null;
    if (segment !== null && !byId.has(segment.id)) byId.set(segment.id, index);
  }
  return {
    everyone: { name: list, target: everyone },
    segment: (id) => ({
      name: segments.find((s) => s.id === id)?.name ?? `segment ${id}`,
      target: byId.get(id) ?? null,
    }),
  };
}

const STATES: Readonly<Record<string, CampaignFact["state"]>> = {
  save: "draft",
  paused: "draft",
  schedule: "scheduled",
  sending: "sending",
  sent: "sent",
};

function campaignFact(c: MailchimpCampaign, names: Names): CampaignFact {
  const included = c.segmentIds.filter((id) => !c.excludedIds.includes(id));
  return {
    id: c.id,
    name: c.title,
    state: STATES[c.status] ?? "cancelled",
    at: instantOf(c.sendAt),
    includes: included.length === 0 ? [names.everyone] : included.map((id) => names.segment(id)),
    excludes: c.excludedIds.map((id) => names.segment(id)),
  };
}

/** The rules of saved segments. A tag has none: people are put in and taken out. */
function definitionsOf(
  targets: readonly ReadTarget[],
  segments: readonly MailchimpSegment[],
): readonly DefinitionFact[] {
  return targets.flatMap((t, target): DefinitionFact[] => {
    const segment = t.kind === "segment" && isSegmented(t.source) ? segmentFor(segments, t.source) : null;
    if (segment === null || isStatic(segment)) return [];
    return [
      {
        target,
        name: segment.name,
        definition: definitionOf(segment),
        changedAt: instantOf(segment.updatedAt),
      },
    ];
  });
}

function definitionOf(s: MailchimpSegment): string {
  const conditions = Array.isArray(s.options?.conditions) ? s.options.conditions : [];
  const lines = conditions.map((c: unknown) =>
    typeof c === "object" && c !== null
      ? Object.entries(c)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
          .join(" ")
      : String(c),
  );
  return [`match ${String(s.options?.match ?? "all")}`, ...lines.toSorted()].join("\n");
}
