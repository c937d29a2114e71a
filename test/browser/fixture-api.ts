import type { PlanDetail, Status, SystemList } from "../../app/api/contract.ts";
import { audienceDetail } from "../../dashboard/dev/audience.ts";
import { audienceChecks } from "../../dashboard/dev/checks.ts";
import { incidentDetail, incidents } from "../../dashboard/dev/incidents.ts";
import { morePlans } from "../../dashboard/dev/more-plans.ts";
import { systemOverlap } from "../../dashboard/dev/overlap.ts";
import { audiences } from "../../dashboard/dev/overview.ts";
import { zero } from "../../dashboard/dev/plan-parts.ts";
import { planDetail, reviewable, suppressions, undoOf } from "../../dashboard/dev/plans.ts";
import { runs } from "../../dashboard/dev/reads.ts";
import { ahead, NOW, people, rows } from "../../dashboard/dev/story.ts";
import { overviewOf, type Scene, statusOf, systemListOf } from "./fixture-scenes.ts";
import { hostile } from "./hostile.ts";

export type Answer = { readonly status: number; readonly body: unknown };
const ok = (body: unknown): Answer => ({ status: 200, body });
const refuse = (code: number, kind: string, message: string, fix: string): Answer => ({
  status: code,
  body: { error: { kind, message, fix, requestId: "r-7c41e0" } },
});

/** The API's behaviour as far as the dashboard sees it: plans that are approved, applied step by step, stopped and undone. */
export class FixtureApi {
  readonly scene: Scene;
  readonly posted: { path: string; body: Record<string, unknown> }[] = [];
  private me: Status["me"] = { name: "Ana", role: "editor" };
  private plans = new Map<number, PlanDetail>();
  private readonly switched = new Map<string, SystemList["systems"][number]>();
  private nextPlan = 89;
  private rows = structuredClone(incidents);

  constructor(scene: Scene) {
    this.scene = scene;
    if (scene === "admin") {
      this.me = { name: "Cleo", role: "admin" };
      this.plans.set(83, reviewable(83));
    }
    if (scene !== "empty") for (const id of [84, 85, 86, 87, 88]) this.plans.set(id, planDetail(id));
    if (scene === "applying") {
      const plan = planDetail(88);
      this.plans.set(88, {
        ...plan,
        plan: { ...plan.plan, state: "applying" },
        safeguards: plan.safeguards.map((g) => ({ ...g, verdict: "pass" })),
        startedAt: NOW,
        approvals: [
          { person: "Ana", at: NOW, covers: plan.approves },
          { person: "Ben", at: NOW, covers: plan.approves },
        ],
        can: { ...plan.can, stop: true },
        counts: {
          applied: 11_250,
          already_so: 214,
          skipped_consent: 6,
          skipped_drift: 3,
          failed: 2,
          unknown: 1,
          in_doubt: 247,
          waiting: 15_676,
        },
      });
    }
  }

  get(path: string, search: URLSearchParams): Answer {
    const [, area = "", id, part] = path.split("/");
    if (area === "status") return ok(statusOf(this.scene, this.me, [...this.plans.values()]));
    if (this.scene === "broken")
      return refuse(
        500,
        "transient",
        "The overview query failed.",
        "Try again; if it stays, see the log of this request.",
      );
    if (this.scene === "forbidden")
      return refuse(403, "not_allowed", "Only approvers can open this.", "Ben or Chris can grant it.");
    switch (area) {
      case "overview":
        return ok(overviewOf(this.scene));
      case "audiences":
        return id === undefined
          ? ok(this.scene === "hostile" ? hostile(audiences) : audiences)
          : part === "checks"
            ? this.checks(decodeURIComponent(id))
            : this.audience(decodeURIComponent(id), Number(search.get("days") ?? 28));
      case "incidents":
        return id === undefined ? ok(this.list(search)) : this.incident(Number(id));
      case "plans":
        return id === undefined
          ? ok({ plans: [...this.plans.values()].map((p) => p.plan).sort((a, b) => b.id - a.id) })
          : this.plan(Number(id));
      case "runs":
        return ok(this.scene === "empty" ? { runs: [] } : runs);
      case "systems":
        return id === undefined
          ? ok({ systems: systemListOf(this.scene).systems.map((s) => this.switched.get(s.id) ?? s) })
          : this.overlap(decodeURIComponent(id), search.get("audience") ?? "");
      default:
        return refuse(404, "not_found", "There is nothing here.", "Check the address.");
    }
  }

