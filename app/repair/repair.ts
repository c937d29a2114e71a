import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { at } from "../../config/failpoint.ts";
import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { instant, type RunId } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import type { Plan, PlanDoc } from "../../core/repair.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { getIncident } from "../../store/get-incident.ts";
import { insertIncidentEvent } from "../../store/insert-incident-event.ts";
import { planSummaries } from "../../store/plan-summaries.ts";
import { plansToReview } from "../../store/plans-to-review.ts";
import { plansWithoutLease } from "../../store/plans-without-lease.ts";
import { mayApply, mayApprove } from "../../sync/approve.ts";
import { runGuards } from "../../sync/guard.ts";
import { planHash } from "../../sync/hash.ts";
import { mostOf } from "../../sync/most.ts";
import type { App } from "../app.ts";
import { newRunId } from "../audit/run-audit.ts";
import { anchorSoon } from "../audit-log/anchor.ts";
import { errorText } from "../log.ts";
import { runPlan } from "./apply.ts";
import { overridePlan, reviewPlan, reviewState } from "./decisions.ts";
import { draftDoc } from "./draft.ts";
import { livingUndo, undoDoc } from "./draft-undo.ts";
import { planCsv } from "./export.ts";
import { guardFacts } from "./facts.ts";
import { judgedAgain, whyNotNow } from "./judge-plan.ts";
import { keepResuming } from "./resume.ts";
import type { Repair } from "./service.ts";
import { planDetail, planRow } from "./view.ts";

const PLANS_SHOWN = 200;

