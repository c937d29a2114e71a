import type { DefinitionVersion, KnownCampaign } from "../../../core/facts.ts";
import type { AudienceId, SystemId } from "../../../core/model.ts";
import type { Delivery } from "../../../store/put-deliveries.ts";
import { ruleDiff } from "../../facts/rule-diff.ts";
import type { AudienceDetail, Rule } from "../contract.ts";

const SHOWN = 5;

/** @param versions of any copies of the audience, oldest first within a copy */
export function ruleOf(versions: readonly DefinitionVersion[], system: SystemId): Rule | null {
  const mine = versions.filter((v) => v.system === system);
  const latest = mine.at(-1);
  if (latest === undefined) return null;
  const shown = mine.map((v, i) => {
    const before = mine[i - 1];
    return {
      version: v.version,
      definition: v.definition,
      firstSeen: v.firstSeen,
      lastSeen: v.lastSeen,
      changedAt: v.changedAt,
      diff: before === undefined ? [] : ruleDiff(before.definition, v.definition),
    };
  });
  return { name: latest.name, versions: shown.slice(-SHOWN).reverse() };
}

/** Campaigns that go to this audience or leave it out; one that does both is told as leaving it out. */
export function campaignsOf(
  campaigns: readonly KnownCampaign[],
  audience: AudienceId,
  titleOf: (system: SystemId) => string,
): AudienceDetail["campaigns"] {
  return campaigns.flatMap((c): AudienceDetail["campaigns"] => {
    const names = (refs: KnownCampaign["includes"]) => refs.some((r) => r.audiences.includes(audience));
    const role = names(c.excludes) ? "left_out" : names(c.includes) ? "included" : null;
    if (role === null) return [];
    return [
      { system: c.system, systemTitle: titleOf(c.system), name: c.name, state: c.state, at: c.at, role },
    ];
  });
}

export function deliveryOf(
  deliveries: readonly (Delivery & { readonly system: SystemId })[],
  system: SystemId,
): AudienceDetail["systems"][number]["delivery"] {
  const d = deliveries.find((x) => x.system === system);
  if (d === undefined) return null;
  const { from: since, to: until, sent, delivered, bounced, complained, unsubscribed } = d;
  return { since, until, sent, delivered, bounced, complained, unsubscribed };
}
