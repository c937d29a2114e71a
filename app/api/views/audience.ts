import { learningProgress } from "../../../checks/band.ts";
import type { Config } from "../../../core/config.ts";
import { tellsOf } from "../../../core/incident-order.ts";
import type { Snapshot, SystemId } from "../../../core/model.ts";
import type { AudienceDetail, AudienceList, IncidentRow, Mark } from "../contract.ts";
import { cellOf } from "./cell.ts";
import { bandsFor, lineOf } from "./line.ts";
import { nextOf } from "./overview.ts";
import { replaysOf } from "./replays.ts";
import { audienceView } from "./score.ts";
import { audienceVerdict, titleOf } from "./verdict.ts";
import type { SegmentView, World } from "./world.ts";

export type Extra = {
  readonly incidents: readonly IncidentRow[];
  readonly capabilities: (system: SystemId) => { read: string; write: string };
  readonly changes: (system: SystemId) => { at: string; text: string }[];
  readonly flips: AudienceDetail["flips"];
  readonly rule: (system: SystemId) => AudienceDetail["systems"][number]["rule"];
  readonly delivery: (system: SystemId) => AudienceDetail["systems"][number]["delivery"];
  readonly campaigns: AudienceDetail["campaigns"];
  readonly matchRate: (segment: SegmentView) => AudienceDetail["systems"][number]["matchRate"];
};

const RANK: Record<Mark, number> = { act: 0, look: 1, cant_tell: 2, fine: 3, owner: 4, absent: 5 };

export function audienceListOf(world: World): AudienceList {
  return {
    systems: world.systems.map((s) => ({ id: s.id, title: s.title })),
    audiences: world.audiences.map((a) => {
      const cells = a.segments.map((s) => cellOf(world, a.id, s.system));
      const sum = (f: (c: (typeof cells)[number]) => number | null) => {
        const known = cells.flatMap((c) => f(c) ?? []);
        return known.length === 0 ? null : known.reduce((x, y) => x + y, 0);
      };
      const mark = cells.map((c) => c.mark).sort((x, y) => RANK[x] - RANK[y])[0] ?? "absent";
      const owner = cellOf(world, a.id, a.owner);
      return {
        id: a.id,
        title: a.title,
        purpose: a.purpose,
        owner: a.owner,
        ownerTitle: titleOf(world, a.owner),
        mark: mark === "owner" ? "fine" : mark,
        ownerSize: owner.size,
        asOf: owner.asOf,
        missing: sum((c) => c.missing),
        extra: sum((c) => c.extra),
        openIncidents: world.open.filter((i) => tellsOf(i.finding, a.id)).length,
        cells: world.systems.map((s) => cellOf(world, a.id, s.id)),
      };
    }),
  };
}

export function audienceDetailOf(
  world: World,
  config: Config,
  points: number,
  extra: Extra,
): AudienceDetail | null {
  const audience = world.audiences[0];
  if (audience === undefined) return null;
  const comparison = world.comparisons.get(audience.id)?.at(-1) ?? null;
  const ownerLatest = world.segments.find((s) => s.isOwner)?.latest ?? null;
  const current = comparison !== null && comparison.runId === ownerLatest?.runId;
  return {
    id: audience.id,
    title: audience.title,
    purpose: audience.purpose,
    owner: audience.owner,
    identity: audience.identity,
    latencyBudgetHours: audience.latencyBudgetHours,
    cadence: audience.cadence,
    reason: audience.reason,
    verdict: audienceVerdict(world, audience.id),
    nextSend: nextOf(config, world, audience.id),
    score: audienceView(world, config),
    systems: world.segments.map((s) => segmentOf(world, s, points, extra)),
    campaigns: [...extra.campaigns],
    overlap: current
      ? Object.entries(comparison.masks)
          .map(([mask, people]) => ({
            in: comparison.systems.filter((_, bit) => (Number(mask) >> bit) & 1),
            people,
          }))
          .sort((a, b) => b.people - a.people)
      : [],
    overlapBecause: current
      ? null
      : "The owner was not read completely in the last audit, so nobody is compared.",
    fields: fieldsOf(world, config, comparison),
    flips: extra.flips,
    flippingPeople:
      comparison === null ? 0 : Object.values(comparison.perSystem).reduce((n, s) => n + s.flipping, 0),
    replays: replaysOf(comparison),
    incidents: [...extra.incidents],
  };
}

function segmentOf(
  world: World,
  s: SegmentView,
  points: number,
  extra: Extra,
): AudienceDetail["systems"][number] {
  const metric = (name: keyof Snapshot["metrics"]) => s.latestComplete?.metrics[name]?.numerator ?? null;
  const progress = learningProgress(s.history);
  const bands = bandsFor(s.history, points, s.audience.cadence, world.timezone);
  return {
    id: s.system.id,
    title: s.system.title,
    cell: cellOf(world, s.audience.id, s.system.id),
    line: lineOf(s.history, s.flagged, points, bands),
    learning: progress.seen < progress.needed ? progress : null,
    changes: extra.changes(s.system.id),
    matchRate: extra.matchRate(s),
    records: metric("records"),
    duplicates: metric("duplicates"),
    invalid: metric("invalid"),
    entries: metric("entries"),
    exits: metric("exits"),
    capabilities: extra.capabilities(s.system.id),
    definition: definitionOf(s),
    rule: extra.rule(s.system.id),
    delivery: extra.delivery(s.system.id),
  };
}

/** Where the copy lives, in words a marketer can check in that system. */
function definitionOf(s: SegmentView): string {
  const source = s.audience.segments.find((x) => x.system === s.system.id)?.source;
  if (source === undefined) return "";
  if ("sql" in source) return source.sql.trim();
  if ("file" in source) return `file ${source.file}`;
  if ("label" in source) return `members with the label ${source.label}`;
  if ("newsletter" in source) return `members subscribed to ${source.newsletter}`;
  if ("list" in source) return `the list ${source.list}`;
  if ("segment" in source) return `the segment ${source.segment}`;
  if ("tag" in source) return `everyone with the tag ${source.tag}`;
  if ("subscribed" in source)
    return source.subscribed === true ? "everyone subscribed" : `everyone subscribed to ${source.subscribed}`;
  return "suppressed" in source ? "suppressed members" : "all members";
}

function fieldsOf(
  world: World,
  config: Config,
  comparison: NonNullable<ReturnType<World["comparisons"]["get"]>>[number] | null,
): AudienceDetail["fields"] {
  const audience = world.audiences[0];
  return (audience?.requiredAttributes ?? []).map((name) => ({
    attribute: name,
    title: config.attributes.find((a) => a.name === name)?.title ?? name,
    states: world.segments.map((s) => {
      const states = s.latestComplete?.attributes[name];
      const members = s.latestComplete?.metrics.size?.numerator ?? null;
      const held = states !== undefined && (members === 0 || states.missing < (members ?? 0));
      return {
        system: s.system.id,
        held,
        members: states === undefined ? null : members,
        valid: states?.valid ?? null,
        empty: states === undefined ? null : states.empty + states.null + states.missing,
        invalid: states?.invalid ?? null,
        placeholder: states?.placeholder ?? null,
        differ: comparison?.perSystem[s.system.id]?.attributes[name]?.differ ?? null,
      };
    }),
  }));
}
