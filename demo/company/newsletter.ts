import { existsSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { GhostControl } from "../ghost/control.ts";
import type { JournalEntry } from "../ghost/journal.ts";
import type { SeedMember } from "../ghost/model.ts";
import { consentIn, exists, inList, isMailable, type Packed, PLAN_AT, planIn } from "./packed.ts";
import { LISTS, type ListName, type Population } from "./population.ts";

/** Ghost's labels; it has no fields of its own for plan and country. */
export const GHOST_LABELS: Readonly<Record<ListName, string>> = {
  active_customers: "Active customers",
  trial: "Trial",
  recent_purchasers: "Recent purchasers",
  vip: "VIP",
  lapsed_180: "Lapsed 180 days",
};
const SUBSCRIBED = ["default-newsletter"];
const NONE: readonly string[] = [];
/** People after whom the process looks at its other work. */
const AT_ONCE = 16_384;

/** Labels by record and country; equal lists are one array, since a million people have some hundred different ones. */
function labelLists(): (p: Packed, country: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (p, country) => {
    const key = `${p >> PLAN_AT} ${country}`;
    let labels = known.get(key);
    if (!labels) {
      labels = [
        ...LISTS.filter((list) => inList(p, list)).map((list) => GHOST_LABELS[list]),
        `plan-${planIn(p)}`,
        `country-${country}`,
      ];
      known.set(key, labels);
    }
    return labels;
  };
}

function* seedMembers(
  people: Iterable<number>,
  records: Uint16Array,
  population: Population,
  labelsOf: ReturnType<typeof labelLists>,
  joinedAt: (i: number) => Date,
): Generator<SeedMember> {
  for (const i of people) {
    const [p, person] = [records[i] ?? 0, population.person(i)];
    const complained = consentIn(p) === "complained" && !isMailable(p);
    yield {
      email: person.email,
      name: person.firstName,
      labels: labelsOf(p, person.country),
      newsletters: isMailable(p) ? SUBSCRIBED : NONE,
      ...(complained ? { suppressed: "spam" as const } : {}),
      createdAt: joinedAt(i),
    };
  }
}

/** Brings the simulator from one day to the next, past its API. */
export async function loadGhost(
  control: GhostControl,
  before: Uint16Array,
  now: Uint16Array,
  population: Population,
  joinedAt: (i: number) => Date,
): Promise<void> {
  const changed = Uint32Array.from(now.keys()).filter((i) => {
    const is = now[i] ?? 0;
    return exists(is) && is !== (before[i] ?? 0);
  });
  const at = new Float64Array(now.length);
  for (const i of changed) at[i] = joinedAt(i).getTime();
  // Oldest first, so that ids come out in order.
  changed.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0));
  const labelsOf = labelLists();
  for (let n = 0; n < changed.length; n += AT_ONCE) {
    control.load(seedMembers(changed.subarray(n, n + AT_ONCE), now, population, labelsOf, joinedAt));
    await setImmediate();
  }
}

/** After a restart: what clients did to Ghost since the world was made. */
export function replayJournal(control: GhostControl, file: string): void {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  for (const line of lines) {
    // A kill may have cut the last line short; that request was never answered.
    if (!line.endsWith("}")) continue;
    const entry: JournalEntry = JSON.parse(line);
    if (!entry.effective) continue;
    if (entry.before && entry.before.email !== entry.after?.email) control.unload([entry.before.email]);
    if (entry.after) control.load([entry.after]);
  }
}
