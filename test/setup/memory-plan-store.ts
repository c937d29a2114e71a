import { AuditorError } from "../../core/errors.ts";
import type { PersonKey } from "../../core/model.ts";
import type { Lease, PlanStore } from "../../core/ports.ts";
import type {
  Change,
  ChangeProgress,
  EndState,
  Plan,
  PlanDoc,
  PlanState,
  Repaired,
} from "../../core/repair.ts";

type Entry =
  | {
      readonly phase: "intent";
      readonly planId: number;
      readonly n: number;
      readonly at: string;
      readonly undoSealed: string | null;
    }
  | {
      readonly phase: "outcome";
      readonly planId: number;
      readonly n: number;
      readonly at: string;
      readonly end: EndState;
      readonly because: string | null;
    };

export type MemoryPlanStore = PlanStore & {
  /** Everything that was journaled, oldest first: tests look for intent before call before outcome. */
  readonly journal: readonly Entry[];
  /** Puts another document in the place of a kept one, as nothing in the product can: a test of what is checked later. */
  replace(id: number, doc: PlanDoc, hash: string): void;
};

const ENDED: readonly PlanState[] = ["done", "stopped", "expired", "refused", "stale"];

/**
 * The repair's store in memory, with the same rules as the one on Postgres: both pass test/contract/plan-store.ts.
 *
 * @param clock milliseconds for leases, in place of the database's clock
 */
