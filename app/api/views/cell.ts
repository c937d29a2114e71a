import type { Incident } from "../../../core/finding.ts";
import { isOfSystem, tellsOf } from "../../../core/incident-order.ts";
import type { SystemId } from "../../../core/model.ts";
import type { Cell, Mark } from "../contract.ts";
import type { SegmentView, World } from "./world.ts";

/** Incidents that speak of this segment, those of its whole system included. */
export function incidentsOf(
  world: Pick<World, "open">,
  audience: string,
  system: SystemId,
): readonly Incident[] {
  return world.open.filter(
    ({ finding: f }) => f.system === system && (tellsOf(f, audience) || isOfSystem(f)),
  );
}

/** Highest mark of open incidents that are about this segment itself; snoozed ones stay visible as "look". */
export function markOf(incidents: readonly Incident[]): Mark {
  const faults = incidents.filter((i) => !i.finding.cantTell && !isOfSystem(i.finding));
  if (faults.some((i) => i.severity === "act" && i.state !== "snoozed")) return "act";
  return faults.length > 0 ? "look" : "fine";
}

export function cellOf(world: World, audience: string, systemId: SystemId): Cell {
  const segment = world.segments.find((s) => s.audience.id === audience && s.system.id === systemId);
  const none = {
    system: systemId,
    missing: null,
    extra: null,
    mailableOptedOut: null,
    size: null,
    asOf: null,
    because: null,
  };
  if (segment === undefined) return { ...none, mark: "absent" };
  if (segment.latest === null) return { ...none, mark: "cant_tell", because: "not read yet" };
  const size = segment.latestComplete?.metrics.size?.numerator ?? null;
  const asOf = segment.latestComplete?.asOf ?? null;
  const mark = markOf(incidentsOf(world, audience, systemId));
  if (segment.latest.coverage !== "complete")
    return { ...none, size, asOf, mark: "cant_tell", because: segment.latest.because };
  const comparison = world.comparisons.get(segment.audience.id)?.at(-1);
  if (segment.isOwner) return { ...none, size, asOf, mark: mark === "fine" ? "owner" : mark };
  const counts = comparison?.runId === segment.latest.runId ? comparison.perSystem[systemId] : undefined;
  if (counts === undefined)
    return { ...none, size, asOf, mark: "cant_tell", because: cannotCompare(segment, world) };
  return {
    system: systemId,
    size,
    asOf,
    mark,
    because: null,
    missing: counts.missing,
    extra: counts.extra,
    mailableOptedOut: counts.mailableOptedOut,
  };
}

function cannotCompare(segment: SegmentView, world: World): string {
  const owner = world.segments.find((s) => s.audience.id === segment.audience.id && s.isOwner);
  return `${owner?.system.title ?? "the owner"} was not read completely, so there is nothing to compare with`;
}
