import type { PlanDetail, PlanRow } from "../../app/api/contract.ts";
import { ahead, READ } from "./story.ts";

type Verb = PlanDetail["groups"][number]["verbs"][number];
const UNDO = "Undo until 24 Dec; re-adding may send mail";
const sample = (n: number, from: string, to: string, why: readonly string[]): Verb["sample"] =>
  Array.from({ length: Math.min(20, n) }, (_, i) => ({
    masked: `${"jmtksdacrb"[i % 10]}•••@example.${["com", "org", "net"][i % 3]}`,
    from,
    to,
    why: why[i % why.length] ?? "",
    version: i % 3 === 0 ? null : "2026-11-22T21:10:00.000Z",
  }));

const OPTED = [
  "unsubscribed 3 Mar 2025, preference page",
  "complained 18 Sep 2026, spam report",
  "unsubscribed 22 Nov 2026, link in mail",
];
export const suppress = (count: number): Verb => ({
  op: "suppress",
  attribute: null,
  count,
  rule: "opted out in HubSpot, mailable here",
  undo: "One-way here; not undone by Plumbline",
  sample: sample(count, "subscribed", "suppressed", OPTED),
});
export const remove = (count: number): Verb => ({
  op: "remove",
  attribute: null,
  count,
  rule: "not active at the owner; added by config v37",
  undo: UNDO,
  sample: sample(count, "on list", "off list", [
    "last order 14 Feb 2024, status lapsed",
    "never ordered, status lead",
    "last order 2 Aug 2025, status lapsed",
  ]),
});
export const add = (count: number): Verb => ({
  op: "add",
  attribute: null,
  count,
  rule: "active at the owner, missing here over 24 h",
  undo: "Can be undone; sent mail cannot",
  sample: sample(count, "off list", "on list", ["order 21 Nov 2026", "order 22 Nov 2026"]),
});
export const set = (count: number): Verb => ({
  op: "set",
  attribute: "lifecycle_stage",
  count,
  rule: "invalid value; Warehouse owns this field",
  undo: "Can be undone until 24 Dec",
  sample: sample(count, "“cust_OLD”", "“customer”", ["Warehouse, 23 Nov 21:10"]),
});

export const row = (over: Partial<PlanRow> & Pick<PlanRow, "id" | "changes" | "ops">): PlanRow => ({
  state: "checked",
  audience: "active_customers",
  audienceTitle: "Active customers",
  incidentId: 1042,
  undoes: null,
  author: "Ana",
  createdAt: "2026-11-24T05:26:00.000Z",
  expiresAt: ahead(0.9),
  systems: ["klaviyo"],
  need: "author",
  because: null,
  endedAt: null,
  ...over,
});
export const zero = {
  applied: 0,
  already_so: 0,
  skipped_consent: 0,
  skipped_drift: 0,
  failed: 0,
  unknown: 0,
  waiting: 0,
  in_doubt: 0,
};

const PASS = (guard: string, title: string, because: string) => ({
  guard,
  verdict: "pass" as const,
  title,
  because,
});
export const guards = (n: number): PlanDetail["safeguards"] => [
  PASS(
    "complete_and_fresh",
    "Reads complete and fresh",
    "3 systems, oldest read 36 min ago (limit 1 h); everyone in it is read again before the first write",
  ),
  PASS("no_consent_loosened", "No consent loosened", `0 of ${n.toLocaleString("en")} changes loosen it`),
  PASS("opt_out_evidence", "Each opt-out has evidence", "1,204 of 1,204 in HubSpot"),
  PASS("size_limit", "Size limit, Klaviyo", "removes 0.05 % of the list (40 of 75,584 people)"),
  PASS(
    "source_not_empty",
    "Reads are not empty or halved",
    "Warehouse 48,316, 48,290 before; Klaviyo 75,584, 48,302 before",
  ),
  PASS("accepted_base", "Base is accepted", "accepted"),
  PASS("holdout", "Held-out people stay out", "0 of 411 people to add are in “Control group”"),
  PASS("place_of_repair", "This is the place to repair", "no known sync job writes here"),
  PASS("next_send", "Next send is far enough away", "3 h 29 min; needs 30 min"),
  PASS("writes_on", "Writes are switched on", "on for Klaviyo"),
  PASS("write_access", "Write access works", "Klaviyo"),
  PASS("no_other_plan", "No other plan on these lists", "none approved or running"),
];

type Group = PlanDetail["groups"][number];
export const group = (
  system: string,
  systemTitle: string,
  verbs: Verb[],
  sizeNow: number,
  sizeAfter: number,
  over: Partial<Group> = {},
): Group => ({
  system,
  systemTitle,
  audienceTitle: "Active customers",
  sizeNow,
  sizeAfter,
  verbs,
  leftOut: [],
  automations: [],
  forecast: null,
  ...over,
});

export function detail(plan: PlanRow, groups: Group[], over: Partial<PlanDetail> = {}): PlanDetail {
  return {
    plan,
    hash: "9f3c71ae55d0c2b4",
    basedOn: groups.map((g) => ({
      system: g.system,
      title: g.systemTitle,
      asOf: READ,
      size: g.sizeNow ?? 0,
    })),
    groups,
    safeguards: guards(plan.changes),
    place: { where: "destination", because: "No known writer changes this list." },
    approvals: [],
    approves: `at most ${plan.changes} changes`,
    override: null,
    review: null,
    can: {
      approve: true,
      apply: false,
      stop: false,
      undo: false,
      redraft: false,
      suppressOnly: false,
      override: false,
      because: null,
      coolingOffUntil: null,
    },
    confirmText: `PL-${plan.id} ${plan.changes}`,
    needsAutomationsTick: false,
    counts: { ...zero, waiting: plan.changes },
    startedAt: null,
    stopRequestedBy: null,
    undoUntil: null,
    undonePlan: null,
    undo: { words: [], daysLeft: null, until: null, refused: "it has not ended yet" },
    replaces: null,
    notApplied: [],
    ...over,
  };
}
