import { AuditorError } from "../core/errors.ts";
import { type Instant, instant, type SystemId } from "../core/model.ts";
import type { Sealer } from "../core/ports.ts";
import { type Change, type LeftOut, OP_ORDER, type Op, type PlanDoc } from "../core/repair.ts";
import type { Difference } from "../members/differences.ts";
import { type Decided, decide, type Grounds, opOf } from "./decide.ts";
import { listsOf } from "./list-key.ts";
import { placeOfRepair, type RuleCause } from "./place.ts";
import { sealChange } from "./sealed.ts";
import { LEFT_OUT } from "./words.ts";

export type DraftInput = Omit<Grounds, "conflicted"> & {
  readonly author: string;
  readonly now: Instant;
  readonly incidentId: number | null;
  /** Of any kind and in any order; one person may have several. */
  readonly differences: readonly Difference[];
  /** People whose identifiers point at somebody else too; nothing but a suppression is planned for them. */
  readonly conflicted?: Grounds["conflicted"];
  readonly basedOn: PlanDoc["basedOn"];
  readonly sizes: PlanDoc["sizes"];
  readonly automations: PlanDoc["automations"];
  /** The edit of a rule that the incident's cause names, while it stands. */
  readonly ruleCause?: RuleCause | null;
  readonly sealer: Sealer;
  /** Only these operations and this system; the others are not planned and not listed as left out. */
  readonly only?: readonly Op[];
  readonly onlySystem?: SystemId;
  /** The plan that this one takes the place of. */
  readonly replaces?: number;
};

/**
 * Drafts the repair of one audience: every difference becomes one change or one person left out, with the reason.
 * Pure, and independent of the order of systems and differences. The plan may be empty; the caller says so.
 *
 * @throws refused when the audience's repair is off
 */
export function draftPlan(i: DraftInput): PlanDoc {
  if (i.audience.repair === "off") {
    throw new AuditorError(
      "refused",
      `audience ${i.audience.id}`,
      "repair is off",
      "set “repair: manual” for this audience in the configuration",
    );
  }
  const grounds: Grounds = { ...i, conflicted: i.conflicted ?? new Set() };
  const decided = new Map<string, Decided>();
  const leftOut = new Map<string, { readonly key: string; readonly person: LeftOut }>();
  for (const d of i.differences) {
    const op = opOf(d);
    if (op === null || (i.only !== undefined && !i.only.includes(op))) continue;
    if (i.onlySystem !== undefined && d.system !== i.onlySystem) continue;
    const decision = decide(d, op, grounds);
    if (decision === null) continue;
    const key = `${d.system} ${d.person} ${op} ${op === "set" ? d.attribute : ""}`;
    if ("leftOut" in decision) {
      leftOut.set(`${key}|${decision.leftOut}`, {
        key,
        person: { system: d.system, audience: i.audience.id, person: d.person, reason: decision.leftOut },
      });
    } else {
      // A leak and a conflict about the same person ask for the same suppression; the better evidence stays.
      const other = decided.get(key);
      if (other === undefined || betterEvidence(decision, other)) decided.set(key, decision);
    }
  }
  const suppressed = new Set(
    [...decided.values()].filter((x) => x.change.op === "suppress").map((x) => x.change.person),
  );
  const kept: Decided[] = [];
  for (const x of decided.values()) {
    const { system, person, op, evidence } = x.change;
    // Whoever leaves the list needs no new field values there.
    if (op === "set" && decided.has(`${system} ${person} remove `)) continue;
    if (op === "add" && evidence === null && suppressed.has(person)) {
      const l = { system, audience: i.audience.id, person, reason: LEFT_OUT.optedOut };
      leftOut.set(`${system} ${person} add`, { key: "", person: l });
    } else kept.push(x);
  }
  const changes = number(kept, i.sealer);
  const waiting = [...leftOut.values()].filter((l) => !decided.has(l.key));
  return {
    audience: i.audience.id,
    incidentId: i.incidentId,
    undoes: null,
    ...(i.replaces === undefined ? {} : { replaces: i.replaces }),
    asked: { system: i.onlySystem ?? null, only: i.only ?? null },
    author: i.author,
    createdAt: i.now,
    expiresAt: instant(new Date(Date.parse(i.now) + i.config.safeguards.planExpiresMinutes * 60_000)),
    basedOn: [...i.basedOn].sort((a, b) => compare(a.system, b.system)),
    changes,
    leftOut: withSamples(sortLeftOut(waiting.map((l) => l.person)), (l) => sealedPerson(l, i)),
    sizes: i.sizes,
    place: placeOfRepair(i.config, i.audience.id, changes, i.ruleCause ?? null),
    automations: automationsOf(changes, i.automations),
    lists: listsOf(
      i.config,
      i.audience,
      changes.map((c) => c.system),
    ),
  };
}

/** Sorts by operation, system, attribute, person, and numbers from 0. */
export function number(decided: readonly Decided[], sealer: Sealer): readonly Change[] {
  const sorted = [...decided].sort(
    (a, b) =>
      OP_ORDER.indexOf(a.change.op) - OP_ORDER.indexOf(b.change.op) ||
      compare(a.change.system, b.change.system) ||
      compare(a.change.attribute ?? "", b.change.attribute ?? "") ||
      compare(a.change.person, b.change.person),
  );
  return sorted.map((d, n) => ({ n, ...d.change, sealed: sealChange(sealer, d.open) }));
}

/** Only systems that get adds have automations worth naming; one that was not asked cannot tell. */
export function automationsOf(
  changes: readonly Change[],
  known: PlanDoc["automations"],
): PlanDoc["automations"] {
  const adds = [...new Set(changes.filter((c) => c.op === "add").map((c) => c.system))].sort(compare);
  return Object.fromEntries(adds.map((s) => [s, known[s] ?? null]));
}

export const sortLeftOut = (all: readonly LeftOut[]): readonly LeftOut[] =>
  [...all].sort(
    (a, b) => compare(a.system, b.system) || compare(a.reason, b.reason) || compare(a.person, b.person),
  );

/** People of one system and reason who can be named, masked, on the page. */
export const SAMPLE = 20;

/** Keeps identifiers of the first few of each system and reason; the order is by key, so they are as good as drawn. */
export function withSamples(
  sorted: readonly LeftOut[],
  sealed: (l: LeftOut) => string | undefined,
): readonly LeftOut[] {
  const shown = new Map<string, number>();
  return sorted.map(({ sealed: _given, ...l }, i) => {
    const key = `${l.system} ${l.reason}`;
    const n = shown.get(key) ?? 0;
    const given = n < SAMPLE ? sealed(sorted[i] ?? l) : undefined;
    if (given === undefined) return l;
    shown.set(key, n + 1);
    return { ...l, sealed: given };
  });
}

/** From the row in that system, else from the owner's; without either the person cannot be named. */
function sealedPerson(l: LeftOut, i: DraftInput): string | undefined {
  const row = [l.system, i.audience.owner]
    .map((s) => i.rows.get(s)?.get(l.person))
    .find((r) => r !== undefined);
  if (row === undefined || Object.keys(row.identifiers).length === 0) return undefined;
  return sealChange(i.sealer, {
    identifiers: row.identifiers,
    value: null,
    from: null,
    found: null,
    consent: null,
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Dated before undated, then the earlier one, then by system: so the order of differences does not matter. */
function betterEvidence(a: Decided, b: Decided): boolean {
  const key = (d: Decided): string => `${d.change.evidence?.at ?? "~"} ${d.change.evidence?.system ?? "~"}`;
  return key(a) < key(b);
}
