import type { PlanDetail } from "../../app/api/contract.ts";
import { add, detail, group, remove, row, set, suppress } from "./plan-parts.ts";

type Group = PlanDetail["groups"][number];

const MASKED = Array.from({ length: 20 }, (_, i) => `${"jmtksdacrb"[i % 10]}•••@example.com`);
const left = (reason: string, count: number): Group["leftOut"][number] => ({
  reason,
  count,
  sample: MASKED.slice(0, Math.min(20, count)),
});
const FORECAST: Group["forecast"] = [
  {
    what: "mails",
    verdict: "none",
    count: 0,
    text: "people are put on the list, not subscribed; the list’s own forms ask to confirm (double opt-in)",
  },
  {
    what: "contacts",
    verdict: "cant_tell",
    count: null,
    text: "up to 42 new records; the API does not tell how many contacts the plan allows",
  },
  { what: "hooks", verdict: "some", count: 1, text: "hooks.zapier.com is told of changes by the API" },
];
const SYSTEMS = [
  ["klaviyo", "Klaviyo"],
  ["hubspot", "HubSpot"],
  ["mailchimp", "Mailchimp"],
  ["ghost", "Ghost"],
  ["mailman", "Mailman"],
  ["warehouse", "Warehouse"],
] as const;

/** 83: every system, many reasons. 82: an undo that waits. 81: drafted again. Not in the list of plans. */
export function morePlans(id: number): PlanDetail | null {
  switch (id) {
    case 83:
      return many(id);
    case 82:
      return undo(id);
    case 81:
      return again(id);
    default:
      return null;
  }
}

function many(id: number): PlanDetail {
  const groups = SYSTEMS.map(([system, title], i) =>
    group(
      system,
      title,
      [
        suppress(12 + i),
        { ...suppress(3), rule: "opted out in Mailchimp, mailable here" },
        { ...suppress(1), rule: "opted out in Warehouse, mailable here" },
        remove(40 + i),
        add(7 + i),
        set(88),
        { ...set(9), attribute: "plan" },
        { ...set(2), attribute: "plan", rule: "differs from HubSpot, which owns this field" },
      ],
      10_231 + i,
      10_198 + i,
      {
        forecast: FORECAST,
        automations: i === 0 ? ["Welcome back"] : i === 1 ? null : [],
        leftOut: [
          left("repaired 3 times in 7 days: somebody else puts it back", 24),
          left("shares an identifier with another person", 3),
          left("seen once only; waits for the next read", 212),
          { reason: "raw identifier no longer kept; read again", count: 2, sample: [] },
        ],
      },
    ),
  );
  const sum = (op: "suppress" | "remove" | "add" | "set") =>
    groups.flatMap((g) => g.verbs).reduce((n, v) => n + (v.op === op ? v.count : 0), 0);
  const ops = { suppress: sum("suppress"), remove: sum("remove"), add: sum("add"), set: sum("set") };
  const changes = ops.suppress + ops.remove + ops.add + ops.set;
  return detail(row({ id, changes, ops, systems: SYSTEMS.map(([s]) => s) }), groups);
}

const undo = (id: number): PlanDetail =>
  detail(
    row({ id, undoes: 84, changes: 108, ops: { suppress: 0, remove: 12, add: 96, set: 0 } }),
    [
      group(
        "klaviyo",
        "Klaviyo",
        [
          { ...remove(12), rule: "undo of PL-84", undo: "Not undone again; draft the repair anew" },
          { ...add(96), rule: "undo of PL-84", undo: "May start automations again" },
        ],
        75_284,
        75_368,
        {
          automations: ["Welcome back"],
          forecast: FORECAST,
          leftOut: [left("one-way; not undone by Plumbline", 4)],
        },
      ),
    ],
    {
      needsAutomationsTick: true,
      undo: {
        words: [
          "96 people were removed and would be put back: they may get automations again.",
          "12 people were added and would be taken off again: messages that were already sent cannot be unsent.",
          "4 people stay suppressed: suppress has no undo.",
        ],
        daysLeft: null,
        until: null,
        refused: "it is an undo itself; draft the repair again from fresh reads to put it back",
      },
    },
  );

const again = (id: number): PlanDetail =>
  detail(
    row({ id, changes: 26_031, ops: { suppress: 0, remove: 26_031, add: 0, set: 0 } }),
    [group("klaviyo", "Klaviyo", [remove(26_031)], 75_550, 49_519)],
    { replaces: { planId: 85, same: 26_020, added: 11, gone: 45, other: 0 } },
  );
