import type { AudienceDetail } from "../../app/api/contract.ts";
import { incidents } from "./incidents.ts";
import { fullScore, score } from "./score.ts";
import { ago, line, plain, rows, strong, systems, title } from "./story.ts";

const field = (attribute: string, bad: readonly (number | null)[], wrong: readonly number[] = []) => ({
  attribute,
  title: attribute.replaceAll("_", " "),
  states: systems.map((s, i) => {
    const members = [48_316, 48_291, 75_584, 47_902, null][i] ?? null;
    const b = bad[i] ?? null;
    const w = wrong[i] ?? 0;
    return {
      system: s.id,
      held: i < 4 && b !== null,
      members,
      valid: members !== null && b !== null ? members - b : null,
      empty: b === null ? null : b - w,
      invalid: b === null ? null : w,
      placeholder: b === null ? null : 0,
      differ: b === null ? null : Math.round(b / 3),
    };
  }),
});

const bits = (pattern: string) => pattern.repeat(8).slice(0, 64);

const RULE = "all of\n  status = active\n  any of\n    last_order_at within 365 days\n    plan = club";

/** Klaviyo's segment lost a condition this morning; HubSpot's list is as it was. */
function ruleOf(system: string, changed: boolean): AudienceDetail["systems"][number]["rule"] {
  if (system !== "klaviyo" && system !== "hubspot") return null;
  const lines = RULE.split("\n");
  const first = { version: 1, definition: RULE, firstSeen: ago(40), changedAt: null, diff: [] };
  if (system === "hubspot" || !changed)
    return { name: "Active customers", versions: [{ ...first, lastSeen: ago(0) }] };
  return {
    name: "Active customers",
    versions: [
      {
        version: 2,
        definition: lines.filter((l) => !l.includes("status")).join("\n"),
        firstSeen: ago(0),
        lastSeen: ago(0),
        changedAt: "2026-11-24T04:42:00.000Z",
        diff: lines.map((text) => ({
          kind: text.includes("status") ? ("removed" as const) : ("same" as const),
          text,
        })),
      },
      { ...first, lastSeen: ago(0, 4) },
    ],
  };
}

export function audienceDetail(id: string, days: number): AudienceDetail {
  const row = rows.find((r) => r.audience === id) ?? rows[2];
  if (!row) throw new Error(`no fixture for ${id}`);
  const held = row.cells.filter((c) => c.mark !== "absent");
  return {
    id: row.audience,
    title: row.title,
    purpose: row.purpose,
    owner: held.find((c) => c.mark === "owner")?.system ?? "warehouse",
    identity: "email",
    latencyBudgetHours: 24,
    cadence: "4 */4 * * *",
    reason: "People with an order in the last 365 days and a status of active.",
    verdict: [
      strong(`${row.title}:`),
      plain(" Klaviyo holds 27,310 extra people since 06:04; Mailchimp lacks 431."),
    ],
    nextSend: row.nextSend,
    score: row.audience === "active_customers" ? score : fullScore,
    systems: held.map((c, at) => {
      const size = c.size ?? row.ownerSize;
      const jump = c.mark === "act" && size > row.ownerSize;
      return {
        id: c.system,
        title: title(c.system),
        cell: c,
        line: line({
          size: jump ? 48_250 : c.mark === "cant_tell" ? 41_000 : row.ownerSize,
          swing: 340,
          seed: at + 1,
          days,
          partial: c.system === "klaviyo" ? [2] : c.system === "mailchimp" ? [4] : [],
          unknown: c.mark === "cant_tell" ? 2 : 0,
          ...(c.mark === "owner" || c.mark === "cant_tell" || c.mark === "fine" ? {} : { last: size }),
          learning: id === "churn_risk",
        }),
        learning: id === "churn_risk" ? { seen: 2, needed: 7 } : null,
        changes: jump
          ? [{ at: "2026-11-24T04:42:00.000Z", text: "filter “status = active” removed, v37, by Ben" }]
          : [],
        matchRate: {
          matched: c.mark === "cant_tell" ? null : size - 48,
          base: c.mark === "cant_tell" ? null : size,
          ofSource: c.mark === "cant_tell" ? null : { matched: size - 48, of: size },
          ofAccepted: null,
        },
        records: size + 31,
        duplicates: 31,
        invalid: 3,
        entries: jump ? 27_310 : 212,
        exits: jump ? 23 : 190,
        capabilities: {
          read: "every record, end proven",
          write: c.mark === "owner" ? "read-only" : "list and suppression",
        },
        definition:
          c.mark === "owner"
            ? "select email, plan, region\nfrom marts.active_customers"
            : `list “Active customers” (${c.system})`,
        rule: ruleOf(c.system, jump),
        delivery:
          c.system === "klaviyo" || c.system === "mailchimp"
            ? {
                since: ago(7),
                until: ago(0),
                sent: size,
                delivered: c.system === "klaviyo" ? size - 412 : null,
                bounced: c.system === "klaviyo" ? 412 : 96,
                complained: c.system === "klaviyo" ? 21 : null,
                unsubscribed: 138,
              }
            : null,
      };
    }),
    campaigns: [
      {
        system: "klaviyo",
        systemTitle: "Klaviyo",
        name: "Autumn drop",
        state: "scheduled",
        at: "2026-11-24T09:00:00.000Z",
        role: "included" as const,
      },
      {
        system: "mailchimp",
        systemTitle: "Mailchimp",
        name: "Win back the quiet ones",
        state: "draft",
        at: null,
        role: "left_out" as const,
      },
    ],
    overlap: [
      [47_832, "warehouse hubspot klaviyo mailchimp"],
      [27_302, "klaviyo"],
      [411, "warehouse hubspot klaviyo"],
      [28, "warehouse hubspot mailchimp"],
      [25, "warehouse klaviyo mailchimp"],
      [11, "mailchimp"],
      [8, "warehouse hubspot"],
      [6, "warehouse klaviyo"],
      [6, "warehouse"],
      [5, "hubspot klaviyo"],
      [4, "hubspot"],
      [3, "klaviyo mailchimp"],
      [3, "hubspot mailchimp"],
    ].map(([people, names]) => ({ people: Number(people), in: String(names).split(" ") })),
    overlapBecause: "Google Ads gives sizes only and is not part of this.",
    fields: [
      field("email", [0, 3, 41, 2], [0, 3, 41, 2]),
      field("first_name", [1204, 1390, 10_282, 1507], [0, 300, 900, 400]),
      field("country", [212, 240, 11_940, 233]),
      field("last_order_at", [0, 61, 27_310, 431]),
      field("lifecycle_stage", [0, 88, null, 12], [0, 88, 0, 0]),
    ],
    flips: [
      ["kestrel-41", "11111111010110111010"],
      ["birch-09", "1111111101001000010"],
      ["onyx-77", "1111111100011110111"],
      ["harbor-12", "1111111111111111111111111111111111011100000000010101000000000010"],
      ["slate-30", "11111111111111111111111111111111111100110111111101100000000000"],
    ].map(([name, pattern]) => {
      const b = bits(String(pattern)).slice(-20);
      return {
        system: "klaviyo",
        name: String(name),
        bits: b,
        returns: [...b.matchAll(/10{1,4}(?=1)/g)].length,
      };
    }),
    flippingPeople: 12,
    replays: [
      {
        system: "klaviyo",
        people: 12,
        reads: 20,
        flipsAWeek: 31,
        rule: { name: "owner_wins", flipsAWeek: 0, differs: 4 },
      },
    ],
    incidents: incidents.filter((i) => i.audience === row.audience),
  };
}