/** @param afterApply told when a plan has ended: the product reads again then, since only a new read closes an incident */
export function repairService(app: App, afterApply: () => void = () => undefined): Repair {
  const closing = new AbortController();
  const running = new Map<number, Promise<unknown>>();
  let resuming: Promise<void> | null = null;
  /** Plans that somebody is just starting here: between the click and the lease there are queries. */
  const starting = new Set<number>();
  // containers often have one host name and number each process 1, and a holder may take its own lease again
  const holder = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`;

  const contextOf = (
    signal: AbortSignal = closing.signal,
    runId: RunId = newRunId(app, app.clock.now()),
  ): Context => ({ signal, clock: app.clock, log: app.log, runId });

  async function planOf(id: number): Promise<Plan> {
    const plan = await app.plans.get(id);
    if (plan === null)
      throw new AuditorError("not_found", "plan", `there is no PL-${id}`, "see the list of plans");
    return expireIfLate(app, plan);
  }

  async function keep(doc: PlanDoc, actor: Person): Promise<Plan> {
    if (doc.changes.length === 0 && doc.leftOut.length === 0) {
      throw new AuditorError(
        "refused",
        "plan",
        "there is nothing to repair: nobody differs in the latest complete reads",
        "read again if you expected a difference",
      );
    }
    const { guards, need } = runGuards(doc, await guardFacts(app, doc, contextOf(), null));
    const plan = await app.plans.create(doc, planHash(doc), guards, need);
    at("plan.created");
    const state = need === "refused" ? ("refused" as const) : ("checked" as const);
    const failing = guards.filter((g) => g.verdict === "fail").map((g) => `${g.title}: ${g.because}`);
    // The log comes first: no crash leaves a plan that could be approved and that the log does not know.
    await logged(actor, "plan.drafted", plan, { changes: doc.changes.length, state });
    at("plan.logged");
    await app.plans.move(plan.id, ["draft"], state, instant(app.clock.now()), failing[0] ?? null);
    at("plan.checked");
    if (doc.incidentId !== null) {
      await insertIncidentEvent(app.db, doc.incidentId, {
        at: instant(app.clock.now()),
        kind: "planned",
        actor: actor.name,
        text: `PL-${plan.id} drafted: ${doc.changes.length} changes`,
      });
    }
    return planOf(plan.id);
  }

  const logged = (
    actor: Pick<Person, "name">,
    action: string,
    plan: Plan,
    detail: Readonly<Record<string, unknown>> = {},
  ) =>
    appendAuditLog(app.db, {
      at: instant(app.clock.now()),
      actor: actor.name,
      action,
      object: `PL-${plan.id}`,
      detail: { hash: plan.hash, ...detail },
    });

  const checkedAgain = (plan: Plan): Promise<Plan> => judgedAgain(app, plan, contextOf());

  /** One click of many starts it: the others are refused before the first of them waits for anything. */
  async function begin(id: number, me: Person, signal: AbortSignal): Promise<Started> {
    if (running.has(id) || starting.has(id))
      throw new AuditorError("refused", `PL-${id}`, "it is being applied already", "watch its page");
    starting.add(id);
    try {
      return await beginAlone(id, me, signal);
    } finally {
      starting.delete(id);
    }
  }

  async function beginAlone(id: number, me: Person, signal: AbortSignal): Promise<Started> {
    const found = await planOf(id);
    if (found.state === "applying" || found.state === "verifying") return goOn(found, me, signal);
    const plan = await checkedAgain(found);
    const failing = plan.guards.find((g) => g.verdict === "fail");
    if (failing !== undefined && plan.state === "approved" && me.role !== "viewer")
      throw new AuditorError(
        "refused",
        `PL-${id}`,
        `${failing.title}: ${failing.because}`,
        "draft it again from new reads",
      );
    const verdict = mayApply(plan, me, instant(app.clock.now()), app.config.safeguards, app.config.people);
    if (!verdict.pass)
      throw new AuditorError(
        me.role === "viewer" ? "not_allowed" : plan.state === "expired" ? "stale" : "refused",
        `PL-${id}`,
        verdict.because,
        "see the plan’s safeguards and approvals",
      );
    await logged(
      me,
      "plan.apply",
      plan,
      plan.override == null ? {} : { sizeOverriddenBy: plan.override.person },
    );
    return carryOut(plan, AbortSignal.any([signal, closing.signal]));
  }

  /** An apply that Ctrl-C or a crash interrupted was approved and guarded then; whoever holds its lease keeps it. */
  async function goOn(plan: Plan, me: Person, signal: AbortSignal): Promise<Started> {
    if (me.role === "viewer")
      throw new AuditorError(
        "not_allowed",
        `PL-${plan.id}`,
        "viewers cannot apply; an admin can change the role",
        "ask an editor, approver or admin",
      );
    await logged(me, "plan.resume", plan);
    return carryOut(plan, AbortSignal.any([signal, closing.signal]));
  }

  function carryOut(plan: Plan, signal: AbortSignal): Started {
    let hold = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    const recheck = async (): Promise<string | null> => whyNotNow(app, await planOf(plan.id), contextOf());
    const work = runPlan(app, plan, holder, contextOf(signal), hold, recheck)
      .then(async (ended) => {
        if (ended.endedAt === null) return ended;
        await logged({ name: "plumbline" }, "plan.ended", ended, {
          state: ended.state,
          counts: await app.plans.counts(ended.id),
        });
        await anchorSoon(app);
        afterApply();
        return ended;
      })
      .finally(() => running.delete(plan.id));
    running.set(plan.id, work);
    return { work, held };
  }

  const draftUndoOf = async (id: number, me: Person): Promise<Plan> =>
    keep(await undoDoc(app, await planOf(id), me, contextOf()), me);

  const watched = (id: number, work: Promise<unknown>) =>
    work.catch((error: unknown) => app.log.warn("apply.failed", { plan: id, error: errorText(error) }));

  return {
    draft: async (request) => keep(await draftDoc(app, request, contextOf()), request.author),

    async plans() {
      const open = new Set((await plansToReview(app.db)).map((p) => p.id));
      const rows = await planSummaries(app.db, PLANS_SHOWN);
      return rows.map((p) => ({ ...planRow(app, p), ...(open.has(p.id) ? { toReview: true } : {}) }));
    },

    async detail(id, me) {
      const plan = await planOf(id);
      const undo = await livingUndo(app, id);
      const progress = await app.plans.progress(id);
      const before = plan.startedAt === null ? (plan.doc.replaces ?? null) : null;
      return planDetail(app, me, {
        plan,
        progress,
        review: await reviewState(app, plan, me, progress),
        counts: await app.plans.counts(id),
        undonePlan: undo?.id ?? null,
        replaced: before === null ? null : await app.plans.get(before),
      });
    },

    async exportCsv(id, me) {
      const plan = await planOf(id);
      await logged(me, "plan.exported", plan);
      return planCsv(app, plan, await app.plans.progress(id));
    },

    async approve(id, me, request) {
      const plan = await checkedAgain(await planOf(id));
      const now = instant(app.clock.now());
      const verdict = mayApprove(plan, me, app.config.people, now, app.config.safeguards, {
        ...request,
        automations: request.automations ?? false,
      });
      if (!verdict.pass)
        throw new AuditorError(
          me.role === "viewer" ? "not_allowed" : request.hash !== plan.hash ? "stale" : "refused",
          `PL-${id}`,
          verdict.because,
          "see the plan’s page",
        );
      const most = mostOf(plan.doc.changes);
      const approval = { person: me.name, at: now, hash: plan.hash, confirmed: request.confirm, most };
      await app.plans.approve(id, approval);
      at("approve.recorded");
      await app.plans.move(id, ["checked"], "approved", now, null);
      at("approve.moved");
      await anchorSoon(app);
    },

    override: async (id, me, request) => {
      const plan = await checkedAgain(await planOf(id));
      const refusals = await overridePlan(app, plan, me, request);
      await checkedAgain(await planOf(id));
      await logged(me, "plan.size_overridden", plan, { reason: request.reason.trim(), refusals });
    },

    review: async (id, me) => {
      const plan = await planOf(id);
      await reviewPlan(app, plan, me);
      await logged(me, "plan.reviewed", plan);
    },

    async start(id, me) {
      const { work, held } = await begin(id, me, closing.signal);
      // another process may have been faster; then whoever clicked here is told so
      await Promise.race([held, work]);
      void watched(id, work);
    },

    run: async (id, me, signal) => (await begin(id, me, signal)).work,

    async stop(id, me) {
      if (me.role === "viewer")
        throw new AuditorError(
          "not_allowed",
          `PL-${id}`,
          "viewers cannot stop a plan",
          "ask an editor, approver or admin",
        );
      await app.plans.requestStop(id, me.name);
      await logged(me, "plan.stop", await planOf(id));
    },

    undo: draftUndoOf,

    async redraft(id, me, only) {
      const plan = await planOf(id);
      // an undo that went out of date is drafted again as an undo, never as a repair
      if (plan.doc.undoes !== null) return draftUndoOf(plan.doc.undoes, me);
      const kinds = only ?? plan.doc.asked?.only ?? undefined;
      const incident = plan.doc.incidentId === null ? null : await getIncident(app.db, plan.doc.incidentId);
      const doc = await draftDoc(
        app,
        {
          author: me,
          audience: plan.doc.audience,
          incident,
          system: incident?.finding.system ?? plan.doc.asked?.system ?? null,
          replaces: plan.id,
          ...(kinds === undefined ? {} : { only: kinds }),
        },
        contextOf(),
      );
      return keep(doc, me);
    },

    async resumeAll() {
      resuming ??= keepResuming({
        abandoned: async () =>
          (await plansWithoutLease(app.db)).filter((id) => !running.has(id) && !starting.has(id)),
        goOn: async (id) => carryOut(await planOf(id), closing.signal).work,
        leaseSeconds: app.config.safeguards.leaseSeconds,
        log: app.log,
        now: () => app.clock.now().getTime(),
        sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
        signal: closing.signal,
      });
    },

    async close() {
      closing.abort();
      await resuming;
      await Promise.allSettled(running.values());
    },
  };
}

/** `held` resolves when this process has the lease; `work` when the plan has ended, or could not be begun. */
type Started = { readonly work: Promise<Plan>; readonly held: Promise<void> };

async function expireIfLate(app: App, plan: Plan): Promise<Plan> {
  const waits = plan.state === "draft" || plan.state === "checked" || plan.state === "approved";
  const now = instant(app.clock.now());
  if (!waits || now < plan.doc.expiresAt) return plan;
  const because = "it was not applied in time; people may have changed since the read";
  await app.plans.move(plan.id, ["draft", "checked", "approved"], "expired", now, because);
  return { ...plan, state: "expired", because };
}
