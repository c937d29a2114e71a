import type { Config } from "../../../core/config.ts";
import type { Incident } from "../../../core/finding.ts";
import type { IncidentRow } from "../contract.ts";

export function incidentRow(i: Incident, config: Config, planId: number | null): IncidentRow {
  const audience = config.audiences.find((a) => a.id === i.finding.audience);
  const system = config.systems.find((s) => s.id === i.finding.system);
  return {
    id: i.id,
    state: i.state,
    severity: i.severity,
    cantTell: i.finding.cantTell,
    check: i.finding.check,
    title: i.finding.title,
    moved: i.finding.moved,
    audience: i.finding.audience,
    audienceTitle: audience?.title ?? i.finding.audience,
    system: i.finding.system,
    systemTitle: system?.title ?? i.finding.system,
    people: i.finding.people,
    peak: i.peak,
    openedAt: i.openedAt,
    changedAt: i.changedAt,
    resolvedAt: i.resolvedAt,
    snoozedUntil: i.snoozedUntil,
    markedFalse: (i.markedFalseAt ?? null) !== null,
    owner: i.owner,
    repairable: i.finding.repair !== null && i.finding.audience !== null,
    planId,
    version: i.version,
  };
}
