import { NOTHING } from "../core/capabilities.ts";
import { nowOf } from "../core/clock.ts";
import type { HubspotSystem } from "../core/config.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import type { ConnectorDeps } from "../systems/http/connector-deps.ts";
import { type ReadClient, readClient } from "../systems/http/read-client.ts";
import { HUBSPOT_CAPABILITIES } from "../systems/hubspot/capabilities.ts";
import { hubspotHttp, listCalled, scopesOf, statusesOf } from "../systems/hubspot/client.ts";
import {
  type HubspotSource,
  isHubspotSource,
  isType,
  needed,
  type Subscriptions,
} from "../systems/hubspot/member.ts";
import { chosenSubscriptions } from "../systems/hubspot/subscriptions.ts";
import { hubspotFacts } from "./hubspot-facts.ts";
import { readPass } from "./hubspot-pass.ts";
import type { Wanted } from "./hubspot-row.ts";

/**
 * Reads a HubSpot account: contacts with their properties, lists, and what people said about mail. Holds a client that
 * can GET and send the few POSTs that only read.
 *
 * Attributes name properties of contacts. Consent comes from HubSpot's own opt-out properties; who said yes to a type of
 * mail is asked only for a `subscribed` segment of that type.
 */
export function hubspotCollector(config: HubspotSystem, deps: ConnectorDeps): Collector {
  const fields = Object.entries(config.attributes);
  const open = (context: Context) => readClient(hubspotHttp(config, config.token, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      ...HUBSPOT_CAPABILITIES,
      ...(config.writeToken === null ? { write: "none" as const, ops: [] } : {}),
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const sources = targets.map((t) => sourceOf(config, t));
      const http = open(context);
      const asOf = nowOf(context.clock);
      const subscriptions = await chosenSubscriptions(config, http, context);
      const { wanted, ends } = await resolve(config, sources, subscriptions, http, context);
      if (ends.length > 0) yield { items: [], asOf, ends };
      if (wanted.length === 0) return;
      const properties = [...new Set([...needed(subscriptions), ...fields.map(([, field]) => field)])];
      const settings = { fields, subscriptions, sends: config.sends };
      yield* readPass({ where: config.id, wanted, settings, properties, asOf }, http, context);
    },
    facts: (targets, context) =>
      hubspotFacts(
        config,
        targets.map((t) => sourceOf(config, t)),
        open(context),
        context,
      ),
    /** Names the scopes that a token for reading should not have. */
    async warnings(context) {
      const scopes = await scopesOf(open(context), deps.secret(config.token), context);
      const more = (scopes ?? []).filter((s) => /\.write$|read_write$/.test(s));
      return more.length === 0
        ? []
        : [`${config.id}: the token for reading can also write (${more.join(", ")}); take these scopes away`];
    },
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}

function sourceOf(config: HubspotSystem, t: ReadTarget): HubspotSource {
  if (t.kind === "base") return { all: true };
  if (isHubspotSource(t.source)) return t.source;
  throw new AuditorError(
    "config",
    `${config.id}: ${t.audience}`,
    "this segment is not of a kind that HubSpot has",
    "use list, subscribed, suppressed or all",
  );
}

/** Looks lists and types of mail up first: one that is not there must not read as an empty segment. */
async function resolve(
  config: HubspotSystem,
  sources: readonly HubspotSource[],
  subscriptions: Subscriptions,
  http: ReadClient,
  context: Context,
): Promise<{ wanted: readonly Wanted[]; ends: readonly TargetEnd[] }> {
  const wanted: Wanted[] = [];
  const ends: TargetEnd[] = [];
  let why: string | null | undefined;
  for (const [index, source] of sources.entries()) {
    if ("list" in source) {
      const list = await listCalled(http, config.id, source.list, context);
      if (list === null)
        ends.push(
          absent(index, `HubSpot has no list "${source.list}": make it there, or correct the segment`),
        );
      else wanted.push({ index, source, list, type: null, count: 0 });
    } else if ("subscribed" in source && source.subscribed !== true) {
      const name = source.subscribed;
      const type = subscriptions.types.find((t) => isType(t, name)) ?? null;
      if (why === undefined) why = await whyNotReadable(config, http, context);
      if (type === null) ends.push(absent(index, `HubSpot has no active subscription type "${name}"`));
      else if (why !== null) ends.push(absent(index, why));
      else wanted.push({ index, source, list: null, type, count: 0 });
    } else wanted.push({ index, source, list: null, type: null, count: 0 });
  }
  return { wanted, ends };
}

/** Who said yes can be read in batches only, which HubSpot allows to Marketing Hub Enterprise. null: it is. */
async function whyNotReadable(
  config: HubspotSystem,
  http: ReadClient,
  context: Context,
): Promise<string | null> {
  try {
    await statusesOf(http, config.id, ["nobody@example.invalid"], context);
    return null;
  } catch (e) {
    if (!isKind(e, "auth")) throw e;
    return "who said yes cannot be read: the token lacks communication_preferences.statuses.batch.read (Marketing Hub Enterprise)";
  }
}

const absent = (target: number, because: string): TargetEnd => ({
  target,
  coverage: "unusable",
  declaredTotal: null,
  enumerated: 0,
  fields: {},
  because,
});
