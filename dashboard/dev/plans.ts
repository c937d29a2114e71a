import type { PlanDetail } from "../../app/api/contract.ts";
import { morePlans } from "./more-plans.ts";
import { add, detail, group, guards, remove, row, set, suppress, zero } from "./plan-parts.ts";
import { READ } from "./story.ts";

const MASKED = Array.from({ length: 20 }, (_, i) => `${"jmtksdacrb"[i % 10]}•••@example.com`);

/** 88: too large, fails its size limit. 87: a second person. 86: done. 85: out of date. 84: stopped with failures. Others: a small one that passes. */
export function planDetail(id: number): PlanDetail {
  switch (id) {
    case 88:
      return detail(
        row({
          id,
          changes: 27_399,
          ops: { suppress: 1204, remove: 26_065, add: 42, set: 88 },
          state: "refused",
          systems: ["klaviyo", "hubspot"],
          need: "refused",
        }),
        [
          group("klaviyo", "Klaviyo", [suppress(1204), remove(26_065), add(42)], 75_584, 48_357, {
            automations: ["Welcome back", "Active onboarding"],
            leftOut: [
              {
                reason: "38 share an address with another customer; 3 changed since the read",
                count: 41,
                sample: MASKED,
              },
            ],
          }),
          group("hubspot", "HubSpot", [set(88)], 48_291, 48_291),
        ],
        {
          safeguards: [
            ...guards(27_399).map((g) =>
              g.guard === "size_limit"
                ? {
                    ...g,
                    verdict: "fail" as const,
                    because: "removes 34 % of the list (26,065 of 75,584); the limit is 20 % in 24 h",
                  }
                : g,
            ),
            {
              guard: "automations",
              verdict: "needs",
              title: "Automations may start on adds",
              because: "confirm 2",
            },
          ],
          can: {
            approve: false,
            apply: false,
            stop: false,
            undo: false,
            redraft: true,
            suppressOnly: true,
            override: true,
            because: "The size limit fails.",
            coolingOffUntil: null,
          },
          needsAutomationsTick: true,
        },
      );
    case 87:
      return detail(
        row({
          id,
          incidentId: 1039,
          changes: 1411,
          ops: { suppress: 0, remove: 1000, add: 411, set: 0 },
          systems: ["mailchimp"],
          need: "second_person",
        }),
        [
          group("mailchimp", "Mailchimp", [remove(1000), add(411)], 47_902, 47_313, {
            automations: ["Welcome back", "Active onboarding"],
          }),
        ],
        {
          safeguards: [
            ...guards(1411).map((g) =>
              g.guard === "size_limit"
                ? {
                    ...g,
                    verdict: "needs" as const,
                    title: "Size limit, Mailchimp",
                    because: "removes 1,000 people; above 500 a second person decides",
                  }
                : g,
            ),
            {
              guard: "automations",
              verdict: "needs",
              title: "Automations may start on adds",
              because: "2 live automations",
            },
          ],
          needsAutomationsTick: true,
          place: {
            where: "resync",
            because: "The sync “mc_nightly” writes this list and would remove them again.",
          },
        },
      );
    case 86:
      return detail(
        row({
          id,
          incidentId: null,
          state: "done",
          audience: "recent_purchasers",
          audienceTitle: "Recent purchasers",
          changes: 640,
          ops: { suppress: 0, remove: 0, add: 0, set: 640 },
          systems: ["hubspot"],
          endedAt: READ,
        }),
        [group("hubspot", "HubSpot", [set(640)], 14_880, 14_880)],
        {
          counts: { ...zero, applied: 634, already_so: 6 },
          startedAt: READ,
          undoUntil: "2026-12-24T05:00:00.000Z",
          undo: {
            words: ["634 fields would be set back to what was there, unless changed since."],
            daysLeft: 29,
            until: "2026-12-24T05:00:00.000Z",
            refused: null,
          },
          approvals: [{ person: "Ana", at: READ, covers: null }],
          can: {
            approve: false,
            apply: false,
            stop: false,
            undo: true,
            redraft: false,
            suppressOnly: false,
            override: false,
            because: null,
            coolingOffUntil: null,
          },
        },
      );
    case 85:
      return detail(
        row({
          id,
          state: "stale",
          because: "41 people changed since 06:04",
          changes: 26_065,
          ops: { suppress: 0, remove: 26_065, add: 0, set: 0 },
        }),
        [group("klaviyo", "Klaviyo", [remove(26_065)], 75_584, 49_519)],
        {
          can: {
            approve: false,
            apply: false,
            stop: false,
            undo: false,
            redraft: true,
            suppressOnly: false,
            override: false,
            because: "The plan is out of date.",
            coolingOffUntil: null,
          },
        },
      );
    case 84:
      return detail(
        row({
          id,
          state: "stopped",
          because: "more than 1 % failed",
          changes: 300,
          ops: { suppress: 0, remove: 300, add: 0, set: 0 },
          endedAt: READ,
        }),
        [group("klaviyo", "Klaviyo", [remove(300)], 75_584, 75_284)],
        {
          counts: {
            ...zero,
            applied: 120,
            already_so: 14,
            skipped_consent: 2,
            skipped_drift: 3,
            failed: 4,
            unknown: 1,
            waiting: 156,
          },
          startedAt: READ,
          approvals: [{ person: "Ana", at: READ, covers: null }],
          notApplied: ["failed", "failed", "skipped_consent", "unknown"].map((end, i) => ({
            masked: `k${i}•••@example.com`,
            system: "klaviyo",
            op: "remove" as const,
            end,
            because:
              [
                "the record is locked (409)",
                "the record is locked (409)",
                "opted in again by themselves",
                "no answer, and not readable afterwards",
              ][i] ?? null,
          })),
          can: {
            approve: false,
            apply: false,
            stop: false,
            undo: true,
            redraft: true,
            suppressOnly: false,
            override: false,
            because: null,
            coolingOffUntil: null,
          },
          undoUntil: "2026-12-24T05:00:00.000Z",
          undo: {
            words: ["120 people were removed and would be put back: they may get automations again."],
            daysLeft: 29,
            until: "2026-12-24T05:00:00.000Z",
            refused: null,
          },
        },
      );
    default:
      return morePlans(id) ?? small(id);
  }
}

