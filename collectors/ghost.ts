import { NOTHING } from "../core/capabilities.ts";
import { nowOf } from "../core/clock.ts";
import type { GhostSystem } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { Page, ReadTarget, TargetEnd } from "../core/model.ts";
import type { Collector, Context } from "../core/ports.ts";
import { ghostField } from "../systems/ghost/attribute.ts";
import { ghostHttp, labelsOf, newslettersOf } from "../systems/ghost/client.ts";
import { quoted } from "../systems/ghost/filter.ts";
import { type GhostSource, isGhostSource, isLabel, isNewsletter } from "../systems/ghost/member.ts";
import type { ConnectorDeps } from "../systems/http/connector-deps.ts";
import { type ReadClient, readClient } from "../systems/http/read-client.ts";
import { readPass } from "./ghost-pass.ts";
import type { Wanted } from "./ghost-row.ts";

/**
 * Reads a Ghost site: members with their labels, newsletters (= consent) and suppression. Holds a client that can only
 * GET. Several targets are read in one pass over all members; a single label or newsletter is read by itself.
 *
 * Attributes: a path into the member (`name`, `note`, `status`), `labels`, `label:vip` (true or false), or
 * `label:plan-*` (the rest of the label's name), as Ghost has no custom fields.
 */
export function ghostCollector(config: GhostSystem, deps: ConnectorDeps): Collector {
  const fields = Object.entries(config.attributes).map(([name, field]) => [name, ghostField(field)] as const);
  return {
    system: config.id,
    capabilities: {
      ...NOTHING,
      read: "stream",
      write: config.writeKey === null ? "none" : "member",
      identifiers: ["email"],
      ops: config.writeKey === null ? [] : ["suppress", "remove", "add", "set"],
      baseReadable: true,
      consentScope: "list",
      cannot: ["Ghost tells no time of joining a label or newsletter"],
    },
    async *read(targets, context): AsyncGenerator<Page> {
      const sources = targets.map((t) => sourceOf(config, t));
      const http = readClient(ghostHttp(config, config.key, deps, context.clock));
      const asOf = nowOf(context.clock);
      const { filter, wanted, ends } = await resolve(config, sources, http, context);
      if (ends.length > 0) yield { items: [], asOf, ends };
      if (wanted.length > 0)
        yield* readPass({ where: config.id, filter, wanted, fields, asOf }, http, context);
    },
    /** Nothing: Ghost has no read-only Admin key, so "this key can write" would never go away. */
    async warnings() {
      return [];
    },
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}

function sourceOf(config: GhostSystem, t: ReadTarget): GhostSource {
  if (t.kind === "base") return { all: true };
  if (isGhostSource(t.source)) return t.source;
  throw new AuditorError(
    "config",
    `${config.id}: ${t.audience}`,
    "this segment is not of a kind that Ghost has",
    "use label, newsletter, suppressed or all",
  );
}

/** Looks labels and newsletters up first: one that is not there must not read as an empty segment. */
async function resolve(
  config: GhostSystem,
  sources: readonly GhostSource[],
  http: ReadClient,
  context: Context,
): Promise<{ filter: string | null; wanted: readonly Wanted[]; ends: readonly TargetEnd[] }> {
  const labels = sources.some((s) => "label" in s) ? await labelsOf(http, config.id, context) : [];
  const newsletters = sources.some((s) => "newsletter" in s)
    ? await newslettersOf(http, config.id, context)
    : [];
  const wanted: Wanted[] = [];
  const ends: TargetEnd[] = [];
  let filter: string | null = null;
  for (const [index, source] of sources.entries()) {
    const label = "label" in source ? labels.find((l) => isLabel(l, source.label)) : undefined;
    const newsletter =
      "newsletter" in source ? newsletters.find((n) => isNewsletter(n, source.newsletter)) : undefined;
    if ("label" in source && !label) ends.push(absent(index, `no label "${source.label}"`));
    else if ("newsletter" in source && !newsletter)
      ends.push(absent(index, `no newsletter "${source.newsletter}"`));
    else {
      wanted.push({ index, source, newsletterId: newsletter?.id ?? null, count: 0 });
      filter = label
        ? `label:${quoted(label.slug)}`
        : newsletter
          ? `newsletters:${quoted(newsletter.slug)}`
          : null;
    }
  }
  return { filter: wanted.length === 1 ? filter : null, wanted, ends };
}

const absent = (target: number, what: string): TargetEnd => ({
  target,
  coverage: "unusable",
  declaredTotal: null,
  enumerated: 0,
  fields: {},
  because: `Ghost has ${what}: make it there, or correct the segment`,
});
