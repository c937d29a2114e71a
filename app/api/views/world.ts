import type { Comparison } from "../../../core/comparison.ts";
import type { Audience, SystemConfig } from "../../../core/config.ts";
import type { Incident } from "../../../core/finding.ts";
import type { AudienceId, Snapshot, SystemId } from "../../../core/model.ts";
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
  const copies = audiences.flatMap((audience) =>
    audience.segments.flatMap((s) => {
      const system = app.config.systems.find((x) => x.id === s.system);
      return system === undefined ? [] : [{ audience, system }];
    }),
  );
  // All at once: one after the other, some fifty questions each wait for whatever an audit is busy with.
  const [segments, comparisons, bases, incidents] = await Promise.all([
    Promise.all(copies.map((c) => segmentView(app, c, o.history))),
    Promise.all(audiences.map(async (a) => [a.id, await app.audits.comparisons(a.id, o.history)] as const)),
    Promise.all(
      app.config.systems.map(async (s) => [s.id, await app.audits.snapshots(null, s.id, o.history)] as const),
    ),
    app.audits.openIncidents(),
  ]);
  return {
    now: app.clock.now(),
    timezone: app.config.timezone,
    systems: app.config.systems,
    audiences,
    segments,
    bases: new Map(bases),
    comparisons: new Map(comparisons),
    open: incidents.filter((i) => i.state !== "resolved"),
  };
}

async function segmentView(
  app: App,
  { audience, system }: Pick<SegmentView, "audience" | "system">,
  length: number,
): Promise<SegmentView> {
  const [history, flagged] = await Promise.all([
    app.audits.snapshots(audience.id, system.id, length),
    flaggedSnapshots(app.db, audience.id, system.id),
  ]);
  return {
    audience,
    system,
    history,
    isOwner: system.id === audience.owner,
    latest: history.at(-1) ?? null,
    latestComplete: history.findLast((x) => x.coverage === "complete") ?? null,
    flagged,
  };
}
