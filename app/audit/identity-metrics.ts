import type { IdentifierKind, Instant, Measured, Snapshot } from "../../core/model.ts";
import type { Clash } from "../../members/clash-tally.ts";
import type { SetSummary } from "../../members/set-terms.ts";

/** What one reading tells of e-mail addresses and customer ids that contradict each other. Unknown ones are left out. */
export function identityMetrics(
  s: Pick<SetSummary, "size" | "clashes" | "lookAlikes">,
  identity: IdentifierKind,
  observedAt: Instant,
): Snapshot["metrics"] {
  const measured = (
    numerator: number,
    denominator: number | null,
    quality: Measured["quality"] = "exact",
  ): Measured => ({ numerator, denominator, quality, settled: true, observedAt });
  const alike =
    s.lookAlikes === null
      ? {}
      : {
          look_alike: measured(s.lookAlikes.people, s.size, s.lookAlikes.capped ? "lower_bound" : "exact"),
        };
  if (s.clashes === null || identity === "phone") return alike;
  const { pairs, ofIdentity, ofSecond, sampled } = s.clashes;
  const [address, id] = identity === "email" ? [ofIdentity, ofSecond] : [ofSecond, ofIdentity];
  const quality = (c: Clash) => (c === ofSecond && sampled ? "estimated" : "exact");
  const most = (c: Clash) => measured(c.most, null, c === ofSecond && sampled ? "lower_bound" : "exact");
  return {
    ...alike,
    shared_inbox: measured(address.carried, pairs, quality(address)),
    shared_inbox_addresses: measured(address.ids, null, quality(address)),
    shared_inbox_most: most(address),
    over_merge: measured(id.carried, pairs, quality(id)),
    over_merge_ids: measured(id.ids, null, quality(id)),
    over_merge_most: most(id),
  };
}
