import { createHash } from "node:crypto";
import type { AudienceRef, KnownCampaign, KnownRef, SystemFacts } from "../../core/facts.ts";
import { type AudienceId, type Instant, instant, type ReadTarget, type SystemId } from "../../core/model.ts";
import type { SeenDefinition } from "../../store/put-definitions.ts";
import type { Delivery } from "../../store/put-deliveries.ts";
import type { SystemFactsRow } from "../../store/put-system-facts.ts";
import { nameWithoutPeople, ruleWithoutPeople } from "./without-people.ts";

/** Facts as they are kept: targets have become audiences, and people's addresses are left out. */
export type KeptFacts = {
  readonly definitions: readonly SeenDefinition[];
  /** null: the system cannot tell, and what it told before still counts. */
  readonly campaigns: readonly Omit<KnownCampaign, "system" | "lastSeen">[] | null;
  /** null: not told; what was told before stays. */
  readonly deliveries: readonly Delivery[] | null;
  readonly row: Omit<SystemFactsRow, "readAt">;
};

/**
 * @param targets of the read, in its order. Several may be the same list; then a reference to one means them all.
 */
export function takeIn(system: SystemId, targets: readonly ReadTarget[], facts: SystemFacts): KeptFacts {
  const audiencesOf = (index: number | null): readonly AudienceId[] => {
    const target = index === null ? undefined : targets[index];
    if (target?.kind !== "segment") return [];
    const source = JSON.stringify(target.source);
    return targets.flatMap((t) =>
      t.kind === "segment" && JSON.stringify(t.source) === source ? [t.audience] : [],
    );
  };
  const known = (refs: readonly AudienceRef[]): KnownRef[] =>
    refs.map((r) => ({ name: nameWithoutPeople(r.name), audiences: audiencesOf(r.target) }));
  return {
    definitions: (facts.definitions ?? []).flatMap((d) =>
      audiencesOf(d.target).map((audience) => ({
        audience,
        system,
        name: nameWithoutPeople(d.name),
        definition: ruleWithoutPeople(d.definition),
        hash: createHash("sha256").update(d.definition).digest("hex"),
        changedAt: momentOrNull(d.changedAt),
      })),
    ),
    campaigns:
      facts.campaigns?.map((c) => ({
        id: c.id,
        name: nameWithoutPeople(c.name),
        state: c.state,
        at: momentOrNull(c.at),
        includes: known(c.includes),
        excludes: known(c.excludes),
      })) ?? null,
    deliveries:
      facts.deliverability?.flatMap(({ target, campaign, ...counts }): Delivery[] => {
        const [from, to] = [momentOrNull(counts.from), momentOrNull(counts.to)];
        if (from === null || to === null) return [];
        const name = campaign === null ? null : nameWithoutPeople(campaign);
        const audiences = target === null ? [null] : audiencesOf(target);
        return audiences.map((audience) => ({ ...counts, from, to, audience, campaign: name }));
      }) ?? null,
    row: {
      system,
      automations:
        facts.automations?.map((a) => ({
          name: nameWithoutPeople(a.name),
          live: a.live,
          startsOn: known(a.startsOn),
        })) ?? null,
      changes:
        facts.changes?.flatMap((c) => {
          const latestAt = momentOrNull(c.latestAt);
          return latestAt === null ? [] : [{ ...c, source: nameWithoutPeople(c.source), latestAt }];
        }) ?? null,
      notes: facts.notes.map(nameWithoutPeople),
    },
  };
}

/** A time that cannot be read is not known. */
function momentOrNull(at: Instant | null): Instant | null {
  const ms = at === null ? Number.NaN : Date.parse(at);
  return Number.isNaN(ms) ? null : instant(new Date(ms));
}