  post(path: string, body: Record<string, unknown>): Answer {
    this.posted.push({ path, body });
    const [, area = "", name = "", verb = ""] = path.split("/");
    const id = Number(name);
    if (area === "session") {
      this.me = people.find((p) => p.name === body.name) ?? this.me;
      return { status: 204, body: null };
    }
    if (area === "systems") return this.switchWrites(decodeURIComponent(name), body);
    if (area === "audit") return { status: 202, body: { runId: "r-1" } };
    if (verb === "plan") {
      const planId = this.nextPlan++;
      this.plans.set(planId, Array.isArray(body.only) ? suppressions(planId) : planDetail(planId));
      return ok({ planId });
    }
    if (area === "incidents") return this.changeIncident(id, verb, body);
    return this.changePlan(id, verb, body);
  }

  private switchWrites(id: string, body: Record<string, unknown>): Answer {
    const system = systemListOf(this.scene).systems.find((s) => s.id === id);
    if (system === undefined) return refuse(404, "not_found", "No such system.", "Check the address.");
    const writes = { enabled: body.enabled === true, by: this.me.name, at: NOW, reason: String(body.reason) };
    this.switched.set(id, { ...system, writes });
    return ok({ enabled: writes.enabled });
  }

  private changeIncident(id: number, verb: string, body: Record<string, unknown>): Answer {
    const row = this.rows.find((i) => i.id === id);
    if (!row) return refuse(404, "not_found", "No such incident.", "Check the number.");
    if (body.version !== row.version)
      return refuse(409, "stale", "Already taken at 06:40 by Ben.", "Look again.");
    Object.assign(
      row,
      verb === "take"
        ? { state: "acknowledged", owner: this.me.name }
        : verb === "snooze"
          ? { state: "snoozed", snoozedUntil: body.until }
          : { state: "resolved", resolvedAt: NOW, markedFalse: verb === "dismiss" },
    );
    row.version += 1;
    return ok({});
  }

  private changePlan(id: number, verb: string, body: Record<string, unknown>): Answer {
    const detail = this.plans.get(id);
    if (!detail) return refuse(404, "not_found", "No such plan.", "Check the number.");
    if (verb === "undo" || verb === "redraft") {
      const planId = this.nextPlan++;
      this.plans.set(planId, verb === "undo" ? undoOf(planId, detail) : planDetail(planId));
      return ok({ planId });
    }
    if (verb === "review") {
      const by = { by: this.me.name, at: NOW, can: false, because: null };
      this.plans.set(id, { ...detail, review: detail.review && { ...detail.review, ...by } });
      return ok({});
    }
    if (verb === "override") {
      const reason = String(body.reason);
      this.plans.set(id, {
        ...detail,
        plan: { ...detail.plan, state: "checked", need: "second_person" },
        override: { by: this.me.name, at: NOW, reason },
        safeguards: detail.safeguards.map((g) =>
          g.verdict === "fail"
            ? { ...g, verdict: "needs", because: `${g.because}. Overridden by ${this.me.name}` }
            : g,
        ),
        can: { ...detail.can, override: false, suppressOnly: false },
      });
      return ok({});
    }
    if (verb === "stop") {
      this.plans.set(id, {
        ...detail,
        stopRequestedBy: this.me.name,
        plan: { ...detail.plan, state: "stopped", because: `${this.me.name} stopped it` },
        can: { ...detail.can, stop: false, undo: true },
      });
      return ok({});
    }
    if (body.hash !== detail.hash)
      return refuse(409, "stale", "The plan is not the one you saw.", "Review it again.");
    if (body.confirm !== detail.confirmText)
      return refuse(400, "config", "The confirmation does not match.", `Type ${detail.confirmText}.`);
    if (verb === "approve") {
      const approvals = [...detail.approvals, { person: this.me.name, at: NOW, covers: detail.approves }];
      const enough = approvals.length >= (detail.plan.need === "second_person" ? 2 : 1);
      this.plans.set(id, {
        ...detail,
        approvals,
        plan: { ...detail.plan, state: enough ? "approved" : "checked" },
      });
      return ok({});
    }
    this.plans.set(id, {
      ...detail,
      plan: { ...detail.plan, state: "applying" },
      startedAt: NOW,
      can: { ...detail.can, approve: false, apply: false, stop: true },
    });
    return ok({});
  }

