import type { ExposurePoint, ReportInput } from "../../alerts/report/model.ts";
import type { Comparison } from "../../core/comparison.ts";
import type { Instant, Snapshot, SystemId } from "../../core/model.ts";
import type { App } from "../app.ts";

/** Comparisons of an audience that may lie in the span; hourly ones of three weeks. */
const MOST = 600;

/**
 * How many opted-out people each sending system could mail, at every audit: over all suppression audiences. A read or
 * comparison that failed makes a point that is not known, so that silence never looks like safety.
 */
export async function exposureHistory(
  app: App,
  history: readonly Snapshot[],
  from: Instant,
  to: Instant,
): Promise<ReportInput["exposure"]> {
  const lists = app.config.audiences.filter((a) => a.purpose === "suppression");
  const series = new Map<SystemId, { at: Instant; list: string; people: number | null }[]>();
  for (const list of lists) {
    const byRun = new Map<string, Comparison>(
      (await app.audits.comparisons(list.id, MOST)).map((c) => [c.runId, c]),
    );
    const reads = history.filter(
      (h) => h.audience === list.id && h.system === list.owner && h.takenAt >= from && h.takenAt <= to,
    );
    for (const { system } of list.segments) {
      if (system === list.owner || app.config.systems.find((s) => s.id === system)?.sends !== true) continue;
      const points = reads.map((r) => ({
        at: r.takenAt,
        list: list.id as string,
        people: byRun.get(r.runId)?.perSystem[system]?.mailableOptedOut ?? null,
      }));
      series.set(system, [...(series.get(system) ?? []), ...points]);
    }
  }
  return [...series].map(([system, points]) => ({
    systemTitle: app.config.systems.find((s) => s.id === system)?.title ?? system,
    points: summed(points),
  }));
}

/** Lists are compared at different moments, so each counts with its latest value. */
function summed(points: readonly { at: Instant; list: string; people: number | null }[]): ExposurePoint[] {
  const latest = new Map<string, number | null>();
  const sums = new Map<Instant, number | null>();
  for (const p of [...points].sort((a, b) => a.at.localeCompare(b.at))) {
    latest.set(p.list, p.people);
    const values = [...latest.values()];
    sums.set(p.at, values.some((v) => v === null) ? null : values.reduce<number>((n, v) => n + (v ?? 0), 0));
  }
  return [...sums].map(([at, people]) => ({ at, people }));
}
