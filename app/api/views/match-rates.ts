import { plainShare, platformShare, sourceShare } from "../../../checks/match-rates.ts";
import type { Config } from "../../../core/config.ts";
import type { SyncRun } from "../../../core/facts.ts";
import type { AudienceDetail } from "../contract/audience.ts";
import type { SegmentView, World } from "./world.ts";

type Rates = AudienceDetail["systems"][number]["matchRate"];

/**
 * Both match rates of one copy as of the latest comparison: of what the source has for it, and of what was accepted.
 * What is not known is null; above 100 % is shown as such.
 */
export function matchRatesOf(
  world: World,
  s: SegmentView,
  config: Config,
  syncRuns: readonly SyncRun[],
): Rates {
  const comparison = world.comparisons.get(s.audience.id)?.at(-1);
  const here = comparison?.perSystem[s.system.id];
  const ownerHistory = world.segments.find((o) => o.isOwner && o.audience.id === s.audience.id)?.history;
  const owner = ownerHistory?.find((o) => o.runId === comparison?.runId);
  const source =
    comparison === undefined || here === undefined || s.isOwner
      ? null
      : (sourceShare(here, owner) ?? plainShare(comparison, here, owner));
  const input = { config, audience: s.audience, system: s.system, syncRuns };
  const platform =
    s.latestComplete === null || s.isOwner ? null : platformShare(input, s.latestComplete, here, owner);
  return {
    matched: here?.matched ?? null,
    base: world.bases.get(s.system.id)?.at(-1)?.metrics.size?.numerator ?? null,
    ofSource: source === null ? null : { matched: source.part, of: source.whole },
    ofAccepted:
      platform === null
        ? null
        : {
            matched: platform.part,
            of: platform.whole,
            quality: platform.quality,
            settled: platform.settled,
          },
  };
}
