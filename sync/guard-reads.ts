import type { SystemId } from "../core/model.ts";
import type { GuardVerdict, PlanDoc } from "../core/repair.ts";
import type { GuardFacts, GuardReading } from "./guard.ts";
import { listOf } from "./list-key.ts";
import { titleOf } from "./place.ts";
import { minutesText, people, percent } from "./words.ts";

type Said = Pick<GuardVerdict, "verdict" | "because">;
const count = (n: number): string => n.toLocaleString("en-US");

const minutesSince = (from: string, to: string): number =>
  Math.floor((Date.parse(to) - Date.parse(from)) / 60_000);

/**
 * Only complete and fresh readings. Fresh means: begun within `freshMinutes`, or within twice the time that the read
 * itself took, and what was read is not an old copy: its own moment lies within the audience's latency budget (an
 * export written daily is read now but shows yesterday). Whoever is in the plan is read again at apply.
 */
export function freshness(doc: PlanDoc, systems: readonly SystemId[], f: GuardFacts): Said {
  const needed = [...new Set([f.audience.owner, ...systems])];
  const bad: string[] = [];
  let oldest = 0;
  let limit = f.config.safeguards.freshMinutes;
  for (const system of needed) {
    const reading = f.readings.find((r) => r.system === system);
    const why = whyNotFresh(doc, system, reading, f);
    if (why !== null) bad.push(`${titleOf(f.config, system)} ${why}`);
    else if (reading !== undefined) {
      oldest = Math.max(oldest, minutesSince(reading.takenAt, f.now));
      limit = Math.max(limit, freshFor(reading, f));
    }
  }
  if (bad.length > 0) return { verdict: "fail", because: bad.join("; ") };
  return {
    verdict: "pass",
    because: `${needed.length === 1 ? "1 system" : `${needed.length} systems`}, oldest read ${minutesText(oldest)} ago (limit ${minutesText(limit)}); everyone in it is read again before the first write`,
  };
}

/** Minutes that a reading stays fresh: a read of hours cannot be newer than itself. */
const freshFor = (reading: GuardReading, f: GuardFacts): number =>
  Math.max(f.config.safeguards.freshMinutes, ((reading.readMs ?? 0) * 2) / 60_000);

function whyNotFresh(
  doc: PlanDoc,
  system: SystemId,
  reading: GuardReading | undefined,
  f: GuardFacts,
): string | null {
  if (reading === undefined || !doc.basedOn.some((b) => b.system === system)) return "was not read";
  if (reading.coverage !== "complete") return "was not read completely";
  const list = doc.lists?.[system];
  if (list !== undefined && list !== listOf(f.config, f.audience, system))
    return "has another list in the configuration than when this was drafted";
  const limit = freshFor(reading, f);
  const age = Date.parse(f.now) - Date.parse(reading.takenAt);
  if (age > limit * 60_000) {
    const twice = limit > f.config.safeguards.freshMinutes ? ", twice its read" : "";
    return `was read ${minutesText(Math.ceil(age / 60_000))} ago; the limit is ${minutesText(Math.floor(limit))}${twice}`;
  }
  if (minutesSince(reading.asOf, f.now) > Math.max(limit, budgetMinutes(system, f)))
    return `shows its state of ${Math.floor(minutesSince(reading.asOf, f.now) / 60)} h ago`;
  return null;
}

function budgetMinutes(system: SystemId, f: GuardFacts): number {
  const segment = f.audience.segments.find((s) => s.system === system);
  return (segment?.latencyBudgetHours ?? f.audience.latencyBudgetHours) * 60;
}

/**
 * Nothing comes from a read that is empty or has lost more than half: neither removals from a source that vanished nor
 * adds to a destination that did. A source that lost more than `refuseShare` removes nobody. Suppressions rest on
 * their evidence and undos on the journal, so neither leans on a size.
 */
export function readsHold(doc: PlanDoc, f: GuardFacts): Said {
  const moving = doc.changes.filter((c) => c.op !== "suppress");
  if (doc.undoes !== null) return { verdict: "pass", because: `rests on what PL-${doc.undoes} did` };
  if (moving.length === 0) return { verdict: "pass", because: "suppressions rest on their evidence" };
  const owner = f.audience.owner;
  const needed = [...new Set([owner, ...moving.map((c) => c.system)])];
  const bad: string[] = [];
  const sizes: string[] = [];
  for (const system of needed) {
    const reading = f.readings.find((r) => r.system === system);
    const why = whyNotWhole(reading, system === owner);
    const title = titleOf(f.config, system);
    if (why !== null) bad.push(`${title} ${why}`);
    else if (reading?.size != null) {
      const before = reading.previousSize === null ? "" : `, ${count(reading.previousSize)} before`;
      sizes.push(`${title} ${count(reading.size)}${before}`);
    }
  }
  const shrunk = shrunkSource(doc, f);
  if (bad.length === 0 && shrunk !== null) bad.push(shrunk);
  return bad.length > 0
    ? { verdict: "fail", because: bad.join("; ") }
    : { verdict: "pass", because: sizes.join("; ") };
}

/** A new, empty list may be filled; an empty owner says nothing about anybody. */
function whyNotWhole(reading: GuardReading | undefined, isOwner: boolean): string | null {
  const size = reading?.size ?? null;
  if (size === null) return "has no known size; read it again";
  const before = reading?.previousSize ?? null;
  if (size === 0 && (isOwner || (before !== null && before > 0)))
    return before === null || before === 0 ? "is empty" : `is empty; it had ${people(before)}`;
  if (before !== null && size * 2 < before)
    return `fell from ${count(before)} to ${count(size)}; nothing is changed from less than half`;
  return null;
}

function shrunkSource(doc: PlanDoc, f: GuardFacts): string | null {
  const owner = f.readings.find((r) => r.system === f.audience.owner);
  const [size, before] = [owner?.size ?? null, owner?.previousSize ?? null];
  const limit = f.config.safeguards.refuseShare;
  if (size === null || before === null || before === 0) return null;
  if ((before - size) / before <= limit || !doc.changes.some((c) => c.op === "remove")) return null;
  const lost = percent((before - size) / before, limit);
  return `${titleOf(f.config, f.audience.owner)} shrank from ${count(before)} to ${count(size)}, by ${lost}; above ${percent(limit)} nobody is removed`;
}
