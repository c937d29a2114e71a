import { nowOf } from "../core/clock.ts";
import type { HubspotSystem } from "../core/config.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { AudienceRef, CampaignFact, DefinitionFact, DeliveryFact, SystemFacts } from "../core/facts.ts";
import type { Instant } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { ReadClient } from "../systems/http/read-client.ts";
import { listById, listCalled } from "../systems/hubspot/client.ts";
import {
  definitionText,
  liveFlows,
  type MarketingEmail,
  marketingEmails,
} from "../systems/hubspot/marketing.ts";
import { type HubspotSource, instantOf } from "../systems/hubspot/member.ts";
import type { HubspotList } from "../systems/hubspot/wire.ts";
import { hubspotChanges } from "./hubspot-changes.ts";

/** What HubSpot knows beyond contacts. Each part is read for itself: a scope that is missing takes only its own away. */
export async function hubspotFacts(
  config: HubspotSystem,
  sources: readonly HubspotSource[],
  http: ReadClient,
  context: Context,
): Promise<SystemFacts> {
  const notes: string[] = [];
  const part = async <T>(name: string, scope: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (e) {
      if (!(e instanceof AuditorError) || e.kind === "interrupted") throw e;
      notes.push(
        e.kind === "auth"
          ? `${name}: the token lacks the scope ${scope}`
          : `${name}: could not be read (${e.kind})`,
      );
      return null;
    }
  };
  const lists = new Lists(config.id, http, context);
  const wanted = await part("definitions", "crm.lists.read", () => lists.ofTargets(sources));
  const emails = await part("campaigns", "marketing-email", () => marketingEmails(http, config.id, context));
  const refs = (ids: readonly string[]) => lists.refs(ids);
  return {
    definitions: wanted === null ? null : definitions(wanted),
    campaigns: emails === null ? null : await campaigns(emails, refs, nowOf(context.clock)),
    deliverability: emails === null ? null : deliveries(emails, await lists.targets(), nowOf(context.clock)),
    automations: await part("automations", "automation", async () =>
      Promise.all(
        (await liveFlows(http, config.id, context)).map(async (f) => ({
          name: f.name,
          live: f.live,
          startsOn: await refs(f.listIds),
        })),
      ),
    ),
    changes: await part("changes", "crm.objects.contacts.read", () => hubspotChanges(config, http, context)),
    notes,
  };
}

/** Lists by id, each asked for once. */
class Lists {
  readonly #where: string;
  readonly #http: ReadClient;
  readonly #context: Context;
  readonly #known = new Map<string, HubspotList | null>();
  readonly #targets = new Map<string, number>();

  constructor(where: string, http: ReadClient, context: Context) {
    this.#where = where;
    this.#http = http;
    this.#context = context;
  }

  async ofTargets(sources: readonly HubspotSource[]): Promise<readonly (readonly [number, HubspotList])[]> {
    const found: (readonly [number, HubspotList])[] = [];
    for (const [index, source] of sources.entries()) {
      if (!("list" in source)) continue;
      const list = await listCalled(this.#http, this.#where, source.list, this.#context);
      if (list === null) continue;
      this.#known.set(list.id, list);
      if (!this.#targets.has(list.id)) this.#targets.set(list.id, index);
      found.push([index, list]);
    }
    return found;
  }

  async targets(): Promise<ReadonlyMap<string, number>> {
    return this.#targets;
  }

  async refs(ids: readonly string[]): Promise<readonly AudienceRef[]> {
    const refs: AudienceRef[] = [];
    for (const id of ids) {
      if (!this.#known.has(id)) this.#known.set(id, await this.#byId(id));
      refs.push({ name: this.#known.get(id)?.name ?? `list ${id}`, target: this.#targets.get(id) ?? null });
    }
    return refs;
  }

  async #byId(id: string): Promise<HubspotList | null> {
    try {
      return await listById(this.#http, this.#where, id, this.#context);
    } catch (e) {
      // a name less is no reason to lose the campaign
      if (isKind(e, "auth", "permanent", "transient", "rate_limited", "bad_data")) return null;
      throw e;
    }
  }
}

const definitions = (lists: readonly (readonly [number, HubspotList])[]): readonly DefinitionFact[] =>
  lists.flatMap(([target, list]) =>
    list.filters === null
      ? []
      : [
          {
            target,
            name: list.name,
            definition: definitionText(list.filters),
            changedAt: instantOf(list.filtersUpdatedAt),
          },
        ],
  );

/** What workflows send has no time of its own: it is not a campaign. */
async function campaigns(
  emails: readonly MarketingEmail[],
  refs: (ids: readonly string[]) => Promise<readonly AudienceRef[]>,
  now: Instant,
): Promise<readonly CampaignFact[]> {
  const facts: CampaignFact[] = [];
  for (const e of emails) {
    const state = stateOf(e, now);
    if (state === null) continue;
    facts.push({
      id: e.id,
      name: e.name,
      state,
      at: instantOf(e.publishDate),
      includes: await refs(e.include),
      excludes: await refs(e.exclude),
    });
  }
  return facts;
}

function stateOf(e: MarketingEmail, now: Instant): CampaignFact["state"] | null {
  const at = instantOf(e.publishDate);
  if (/^AUTOMATED|^RSS|^BLOG/.test(e.state)) return null;
  if (/^DRAFT|^PRE_PROCESSING/.test(e.state)) return "draft";
  if (/^CANCEL|^ERROR/.test(e.state)) return "cancelled";
  if (e.state === "PROCESSING") return "sending";
  return at !== null && at > now ? "scheduled" : e.state === "SCHEDULED" ? "scheduled" : "sent";
}

/** Mail to one of the lists under audit counts for it; to several, for none of them. */
function deliveries(
  emails: readonly MarketingEmail[],
  targets: ReadonlyMap<string, number>,
  now: Instant,
): readonly DeliveryFact[] {
  return emails.flatMap((e): readonly DeliveryFact[] => {
    const from = instantOf(e.publishDate);
    if (from === null || from > now || Object.keys(e.counters).length === 0) return [];
    const count = (...names: readonly string[]) =>
      names.map((n) => e.counters[n]).find((n) => n !== undefined) ?? null;
    const only = e.include.length === 1 ? targets.get(e.include[0] ?? "") : undefined;
    return [
      {
        target: only ?? null,
        campaign: e.name,
        from,
        to: now,
        sent: count("sent"),
        delivered: count("delivered"),
        bounced: count("bounce", "bounced"),
        complained: count("spamreport"),
        unsubscribed: count("unsubscribed"),
      },
    ];
  });
}
