import type { Safeguards } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import { type Instant, instant, type PersonKey } from "../core/model.ts";
import type { Sealer } from "../core/ports.ts";
import type { Change, ChangeProgress, LeftOut, Plan, PlanDoc } from "../core/repair.ts";
import type { Decided } from "./decide.ts";
import { automationsOf, number, sortLeftOut, withSamples } from "./plan.ts";
import { openSealedBefore, openSealedChange } from "./sealed.ts";
import { LEFT_OUT, RULE, UNDO_OF_UNDO, undoUntil } from "./words.ts";

export type UndoInput = {
  readonly plan: Plan;
  readonly progress: readonly ChangeProgress[];
  readonly sealer: Sealer;
  readonly safeguards: Safeguards;
  readonly author: string;
  readonly now: Instant;
  readonly incidentId: number | null;
  readonly basedOn: PlanDoc["basedOn"];
  readonly sizes: PlanDoc["sizes"];
  readonly automations: PlanDoc["automations"];
  /** Members of the audience's holdout: never put back. Absent or null: the guard decides. */
  readonly heldOut?: ReadonlySet<PersonKey> | null;
  /** Keyed fingerprint of a value (members/fingerprint.ts). */
  readonly fingerprint: (value: string | null | undefined) => number;
};

/**
 * The inverse of what a plan did: add ↔ remove, fields set back to what was there right before the write. Only
 * changes that ended `applied` and are reversible; suppressions stay. A plan like any other, through the same gates.
 *
 * @throws refused when the plan still runs or is older than `undoDays`
 */
export function draftUndo(i: UndoInput): PlanDoc {
  const { plan } = i;
  const where = `PL-${plan.id}`;
  if (plan.doc.undoes !== null) {
    throw new AuditorError("refused", where, UNDO_OF_UNDO, "draft the repair again from the latest reads");
  }
  if (plan.endedAt === null || plan.startedAt === null) {
    throw new AuditorError("refused", where, `it is ${plan.state}`, "undo it once it has ended");
  }
  if (Date.parse(i.now) > Date.parse(undoUntil(plan.endedAt, i.safeguards.undoDays))) {
    throw new AuditorError(
      "refused",
      where,
      `it ended more than ${i.safeguards.undoDays} days ago`,
      "repair from a new read instead",
    );
  }
  const byN = new Map(plan.doc.changes.map((c) => [c.n, c]));
  const decided: Decided[] = [];
  const leftOut: LeftOut[] = [];
  for (const p of i.progress) {
    const change = byN.get(p.n);
    if (change === undefined) continue;
    const skip = (reason: string): unknown =>
      leftOut.push({
        system: change.system,
        audience: change.audience,
        person: change.person,
        reason,
        sealed: change.sealed,
      });
    if (p.inDoubt || p.end === "unknown") skip(LEFT_OUT.undoUnknown);
    else if (p.end !== "applied") continue;
    else if (!change.reversible || change.op === "suppress") skip(LEFT_OUT.undoOneWay);
    else if (p.undoSealed === null) skip(LEFT_OUT.spoolExpired);
    else if (change.op === "remove" && i.heldOut?.has(change.person)) skip(LEFT_OUT.holdout);
    else decided.push(inverse(change, p.undoSealed, i));
  }
  const changes = number(decided, i.sealer);
  return {
    audience: plan.doc.audience,
    incidentId: i.incidentId,
    undoes: plan.id,
    author: i.author,
    createdAt: i.now,
    expiresAt: instant(new Date(Date.parse(i.now) + i.safeguards.planExpiresMinutes * 60_000)),
    basedOn: i.basedOn,
    changes,
    leftOut: withSamples(sortLeftOut(leftOut), (l) => l.sealed),
    sizes: i.sizes,
    place: { where: "destination", because: `takes back what PL-${plan.id} did` },
    automations: automationsOf(changes, i.automations),
    // The list that was written to then: the guards refuse when the configuration names another now.
    ...(plan.doc.lists === undefined ? {} : { lists: plan.doc.lists }),
  };
}

const INVERSE = { add: "remove", remove: "add", set: "set" } as const;

function inverse(change: Change, undoSealed: string, i: UndoInput): Decided {
  const done = openSealedChange(i.sealer, change.sealed);
  const was = openSealedBefore(i.sealer, undoSealed);
  const op = INVERSE[change.op as keyof typeof INVERSE];
  const attribute = op === "set" ? change.attribute : null;
  const print = attribute === null ? null : (i.fingerprint(done.value) >>> 0).toString(16).padStart(8, "0");
  return {
    change: {
      system: change.system,
      audience: change.audience,
      person: change.person,
      op,
      attribute,
      before: { inSegment: op !== "add", value: print, version: null },
      rule: RULE.undo(i.plan.id),
      reversible: true,
      evidence: null,
    },
    open: {
      identifiers: done.identifiers,
      value: attribute === null ? null : was.value,
      from: attribute === null ? null : done.value,
      found: true,
      consent: op === "add" ? was.consent : null,
    },
  };
}
