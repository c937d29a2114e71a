import type { KnownCampaign } from "../../../core/facts.ts";
import type { AudienceId, SystemId } from "../../../core/model.ts";
import type { Delivery } from "../../../store/put-deliveries.ts";
import type { AudienceDetail } from "../contract.ts";

/** Of those that went out already. */
const SENT_SHOWN = 5;

/** Campaigns that go to this audience or leave it out; one that does both is told as leaving it out. */
export function campaignsOf(
  campaigns: readonly KnownCampaign[],
  audience: AudienceId,
  titleOf: (system: SystemId) => string,
): AudienceDetail["campaigns"] {
  const all = campaigns.flatMap((c): AudienceDetail["campaigns"] => {
    const names = (refs: KnownCampaign["includes"]) => refs.some((r) => r.audiences.includes(audience));
    const role = names(c.excludes) ? "left_out" : names(c.includes) ? "included" : null;
    if (role === null) return [];
    return [
      { system: c.system, systemTitle: titleOf(c.system), name: c.name, state: c.state, at: c.at, role },
    ];
  });
  return [
    ...all.filter((c) => c.state === "sent").slice(-SENT_SHOWN),
    ...all.filter((c) => c.state !== "sent"),
  ];
}

type Counts = NonNullable<AudienceDetail["systems"][number]["delivery"]>;

/** Mail to one copy: as the system counts it for the whole copy, else the sum over its campaigns. */
export function deliveryOf(
  deliveries: readonly (Delivery & { readonly system: SystemId })[],
  system: SystemId,
): Counts | null {
  const mine = deliveries.filter((d) => d.system === system);
  const whole = mine.filter((d) => d.campaign === null).at(-1);
  const parts = whole === undefined ? mine : [whole];
  const [since] = parts.map((d) => d.from).sort();
  const until = parts
    .map((d) => d.to)
    .sort()
    .at(-1);
  if (since === undefined || until === undefined) return null;
  return {
    since,
    until,
    sent: sum(parts.map((d) => d.sent)),
    delivered: sum(parts.map((d) => d.delivered)),
    bounced: sum(parts.map((d) => d.bounced)),
    complained: sum(parts.map((d) => d.complained)),
    unsubscribed: sum(parts.map((d) => d.unsubscribed)),
  };
}

/** A sum with an unknown part is unknown. */
const sum = (counts: readonly (number | null)[]): number | null =>
  counts.reduce<number | null>((all, n) => (all === null || n === null ? null : all + n), 0);