const small = (id: number): PlanDetail =>
  detail(row({ id, changes: 41, ops: { suppress: 1, remove: 40, add: 0, set: 0 }, systems: ["ghost"] }), [
    group("ghost", "Ghost", [suppress(1), remove(40)], 10_231, 10_191, {
      leftOut: [{ reason: "share an address with another customer", count: 2, sample: MASKED.slice(0, 2) }],
    }),
  ]);

export function suppressions(id: number): PlanDetail {
  return detail(row({ id, changes: 1204, ops: { suppress: 1204, remove: 0, add: 0, set: 0 } }), [
    group("klaviyo", "Klaviyo", [suppress(1204)], 75_584, 75_584),
  ]);
}

/** Suppressions that their author carried out alone, and nobody has looked at. */
export function reviewable(id: number): PlanDetail {
  const base = suppressions(id);
  return {
    ...base,
    plan: { ...base.plan, state: "done", endedAt: READ, toReview: true },
    startedAt: READ,
    counts: { ...zero, applied: 1204 },
    approvals: [{ person: "Ana", at: READ, covers: "at most 1,204 suppressions in Klaviyo" }],
    can: { ...base.can, approve: false },
    review: { suppressed: 1204, by: null, at: null, can: true, because: null },
  };
}

export const undoOf = (id: number, of: PlanDetail): PlanDetail => {
  const kept = of.counts.applied - of.plan.ops.suppress;
  const base = detail(
    row({
      ...of.plan,
      id,
      undoes: of.plan.id,
      state: "checked",
      endedAt: null,
      changes: kept,
      ops: { suppress: 0, remove: 0, add: kept, set: 0 },
    }),
    of.groups.map((g) => ({
      ...g,
      sizeNow: g.sizeAfter,
      sizeAfter: (g.sizeAfter ?? 0) + kept,
      verbs: [add(kept)],
      leftOut: [
        {
          reason: "suppressions stay: Plumbline never lifts one",
          count: of.plan.ops.suppress,
          sample: MASKED,
        },
      ],
    })),
  );
  return base;
};
