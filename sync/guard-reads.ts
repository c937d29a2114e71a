import type { SystemId } from "../core/model.ts";
import type { GuardVerdict, PlanDoc } from "../core/repair.ts";
import type { GuardFacts } from "./guard.ts";
import { titleOf } from "./place.ts";
import { percent } from "./words.ts";

type Said = Pick<GuardVerdict, "verdict" | "because">;

const minutesSince = (from: string, to: string): number =>
  Math.floor((Date.parse(to) - Date.parse(from)) / 60_000);

/**
 * Only complete and fresh readings. Fresh means: read within `freshMinutes`, and what was read is not an old copy: its
 * own moment lies within the audience's latency budget (an export written daily is read now but shows yesterday).
 */
export function freshness(doc: PlanDoc, systems: readonly SystemId[], f: GuardFacts): Said {
  const limit = f.config.safeguards.freshMinutes;
  const needed = [...new Set([f.audience.owner, ...systems])];
  const bad: string[] = [];
  for (const system of needed) {
    const title = titleOf(f.config, system);
    const reading = f.readings.find((r) => r.system === system);
    const resting = doc.basedOn.some((b) => b.system === system);
    if (reading === undefined || !resting) bad.push(`${title} was not read`);
    else if (reading.coverage !== "complete") bad.push(`${title} was not read completely`);
    else if (minutesSince(reading.takenAt, f.now) > limit) {
      bad.push(
        `${title} was read ${minutesSince(reading.takenAt, f.now)} min ago; the limit is ${limit} min`,
      );
    } else if (minutesSince(reading.asOf, f.now) > Math.max(limit, budgetMinutes(system, f))) {
      bad.push(`${title} shows its state of ${Math.floor(minutesSince(reading.asOf, f.now) / 60)} h ago`);
    }
  }
  if (bad.length > 0) return { verdict: "fail", because: bad.join("; ") };
  return { verdict: "pass", because: `all ${needed.length} systems within ${limit} min` };
}

function budgetMinutes(system: SystemId, f: GuardFacts): number {
  const segment = f.audience.segments.find((s) => s.system === system);
  return (segment?.latencyBudgetHours ?? f.audience.latencyBudgetHours) * 60;
}

/** An empty or suddenly smaller source never becomes a removal. Suppressions and undos do not lean on its size. */
export function sourceHolds(doc: PlanDoc, f: GuardFacts): Said {
  const owner = f.readings.find((r) => r.system === f.audience.owner);
  const leans = doc.undoes === null && doc.changes.some((c) => c.op !== "suppress");
  const size = owner?.size ?? null;
  if (!leans)
    return { verdict: "pass", because: size === null ? "not needed here" : size.toLocaleString("en-US") };
  const title = titleOf(f.config, f.audience.owner);
  if (owner === undefined || size === null)
    return { verdict: "fail", because: `the size of ${title} is not known` };
  if (size === 0) return { verdict: "fail", because: `${title} is empty` };
  const before = owner.previousSize;
  const limit = f.config.safeguards.refuseShare;
  if (
    before !== null &&
    before > 0 &&
    (before - size) / before > limit &&
    doc.changes.some((c) => c.op === "remove")
  ) {
    const lost = percent((before - size) / before, limit);
    const counts = `${before.toLocaleString("en-US")} to ${size.toLocaleString("en-US")}`;
    return {
      verdict: "fail",
      because: `${title} shrank from ${counts}, by ${lost}; above ${percent(limit)} nobody is removed`,
    };
  }
  return { verdict: "pass", because: size.toLocaleString("en-US") };
}
