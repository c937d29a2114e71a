import type { Audience, SystemConfig } from "../../../core/config.ts";
import type { Incident } from "../../../core/finding.ts";
import type { AudienceId, Comparison, Snapshot, SystemId } from "../../../core/model.ts";
import { flaggedSnapshots } from "../../../store/flagged-snapshots.ts";
import type { App } from "../../app.ts";

export type SegmentView = {
  readonly audience: Audience;
  readonly system: SystemConfig;
  readonly isOwner: boolean;
  /** Oldest first; partial readings included. */
  readonly history: readonly Snapshot[];
  readonly latest: Snapshot | null;
  readonly latestComplete: Snapshot | null;
  readonly flagged: ReadonlySet<string>;
};

/** Everything the pages are drawn from, read once per request; the views below it are pure. */
export type World = {
  readonly now: Date;
  readonly timezone: string;
  readonly systems: readonly SystemConfig[];
  readonly audiences: readonly Audience[];
  readonly segments: readonly SegmentView[];
  readonly bases: ReadonlyMap<SystemId, readonly Snapshot[]>;
  /** Oldest first. */
  readonly comparisons: ReadonlyMap<AudienceId, readonly Comparison[]>;
  /** Open, acknowledged, snoozed, regressed. */
  readonly open: readonly Incident[];
};

export async function loadWorld(app: App, o: { audience?: AudienceId; history: number }): Promise<World> {
  const audiences = app.config.audiences.filter((a) => o.audience === undefined || a.id === o.audience);
  const segments: SegmentView[] = [];
  const comparisons = new Map<AudienceId, readonly Comparison[]>();
  for (const audience of audiences) {
    comparisons.set(audience.id, await app.audits.comparisons(audience.id, o.history));
    for (const s of audience.segments) {
      const system = app.config.systems.find((x) => x.id === s.system);
      if (system === undefined) continue;
      const history = await app.audits.snapshots(audience.id, s.system, o.history);
      segments.push({
        audience,
        system,
        history,
        isOwner: s.system === audience.owner,
        latest: history.at(-1) ?? null,
        latestComplete: history.findLast((x) => x.coverage === "complete") ?? null,
        flagged: await flaggedSnapshots(app.db, audience.id, s.system),
      });
    }
  }
  const bases = new Map<SystemId, readonly Snapshot[]>();
  for (const system of app.config.systems)
    bases.set(system.id, await app.audits.snapshots(null, system.id, o.history));
  const open = (await app.audits.openIncidents()).filter((i) => i.state !== "resolved");
  return {
    now: app.clock.now(),
    timezone: app.config.timezone,
    systems: app.config.systems,
    audiences,
    segments,
    bases,
    comparisons,
    open,
  };
}