  /** Each look at a running plan moves it on, so that a test sees progress without waiting for a clock. */
  private plan(id: number): Answer {
    const detail = this.plans.get(id) ?? (this.scene === "empty" ? null : morePlans(id));
    if (!detail) return refuse(404, "not_found", "No such plan.", "Check the number.");
    if (this.scene !== "applying" && detail.plan.state === "applying") {
      const step = Math.ceil(detail.plan.changes / 3);
      const applied = Math.min(detail.plan.changes, detail.counts.applied + step);
      const done = applied === detail.plan.changes;
      const moved: PlanDetail = {
        ...detail,
        counts: { ...zero, applied, waiting: detail.plan.changes - applied },
        plan: { ...detail.plan, state: done ? "done" : "applying" },
        undoUntil: done ? ahead(720) : null,
        can: { ...detail.can, stop: !done, undo: done },
      };
      this.plans.set(id, moved);
      return ok(moved);
    }
    const mine = detail.approvals.some((a) => a.person === this.me.name);
    const open = detail.plan.state === "checked" || detail.plan.state === "approved";
    const fails = detail.safeguards.some((g) => g.verdict === "fail");
    const override = detail.can.override && this.me.role === "admin";
    const can =
      open && !fails
        ? {
            ...detail.can,
            approve: !mine && detail.plan.state === "checked",
            apply: detail.plan.state === "approved",
            because:
              mine && detail.plan.state === "checked"
                ? "You have approved it. A second person has to approve it too."
                : null,
          }
        : { ...detail.can, override };
    return ok(this.scene === "hostile" ? hostile({ ...detail, can }) : { ...detail, can });
  }

  private incident(id: number): Answer {
    const row = this.rows.find((i) => i.id === id);
    if (!row) return refuse(404, "not_found", "No such incident.", "Check the number.");
    const detail = { ...incidentDetail(id), incident: row };
    return ok(this.scene === "hostile" ? hostile(detail) : detail);
  }

  private audience(id: string, days: number): Answer {
    if (!rows.some((r) => r.audience === id))
      return refuse(404, "not_found", "No such audience.", "Check the name.");
    const detail = audienceDetail(id, days);
    return ok(this.scene === "hostile" ? hostile(detail) : detail);
  }

  private checks(audience: string): Answer {
    if (audience === "vip")
      return refuse(503, "transient", "The checks query failed.", "Try again in a moment.");
    const checks = audienceChecks(audience, this.scene === "stale");
    return ok(this.scene === "hostile" ? hostile(checks) : checks);
  }

  private overlap(system: string, audience: string): Answer {
    if (system === "google_ads")
      return refuse(503, "transient", "The overlap query failed.", "Try again in a moment.");
    const overlap = systemOverlap(system, audience);
    return ok(this.scene === "hostile" ? hostile(overlap) : overlap);
  }

  private list(search: URLSearchParams) {
    const all = this.scene === "fine" || this.scene === "empty" ? [] : this.rows;
    const open = all.filter((i) => search.get("state") === "all" || i.state !== "resolved");
    const found = open.filter((i) =>
      (["severity", "audience", "system", "check"] as const).every(
        (key) => !search.get(key) || i[key] === search.get(key),
      ),
    );
    const list = { incidents: found, total: open.length };
    return this.scene === "hostile" ? hostile(list) : list;
  }
}