export function memoryPlanStore(clock: () => number): MemoryPlanStore {
  const plans = new Map<number, Plan>();
  const leases = new Map<number, { holder: string; fence: number; until: number }>();
  const journal: Entry[] = [];
  const entries = new Map<string, Entry[]>();
  let nextId = 81;

  const of = (planId: number, n: number): readonly Entry[] => entries.get(`${planId} ${n}`) ?? [];
  const outcomeOf = (planId: number, n: number) => of(planId, n).find((e) => e.phase === "outcome");
  const write = (e: Entry): void => {
    journal.push(e);
    const key = `${e.planId} ${e.n}`;
    entries.set(key, [...(entries.get(key) ?? []), e]);
  };
  const update = (id: number, change: (p: Plan) => Plan): void => {
    const plan = plans.get(id);
    if (plan !== undefined) plans.set(id, change(plan));
  };
  const holds = (lease: Lease): boolean => {
    const now = leases.get(lease.planId);
    return now?.holder === lease.holder && now.fence === lease.fence;
  };
  const fenced = (lease: Lease): void => {
    if (!holds(lease))
      throw new AuditorError(
        "stale",
        `PL-${lease.planId}`,
        "another process carries this plan out now",
        "stop writing",
      );
  };
  const inPlan = (planId: number, n: number): boolean => plans.get(planId)?.doc.changes[n] !== undefined;
  const refused = (lease: Lease, what: string): AuditorError =>
    new AuditorError("refused", `PL-${lease.planId}`, what, "read the plan’s progress again");

  function progressOf(planId: number): readonly ChangeProgress[] {
    return (plans.get(planId)?.doc.changes ?? []).map(({ n }): ChangeProgress => {
      const intent = of(planId, n).find((e) => e.phase === "intent");
      const outcome = outcomeOf(planId, n);
      const end = outcome?.phase === "outcome" ? outcome.end : null;
      const keeps = end === null || end === "applied" || end === "unknown";
      return {
        n,
        end,
        because: outcome?.phase === "outcome" ? outcome.because : null,
        inDoubt: intent !== undefined && outcome === undefined,
        undoSealed: keeps && intent?.phase === "intent" ? intent.undoSealed : null,
      };
    });
  }

  return {
    journal,
    replace: (id, doc, hash) => update(id, (p) => ({ ...p, doc, hash })),
    async create(doc, hash, guards, need) {
      const wrong = doc.changes.findIndex((c, i) => c.n !== i || !/^[0-9a-f]{32}$/.test(c.person));
      if (wrong !== -1)
        throw new AuditorError(
          "bad_data",
          `change ${wrong} of a plan`,
          "its number or person is wrong",
          "draft the plan again",
        );
      const plan: Plan = {
        id: nextId,
        hash,
        state: "draft",
        doc: structuredClone(doc),
        guards,
        need,
        approvals: [],
        override: null,
        stopRequestedBy: null,
        startedAt: null,
        endedAt: null,
        because: null,
      };
      nextId += 1;
      plans.set(plan.id, plan);
      return plan;
    },
    get: async (id) => plans.get(id) ?? null,
    list: async () => [...plans.values()].sort((a, b) => b.id - a.id),
    async move(id, from, to, at, because, lease) {
      if (lease !== undefined) fenced(lease);
      const plan = plans.get(id);
      if (plan === undefined || !from.includes(plan.state)) return false;
      const startedAt = to === "applying" ? (plan.startedAt ?? at) : plan.startedAt;
      plans.set(id, { ...plan, state: to, because, startedAt, endedAt: ENDED.includes(to) ? at : null });
      return true;
    },
    setGuards: async (id, guards, need) =>
      update(id, (p) => (["draft", "checked", "approved"].includes(p.state) ? { ...p, guards, need } : p)),
    async approve(id, approval) {
      const plan = plans.get(id);
      if (plan === undefined || plan.hash !== approval.hash) {
        throw new AuditorError(
          "stale",
          `PL-${id}`,
          "what was approved is not this plan",
          "open the plan again",
        );
      }
      if (plan.approvals.some((a) => a.person === approval.person && a.hash === approval.hash)) return;
      plans.set(id, {
        ...plan,
        approvals: [...plan.approvals, { ...approval, most: approval.most ?? null }],
      });
    },
    async override(id, o) {
      const plan = plans.get(id);
      if (plan === undefined || plan.hash !== o.hash)
        throw new AuditorError(
          "stale",
          `PL-${id}`,
          "what was overridden is not this plan",
          "open the plan again",
        );
      if (plan.override != null) return false;
      plans.set(id, { ...plan, override: { ...o, usedAt: null } });
      return true;
    },
    async takeOverride(id, at) {
      const plan = plans.get(id);
      if (plan?.override == null || plan.override.usedAt !== null) return false;
      plans.set(id, { ...plan, override: { ...plan.override, usedAt: at } });
      return true;
    },
    requestStop: async (id, by) => update(id, (p) => ({ ...p, stopRequestedBy: p.stopRequestedBy ?? by })),
    stopRequested: async (id) => (plans.get(id)?.stopRequestedBy ?? null) !== null,
    async acquire(planId, holder, seconds) {
      if (!plans.has(planId))
        throw new AuditorError(
          "not_found",
          `PL-${planId}`,
          "there is no such plan",
          "look at the list of plans",
        );
      const now = leases.get(planId);
      if (now !== undefined && now.until > clock() && now.holder !== holder) return null;
      const fence = (now?.fence ?? 0) + 1;
      leases.set(planId, { holder, fence, until: clock() + seconds * 1_000 });
      return { planId, holder, fence };
    },
    async renew(lease, seconds) {
      if (!holds(lease)) return false;
      leases.set(lease.planId, {
        holder: lease.holder,
        fence: lease.fence,
        until: clock() + seconds * 1_000,
      });
      return true;
    },
    async release(lease) {
      if (holds(lease))
        leases.set(lease.planId, { holder: "", fence: lease.fence, until: Number.NEGATIVE_INFINITY });
    },
    async intent(lease, ns, at, undoSealed) {
      fenced(lease);
      const bad = ns.filter((n) => !inPlan(lease.planId, n) || outcomeOf(lease.planId, n) !== undefined);
      if (bad.length > 0)
        throw refused(lease, `${bad.length} of these changes have ended already or are not in the plan`);
      ns.forEach((n, i) => {
        write({ phase: "intent", planId: lease.planId, n, at, undoSealed: undoSealed[i] ?? null });
      });
    },
    async outcome(lease, ends, at) {
      fenced(lease);
      for (const e of ends) {
        if (outcomeOf(lease.planId, e.n) !== undefined) throw refused(lease, "a change has its end already");
        if (!inPlan(lease.planId, e.n) || (e.end === "applied" && of(lease.planId, e.n).length === 0)) {
          throw refused(lease, "a change is not in the plan, or was applied without an intent before it");
        }
      }
      if (new Set(ends.map((e) => e.n)).size !== ends.length)
        throw refused(lease, "a change has its end already");
      for (const e of ends)
        write({ phase: "outcome", planId: lease.planId, n: e.n, at, end: e.end, because: e.because });
    },
    progress: async (planId) => progressOf(planId),
    async counts(planId) {
      const counts = {
        applied: 0,
        already_so: 0,
        skipped_consent: 0,
        skipped_drift: 0,
        failed: 0,
        unknown: 0,
        waiting: 0,
        in_doubt: 0,
      };
      for (const p of progressOf(planId)) counts[p.end ?? (p.inDoubt ? "in_doubt" : "waiting")] += 1;
      return counts;
    },
    async touchedSince({ audience, system, list }, since) {
      const touched = {
        listed: new Set<PersonKey>(),
        added: new Set<PersonKey>(),
        suppressed: new Set<PersonKey>(),
      };
      for (const plan of plans.values()) {
        const shared = list !== null && plan.doc.lists?.[system] === list;
        for (const c of plan.doc.changes) {
          if (c.system !== system || (c.audience !== audience && !shared)) continue;
          const recent = of(plan.id, c.n).filter((e) => e.at >= since);
          const end = recent.find((e) => e.phase === "outcome");
          const mayBe = end?.phase !== "outcome" || end.end === "applied" || end.end === "unknown";
          if (recent.length === 0 || !mayBe) continue;
          touched[c.op === "suppress" ? "suppressed" : "listed"].add(c.person);
          if (c.op === "add") touched.added.add(c.person);
        }
      }
      return touched;
    },
    async repairedSince(audience, since) {
      const placeOf = (c: Change): string => `${c.system} ${c.person} ${c.attribute ?? ""}`;
      const appliedOf = (plan: Plan) =>
        plan.doc.changes.flatMap((change) => {
          const end = outcomeOf(plan.id, change.n);
          const counts = end?.phase === "outcome" && end.end === "applied" && change.op !== "suppress";
          return counts ? [{ change, at: end.at as Repaired["at"][number] }] : [];
        });
      const mine = [...plans.values()].filter((p) => p.doc.audience === audience);
      const takenBack = new Set(
        mine
          .filter((p) => p.doc.undoes !== null)
          .flatMap((p) => appliedOf(p).map(({ change }) => `${p.doc.undoes} ${placeOf(change)}`)),
      );
      const found = new Map<string, Repaired>();
      for (const plan of mine.filter((p) => p.doc.undoes === null)) {
        for (const { change, at } of appliedOf(plan)) {
          const key = placeOf(change);
          if (at < since || takenBack.has(`${plan.id} ${key}`)) continue;
          const { system, person, attribute } = change;
          const times = [...(found.get(key)?.at ?? []), at].sort();
          found.set(key, { system, person, attribute, at: times });
        }
      }
      return [...found.entries()]
        .filter(([, r]) => r.at.length >= 3)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, r]) => r);
    },
  };
}
