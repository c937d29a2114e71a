import type { Person } from "../../core/config.ts";
import { instant } from "../../core/model.ts";
import { type ChangeProgress, type Most, OP_ORDER, type Plan } from "../../core/repair.ts";
import type { PlanSummary } from "../../store/plan-summaries.ts";
import {
  confirmText,
  coolingOffUntil,
  mayApply,
  mayApprove,
  needsAutomationsTick,
  type Verdict,
} from "../../sync/approve.ts";
import { countText, mostOf } from "../../sync/most.ts";
import { mayOverride } from "../../sync/override.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { undoUntil } from "../../sync/words.ts";
import type { PlanDetail, PlanRow } from "../api/contract.ts";
import type { App } from "../app.ts";
import { audienceOf } from "../audit/judge.ts";
import { groupsOf, maskedOf, titleIn } from "./groups.ts";
import { planDiff } from "./plan-diff.ts";
import { undoView } from "./undo-view.ts";

const NOT_APPLIED = 50;

export function planRow(app: App, p: PlanSummary): PlanRow {
  return {
    id: p.id,
    state: p.state,
    audience: p.audience,
    audienceTitle: audienceOf(app, p.audience)?.title ?? p.audience,
    incidentId: p.incidentId,
    undoes: p.undoes,
    author: p.author,
    createdAt: p.createdAt,
    expiresAt: p.expiresAt,
    changes: p.changes,
    ops: { ...p.ops },
    systems: p.systems.map((s) => titleIn(app, s)),
    need: p.need,
    because: p.because,
    endedAt: p.endedAt,
  };
}

function summaryOf(p: Plan): PlanSummary {
  const ops = { suppress: 0, remove: 0, add: 0, set: 0 };
  for (const c of p.doc.changes) ops[c.op] += 1;
  const { audience, incidentId, undoes, author, createdAt, expiresAt, changes } = p.doc;
  return {
    id: p.id,
    state: p.state,
    audience,
    incidentId,
    undoes,
    author,
    createdAt,
    expiresAt,
    need: p.need,
    because: p.because,
    endedAt: p.endedAt,
    changes: changes.length,
    ops,
    systems: [...new Set(changes.map((c) => c.system))],
  };
}

export type PlanFacts = {
  readonly plan: Plan;
  readonly progress: readonly ChangeProgress[];
  readonly counts: PlanDetail["counts"];
  readonly undonePlan: number | null;
  readonly review: PlanDetail["review"];
  /** The plan that this one takes the place of; null: none, or it is no longer of interest. */
  readonly replaced: Plan | null;
};

/** The plan page: what changes, in the order of apply, with masked samples; what this person may do now and why not. */
export function planDetail(app: App, me: Person, f: PlanFacts): PlanDetail {
  const { plan } = f;
  const { doc } = plan;
  const now = instant(app.clock.now());
  const until = undoUntil(plan.endedAt ?? now, app.config.safeguards.undoDays);
  const undo = undoView(app, me, plan, f.progress, f.undonePlan);
  return {
    plan: planRow(app, summaryOf(plan)),
    hash: plan.hash,
    basedOn: doc.basedOn.map((b) => ({
      system: b.system,
      title: titleIn(app, b.system),
      asOf: b.asOf,
      size: b.size,
    })),
    groups: groupsOf(app, plan, until),
    safeguards: plan.guards.map((g) => ({ ...g })),
    place: { ...doc.place },
    approvals: plan.approvals
      .filter((a) => a.hash === plan.hash)
      .map((a) => ({ person: a.person, at: a.at, covers: a.most == null ? null : coversText(app, a.most) })),
    approves: coversText(app, mostOf(doc.changes)),
    override:
      plan.override == null
        ? null
        : { by: plan.override.person, at: plan.override.at, reason: plan.override.reason },
    review: f.review,
    can: canDo(app, me, f, undo.refused === null),
    confirmText: confirmText(plan),
    needsAutomationsTick: needsAutomationsTick(plan),
    counts: f.counts,
    startedAt: plan.startedAt,
    stopRequestedBy: plan.stopRequestedBy,
    undoUntil: plan.endedAt === null ? null : until,
    undo,
    replaces:
      f.replaced === null
        ? null
        : {
            planId: f.replaced.id,
            ...planDiff(f.replaced.doc, doc, (c) => openSealedChange(app.sealer, c.sealed).value),
          },
    undonePlan: f.undonePlan,
    notApplied: notApplied(app, plan, f.progress),
  };
}

function canDo(app: App, me: Person, { plan }: PlanFacts, mayUndo: boolean): PlanDetail["can"] {
  const now = instant(app.clock.now());
  const { safeguards, people } = app.config;
  const approve = mayApprove(plan, me, people, now, safeguards, null);
  const apply = mayApply(plan, me, now, safeguards, people);
  const edits = me.role !== "viewer";
  const onlySizeFails =
    plan.need === "refused" &&
    plan.doc.changes.some((c) => c.op === "suppress") &&
    plan.doc.changes.some((c) => c.op !== "suppress");
  return {
    approve: approve.pass,
    apply: apply.pass,
    stop: edits && (plan.state === "applying" || plan.state === "verifying") && plan.stopRequestedBy === null,
    undo: mayUndo,
    redraft: edits && ["expired", "stale", "refused", "stopped"].includes(plan.state),
    suppressOnly: edits && onlySizeFails,
    override: mayOverride(plan, me, people, now, null).pass,
    because: whyNot(plan, approve, apply),
    coolingOffUntil: coolingOffUntil(plan, people, safeguards),
  };
}

/** Only while something could still be done with the plan: nobody asks why an ended one cannot be approved. */
function whyNot(plan: Plan, approve: Verdict, apply: Verdict): string | null {
  if (plan.state === "approved") return apply.pass ? null : apply.because;
  if (plan.state === "draft" || plan.state === "checked" || plan.state === "refused")
    return approve.pass ? null : approve.because;
  return null;
}

function notApplied(app: App, plan: Plan, progress: readonly ChangeProgress[]): PlanDetail["notApplied"] {
  const byN = new Map(plan.doc.changes.map((c) => [c.n, c]));
  return progress
    .flatMap((p) => {
      const change = byN.get(p.n);
      if (change === undefined || p.end === null || p.end === "applied" || p.end === "already_so") return [];
      return [{ change, end: p.end, because: p.because }];
    })
    .slice(0, NOT_APPLIED)
    .map(({ change, end, because }) => ({
      masked: maskedOf(openSealedChange(app.sealer, change.sealed).identifiers),
      system: titleIn(app, change.system),
      op: change.op,
      end,
      because,
    }));
}

/** @example "at most 312 removals in Ghost" */
const coversText = (app: App, most: Most): string =>
  `at most ${Object.entries(most)
    .flatMap(([system, counts]) =>
      OP_ORDER.flatMap((op) =>
        counts[op] > 0 ? [`${countText(op, counts[op])} in ${title(app, system)}`] : [],
      ),
    )
    .join(", ")}`;

const title = (app: App, system: string): string =>
  app.config.systems.find((s) => s.id === system)?.title ?? system;
