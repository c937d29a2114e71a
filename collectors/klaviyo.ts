import { NOTHING } from "../core/capabilities.ts";
import { nowOf } from "../core/clock.ts";
import type { KlaviyoSystem } from "../core/config.ts";
import { AuditorError, isKind } from "../core/errors.ts";
import type { Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import type { ConnectorDeps } from "../systems/http/connector-deps.ts";
import { type ReadClient, readClient } from "../systems/http/read-client.ts";
import { groupsCalled, klaviyoHttp } from "../systems/klaviyo/client.ts";
import {
  groupOf,
  isChannel,
  isKlaviyoSource,
  type KlaviyoSource,
  type ProfileSource,
} from "../systems/klaviyo/source.ts";
import type { KlaviyoGroup } from "../systems/klaviyo/wire.ts";
import { klaviyoFacts, type ResolvedGroup } from "./klaviyo-facts.ts";
import { type Pass, readPass, type Wanted } from "./klaviyo-pass.ts";

/**
 * Reads a Klaviyo account: profiles with consent per channel and suppressions. Each list and segment is read by itself,
 * with the time of joining; everything told by the profile alone (all, subscribed, suppressed, the base) in one pass over
 * all profiles. The client can GET, and POST one report.
 */
export function klaviyoCollector(config: KlaviyoSystem, deps: ConnectorDeps): Collector {
  const open = (context: Context): ReadClient =>
    readClient(klaviyoHttp(config, config.key, deps, context.clock));
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: config.writeKey === null ? "none" : "batch",
      ops: config.writeKey === null ? [] : ["suppress", "remove", "add", "set"],
      identifiers: ["email", "phone", "customer_id"],
      consentScope: "channel",
      joinedAt: true,
      baseReadable: true,
      settle: { typicalMs: 5_000, maxMs: 120_000 },
      cannot: [
        "Segments are rules in Klaviyo: nobody can be added to or removed from one",
        "Klaviyo tells nobody who left a list, so every read is a whole read",
        "Klaviyo mails everybody who is not suppressed, so a person who is not there is never created by a repair",
        "A suppression stops e-mail; SMS and push consent stay as they are",
        "Klaviyo does not tell who changed a field",
      ],
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const http = open(context);
      const asOf = nowOf(context.clock);
      const sources = targets.map((t) => sourceOf(config, t));
      const { passes, ends } = await plan(config, sources, http, context);
      if (ends.length > 0) yield { items: [], asOf, ends };
      for (const pass of passes) {
        try {
          yield* readPass({ ...pass, asOf }, http, context);
        } catch (e) {
          // one list that is refused or unreadable is no reason to lose the others
          if (passes.length === 1 || !isKind(e, "auth", "permanent", "bad_data")) throw e;
          yield { items: [], asOf, ends: pass.wanted.map((w) => unusable(w.index, e.message)) };
        }
      }
    },
    async facts(targets, context) {
      const http = open(context);
      const groups: ResolvedGroup[] = [];
      for (const [target, t] of targets.entries()) {
        const wanted = groupOf(sourceOf(config, t));
        if (wanted === null) continue;
        const [group, ...others] = await groupsCalled(http, config.id, wanted.kind, wanted.name, context);
        if (group && others.length === 0) groups.push({ ...group, target, kind: wanted.kind });
      }
      return klaviyoFacts(config.id, groups, http, context);
    },
    /** Nothing: a key cannot be asked what it may do, and trying would be writing. */
    async warnings() {
      return [];
    },
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}

function sourceOf(config: KlaviyoSystem, t: ReadTarget): KlaviyoSource {
  if (t.kind === "base") return { all: true };
  if (isKlaviyoSource(t.source) && !("subscribed" in t.source && !isChannel(t.source.subscribed)))
    return t.source;
  throw new AuditorError(
    "config",
    `${config.id}: ${t.audience}`,
    "this segment is not of a kind that Klaviyo has",
    "use list, segment, suppressed, all, or subscribed: true, email, sms, push or whatsapp",
  );
}

type Plan = { readonly passes: readonly Omit<Pass, "asOf">[]; readonly ends: readonly TargetEnd[] };

/** Looks lists and segments up first: one that is not there must not read as an empty one. */
async function plan(
  config: KlaviyoSystem,
  sources: readonly KlaviyoSource[],
  http: ReadClient,
  context: Context,
): Promise<Plan> {
  const ends: TargetEnd[] = [];
  const byGroup = new Map<string, { group: KlaviyoGroup; kind: "list" | "segment"; wanted: Wanted[] }>();
  const everybody: Wanted[] = [];
  for (const [index, source] of sources.entries()) {
    const named = groupOf(source);
    if (named === null) {
      everybody.push({ index, source: source as ProfileSource, count: 0 });
      continue;
    }
    const [group, ...others] = await groupsCalled(http, config.id, named.kind, named.name, context);
    if (!group || others.length > 0) {
      ends.push(unusable(index, absent(named, others.length)));
      continue;
    }
    const known = byGroup.get(`${named.kind} ${group.id}`);
    const wanted: Wanted = { index, source: { all: true }, count: 0 };
    if (known) known.wanted.push(wanted);
    else byGroup.set(`${named.kind} ${group.id}`, { group, kind: named.kind, wanted: [wanted] });
  }
  const fields = Object.entries(config.attributes);
  const passes = [...byGroup.values()].map(({ group, kind, wanted }) => ({
    where: config.id,
    group: { kind, id: group.id },
    wanted,
    fields,
  }));
  if (everybody.length === 0) return { passes, ends };
  return { passes: [...passes, { where: config.id, group: null, wanted: everybody, fields }], ends };
}

const unusable = (target: number, because: string): TargetEnd => ({
  target,
  coverage: "unusable",
  declaredTotal: null,
  enumerated: 0,
  fields: {},
  because,
});

const absent = ({ kind, name }: { readonly kind: string; readonly name: string }, others: number): string =>
  others === 0
    ? `Klaviyo has no ${kind} "${name}": make it there, or correct the segment`
    : `Klaviyo has ${others + 1} ${kind}s called "${name}": write the id of the one that is meant`;
