import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { at } from "../../config/failpoint.ts";
import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { instant, type RunId } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import type { Plan, PlanDoc } from "../../core/repair.ts";
import { fingerprintOf } from "../../members/fingerprint.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { getIncident } from "../../store/get-incident.ts";
import { insertIncidentEvent } from "../../store/insert-incident-event.ts";
import { planSummaries } from "../../store/plan-summaries.ts";
import { plansWithoutLease } from "../../store/plans-without-lease.ts";
import { undoOfPlan } from "../../store/undo-of-plan.ts";
import { mayApply, mayApprove } from "../../sync/approve.ts";
import { runGuards } from "../../sync/guard.ts";
import { planHash } from "../../sync/hash.ts";
import { draftUndo } from "../../sync/undo.ts";
import type { App } from "../app.ts";
import { audienceOf } from "../audit/judge.ts";
import { withLatestReadings } from "../audit/latest-readings.ts";
import { newRunId } from "../audit/run-audit.ts";
import { errorText } from "../log.ts";
import { runPlan } from "./apply.ts";
import { draftDoc, groundsOf, writersOf } from "./draft.ts";
import { planCsv } from "./export.ts";
import { guardFacts } from "./facts.ts";
import { keepResuming } from "./resume.ts";
import type { Repair } from "./service.ts";
import { planDetail, planRow } from "./view.ts";

const PLANS_SHOWN = 200;

