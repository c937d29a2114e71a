import type { Audience, Config, WriterJob } from "../core/config.ts";
import type { AudienceId, Instant, SystemId } from "../core/model.ts";
import type { Change, PlanDoc } from "../core/repair.ts";

/** Is this audience used to keep people from being contacted? Then nobody is ever taken off its copies. */
export function isExcluding(audience: Audience, config: Config): boolean {
  return (
    audience.purpose === "suppression" ||
    audience.purpose === "ineligible" ||
    config.audiences.some((a) => a.holdout === audience.id)
  );
}

/** Known sync jobs that write this audience's list in that system and are switched on. */
export const writersInto = (config: Config, audience: AudienceId, system: SystemId): readonly WriterJob[] =>
  config.writers.filter((w) => w.enabled && w.to === system && w.audiences.includes(audience));

/** Known sync jobs that write this field in that system and are switched on. */
export const writersOf = (config: Config, attribute: string, system: SystemId): readonly WriterJob[] =>
  config.writers.filter((w) => w.enabled && w.to === system && w.attributes.includes(attribute));

/** The edit of a segment's rule that moved its people. */
export type RuleCause = {
  readonly system: SystemId;
  readonly at: Instant;
  readonly certainty: "confirmed" | "likely";
  /** "the rule of “VIP” in Klaviyo was changed" */
  readonly text: string;
};

/** Title of a system as people know it; its id when the configuration no longer has it. */
export const titleOf = (config: Config, system: SystemId): string =>
  config.systems.find((s) => s.id === system)?.title ?? system;

/**
 * Where the repair belongs. A sync tool that compares with what it last sent neither puts back whom we remove nor
 * removes whom we add, so where a known job writes the list a resync there comes first. Suppressions go direct.
 */
export function placeOfRepair(
  config: Config,
  audience: AudienceId,
  changes: readonly Pick<Change, "op" | "system" | "attribute">[],
  rule: RuleCause | null = null,
): PlanDoc["place"] {
  const moves = changes.some((c) => c.system === rule?.system && (c.op === "add" || c.op === "remove"));
  if (rule !== null && moves)
    return { where: "rule", because: `${rule.text}: correct it there, then read again.` };
  const jobs = new Map<string, WriterJob>();
  let direct = 0;
  for (const c of changes) {
    const known =
      c.op === "add" || c.op === "remove"
        ? writersInto(config, audience, c.system)
        : c.op === "set" && c.attribute !== null
          ? writersOf(config, c.attribute, c.system)
          : [];
    if (c.op === "suppress") direct += 1;
    for (const w of known) jobs.set(w.name, w);
  }
  if (jobs.size > 0) {
    const named = [...jobs.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((w) => `“${w.name}” writes to ${titleOf(config, w.to)}`)
      .join("; ");
    const rest = direct > 0 ? " Suppressions go direct." : "";
    return { where: "resync", because: `${named}: let it sync again, then read.${rest}` };
  }
  if (direct > 0 && direct === changes.length)
    return { where: "destination", because: "suppressions go direct" };
  return { where: "destination", because: "no known sync job writes here" };
}
