import type { Audience, Config, SystemConfig } from "../core/config.ts";
import type { SegmentSource, SystemId } from "../core/model.ts";
import { canonicalJson } from "./hash.ts";

/**
 * What a writer changes when it writes this copy, as one text: two audiences with the same text share one list, and
 * what is done to it counts together. In a database the list is the table that may be written, whatever the query reads.
 */
export function listKey(system: SystemConfig, source: SegmentSource): string {
  if ((system.kind === "postgres" || system.kind === "mysql") && system.write?.membership !== undefined) {
    const { table, list } = system.write.membership;
    return canonicalJson({ table, list: list ?? null });
  }
  return canonicalJson(source);
}

/** Of the audience's copy in that system, as configured now; null: it has none there any more. */
export function listOf(config: Config, audience: Audience, system: SystemId): string | null {
  const found = config.systems.find((s) => s.id === system);
  const segment = audience.segments.find((s) => s.system === system);
  return found === undefined || segment === undefined ? null : listKey(found, segment.source);
}

/** For the plan's document: the lists of the systems that it writes to. */
export function listsOf(
  config: Config,
  audience: Audience,
  systems: Iterable<SystemId>,
): Readonly<Record<string, string>> {
  const lists: [string, string][] = [];
  for (const system of new Set(systems)) {
    const list = listOf(config, audience, system);
    if (list !== null) lists.push([system, list]);
  }
  return Object.fromEntries(lists.sort(([a], [b]) => (a < b ? -1 : 1)));
}