/** @param afterApply told when a plan has ended: the product reads again then, since only a new read closes an incident */
export function repairService(app: App, afterApply: () => void = () => undefined): Repair {
  const closing = new AbortController();
  const running = new Map<number, Promise<unknown>>();
  let resuming: Promise<void> | null = null;
  const holder = `${hostname()}:${process.pid}`;

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

  /** Guards judge the world of now, so they run again before approving and before applying. */
  async function checkedAgain(plan: Plan): Promise<Plan> {
    const { guards, need } = runGuards(plan.doc, await guardFacts(app, plan.doc, contextOf(), plan.id));
    await app.plans.setGuards(plan.id, guards, need);
    return { ...plan, guards, need };
  }

  /** The work is wrapped, since awaiting a promise of a promise would wait for the apply itself. */
  async function begin(id: number, me: Person, signal: AbortSignal): Promise<{ work: Promise<Plan> }> {
    const found = await planOf(id);
    if (found.state === "applying" || found.state === "verifying") return goOn(found, me, signal);
    const plan = await checkedAgain(found);
    const verdict = mayApply(plan, me, instant(app.clock.now()), app.config.safeguards);
    if (!verdict.pass)
      throw new AuditorError(
        me.role === "viewer" ? "not_allowed" : plan.state === "expired" ? "stale" : "refused",
        `PL-${id}`,
        verdict.because,
        "see the plan’s safeguards and approvals",
      );
    const failing = plan.guards.find((g) => g.verdict === "fail");
    if (failing !== undefined)
      throw new AuditorError(
        "refused",
        `PL-${id}`,
        `${failing.title}: ${failing.because}`,
        "draft it again from new reads",
      );
    if (running.has(id))
      throw new AuditorError("refused", `PL-${id}`, "it is being applied already", "watch its page");
    await logged(me, "plan.apply", plan);
    return { work: carryOut(plan, AbortSignal.any([signal, closing.signal])) };
  }

  /** An apply that Ctrl-C or a crash interrupted was approved and guarded then; whoever holds its lease keeps it. */
  async function goOn(plan: Plan, me: Person, signal: AbortSignal): Promise<{ work: Promise<Plan> }> {
    if (me.role === "viewer")
      throw new AuditorError(
        "not_allowed",
        `PL-${plan.id}`,
        "viewers cannot apply; an admin can change the role",
        "ask an editor, approver or admin",
      );
    if (running.has(plan.id))
      throw new AuditorError("refused", `PL-${plan.id}`, "it is being applied already", "watch its page");
    await logged(me, "plan.resume", plan);
    return { work: carryOut(plan, AbortSignal.any([signal, closing.signal])) };
  }

  function carryOut(plan: Plan, signal: AbortSignal): Promise<Plan> {
    const work = runPlan(app, plan, holder, contextOf(signal))
      .then((ended) => {
        if (ended.endedAt !== null) afterApply();
        return ended;
      })
      .finally(() => running.delete(plan.id));
    running.set(plan.id, work);
    return work;
  }

  const watched = (id: number, work: Promise<unknown>) =>
    work.catch((error: unknown) => app.log.warn("apply.failed", { plan: id, error: errorText(error) }));

  return {
    draft: async (request) => keep(await draftDoc(app, request, contextOf()), request.author),

    plans: async () => (await planSummaries(app.db, PLANS_SHOWN)).map((p) => planRow(app, p)),

    async detail(id, me) {
      const plan = await planOf(id);
      const undo = await undoOfPlan(app.db, id);
      const undone = undo !== null && !["refused", "expired", "stale"].includes(undo.state);
      return planDetail(app, me, {
        plan,
        progress: await app.plans.progress(id),
        counts: await app.plans.counts(id),
        undonePlan: undone ? undo.id : null,
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
      await app.plans.approve(id, { person: me.name, at: now, hash: plan.hash, confirmed: request.confirm });
      at("approve.recorded");
      await logged(me, "plan.approved", plan, { confirmed: request.confirm });
      at("approve.logged");
      await app.plans.move(id, ["checked"], "approved", now, null);
      at("approve.moved");
    },

    async start(id, me) {
      void watched(id, (await begin(id, me, closing.signal)).work);
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

    async undo(id, me) {
      const plan = await planOf(id);
      if (me.role === "viewer")
        throw new AuditorError(
          "not_allowed",
          `PL-${id}`,
          "viewers cannot draft plans",
          "ask an editor, approver or admin",
        );
      const audience = audienceOf(app, plan.doc.audience);
      if (audience === null)
        throw new AuditorError(
          "config",
          `audience ${plan.doc.audience}`,
          "is no longer configured",
          "put it back to undo this plan",
        );
      const systems = new Set(plan.doc.changes.map((c) => c.system));
      const { automations } = await writersOf(app, audience, systems, contextOf());
      const progress = await app.plans.progress(id);
      const doc = await withLatestReadings(app, async (readings) =>
        draftUndo({
          plan,
          progress,
          sealer: app.sealer,
          safeguards: app.config.safeguards,
          author: me.name,
          now: instant(app.clock.now()),
          incidentId: plan.doc.incidentId,
          automations,
          fingerprint: (v) => fingerprintOf(app.keys, v),
          ...groundsOf(audience, readings),
        }),
      );
      return keep(doc, me);
    },

    async redraft(id, me, only) {
      const plan = await planOf(id);
      const incident = plan.doc.incidentId === null ? null : await getIncident(app.db, plan.doc.incidentId);
      const doc = await draftDoc(
        app,
        {
          author: me,
          audience: plan.doc.audience,
          incident,
          system: incident?.finding.system ?? null,
          ...(only === undefined ? {} : { only }),
        },
        contextOf(),
      );
      return keep(doc, me);
    },

    async resumeAll() {
      resuming ??= keepResuming({
        abandoned: async () => (await plansWithoutLease(app.db)).filter((id) => !running.has(id)),
        goOn: async (id) => carryOut(await planOf(id), closing.signal),
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

async function expireIfLate(app: App, plan: Plan): Promise<Plan> {
  const waits = plan.state === "draft" || plan.state === "checked" || plan.state === "approved";
  const now = instant(app.clock.now());
  if (!waits || now < plan.doc.expiresAt) return plan;
  const because = "it was not applied in time; people may have changed since the read";
  await app.plans.move(plan.id, ["draft", "checked", "approved"], "expired", now, because);
  return { ...plan, state: "expired", because };
}
