import { existsSync, readFileSync } from "node:fs";
import type { GhostControl } from "../ghost/control.ts";
import type { GhostEntry } from "../ghost/journal.ts";
import type { SeedMember } from "../ghost/model.ts";
import { consentIn, exists, inList, isMailable, type Packed, planIn } from "./copies.ts";
import { LISTS, type ListName, type Population } from "./population.ts";

/** Ghost's labels; it has no fields of its own for plan and country. */
export const GHOST_LABELS: Readonly<Record<ListName, string>> = {
  active_customers: "Active customers",
  trial: "Trial",
  recent_purchasers: "Recent purchasers",
  vip: "VIP",
  lapsed_180: "Lapsed 180 days",
};

function seedMember(i: number, p: Packed, population: Population, createdAt: Date): SeedMember {
  const person = population.person(i);
  const complained = consentIn(p) === "complained" && !isMailable(p);
  return {
    email: person.email,
    name: person.firstName,
    labels: [
      ...LISTS.filter((list) => inList(p, list)).map((list) => GHOST_LABELS[list]),
      `plan-${planIn(p)}`,
      `country-${person.country}`,
    ],
    newsletters: isMailable(p) ? ["default-newsletter"] : [],
    ...(complained ? { suppressed: "spam" as const } : {}),
    createdAt,
  };
}

/** Brings the simulator from one day to the next, past its API. */
export function loadGhost(
  control: GhostControl,
  before: Uint16Array,
  now: Uint16Array,
  population: Population,
  joinedAt: (i: number) => Date,
): void {
  const changed: { member: SeedMember; at: number }[] = [];
  for (let i = 0; i < now.length; i++) {
    const is = now[i] ?? 0;
    if (!exists(is) || is === (before[i] ?? 0)) continue;
    const createdAt = joinedAt(i);
    changed.push({ member: seedMember(i, is, population, createdAt), at: createdAt.getTime() });
  }
  // Oldest first, so that ids come out in order.
  changed.sort((a, b) => a.at - b.at);
  control.load(changed.map((c) => c.member));
}

/** After a restart: what clients did to Ghost since the world was made. */
export function replayJournal(control: GhostControl, file: string): void {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  for (const line of lines) {
    // A kill may have cut the last line short; that request was never answered.
    if (!line.endsWith("}")) continue;
    const entry: GhostEntry = JSON.parse(line);
    if (!entry.effective) continue;
    if (entry.before && entry.before.email !== entry.after?.email) control.unload([entry.before.email]);
    if (entry.after) control.load([entry.after]);
  }
}
