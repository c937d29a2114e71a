import type { AudienceList, Overview } from "../../app/api/contract.ts";
import { incidents } from "./incidents.ts";
import { score } from "./score.ts";
import { ago, line, plain, READ, rows, strong, systems, title } from "./story.ts";

export const overview: Overview = {
  verdict: [
    plain("Not all of them. "),
    strong("Active customers"),
    plain(" has "),
    strong("27,310 extra people in Klaviyo"),
    plain(", and "),
    strong("1,204 of them opted out"),
    plain(". Five of eight audiences agree wherever we could look; Google Ads can’t be checked."),
  ],
  verdictState: "disagree",
  asOf: READ,
  score,
  systems,
  mailableOptedOut: {
    people: 1204,
    lowerBound: false,
    where: "All in Klaviyo.",
    before: "Was 0 at 02:04.",
    history: Array.from({ length: 30 }, (_, i) => ({
      at: ago(29 - i),
      people: i === 29 ? 1204 : [2, 6, 13, 18].includes(i) ? 60 + i * 4 : 0,
    })),
  },
  matrix: rows,
  needsYou: [
    {
      mark: "act",
      title: "1,204 opted-out people can be mailed from Klaviyo",
      text: "“Autumn drop” sends at 10:00, in 3 h 40 min. Nobody owns this yet.",
      link: "/incidents/1042",
      action: "Open INC-1042",
    },
    {
      mark: "cant_tell",
      title: "Google Ads refuses our key",
      text: "5 audiences can’t be checked since Mon 22:04.",
      link: "/incidents/1041",
      action: "Open INC-1041",
    },
    {
      mark: "look",
      title: "Plan PL-87 waits for approval",
      text: "Add 411 people to Mailchimp – Active customers. Expires 07:04.",
      link: "/plans/87",
      action: "Review plan",
    },
    {
      mark: "look",
      title: "212 trial contacts flip every few hours",
      text: "HubSpot workflow and Klaviyo sync overwrite each other.",
      link: "/incidents/1037",
      action: "Open INC-1037",
    },
  ],
  needsYouTotal: 4,
  changes: [
    {
      mark: "act",
      audience: "active_customers",
      title: "Active customers",
      system: "klaviyo",
      systemTitle: "Klaviyo",
      now: 75_584,
      change: 27_287,
      normal: { low: 47_600, high: 48_900, label: "for a Tuesday" },
      cause: { certainty: "likely", text: "Filter changed at 05:42" },
      line: line({ size: 48_250, swing: 300, seed: 1, last: 75_584 }),
      incidentId: 1042,
    },
    {
      mark: "look",
      audience: "trial",
      title: "Trial",
      system: "hubspot",
      systemTitle: "HubSpot",
      now: 6407,
      change: 198,
      normal: { low: 6150, high: 6330, label: "for a Tuesday" },
      cause: { certainty: "confirmed", text: "Two writers disagree" },
      line: line({ size: 6240, swing: 70, seed: 2, last: 6407 }),
      incidentId: 1037,
    },
    {
      mark: "look",
      audience: "active_customers",
      title: "Active customers",
      system: "mailchimp",
      systemTitle: "Mailchimp",
      now: 47_902,
      change: -388,
      normal: { low: 47_700, high: 48_900, label: "for a Tuesday" },
      cause: { certainty: "likely", text: "431 adds waiting over 24 h" },
      line: line({ size: 48_300, swing: 380, seed: 3, last: 47_902, partial: [5] }),
      incidentId: 1039,
    },
    {
      mark: "fine",
      audience: "recent_purchasers",
      title: "Recent purchasers",
      system: "warehouse",
      systemTitle: "Warehouse",
      now: 14_880,
      change: 612,
      normal: { low: 14_100, high: 15_300, label: "for a Tuesday" },
      cause: { certainty: "confirmed", text: "Inside its normal range" },
      line: line({ size: 14_500, swing: 260, seed: 4 }),
      incidentId: null,
    },
    {
      mark: "cant_tell",
      audience: null,
      title: "5 audiences",
      system: "google_ads",
      systemTitle: "Google Ads",
      now: null,
      change: null,
      normal: null,
      cause: { certainty: "confirmed", text: "Key refused Mon 22:04" },
      line: line({ size: 41_000, swing: 2, seed: 5, unknown: 4, learning: true }),
      incidentId: 1041,
    },
  ],
  reads: systems.map((s, at) => ({
    system: s.id,
    title: s.title,
    summary:
      [
        "90 of 90 complete",
        "89 complete, 1 partial",
        "88 complete, 2 partial",
        "88 complete, 1 partial, 1 failed",
        "Can’t tell since Mon 22:04",
      ][at] ?? "",
    beats: Array.from({ length: 90 }, (_, i) => ({
      at: ago(0, (89 - i) * 4),
      coverage:
        at === 4 && i > 87
          ? ("unusable" as const)
          : (at === 1 && i === 38) || (at === 2 && (i === 74 || i === 75)) || (at === 3 && i === 67)
            ? ("partial" as const)
            : at === 3 && i === 22
              ? ("unusable" as const)
              : ("complete" as const),
    })),
  })),
};

export const audiences: AudienceList = {
  systems,
  audiences: rows.map((row) => {
    const own = row.cells.find((c) => c.mark === "owner")?.system ?? "warehouse";
    const known = row.cells.filter((c) => c.mark !== "absent" && c.mark !== "cant_tell");
    const mark =
      (["act", "look", "cant_tell"] as const).find((m) => row.cells.some((c) => c.mark === m)) ?? "fine";
    return {
      id: row.audience,
      title: row.title,
      purpose: row.purpose,
      owner: own,
      ownerTitle: title(own),
      mark,
      ownerSize: row.ownerSize,
      missing: known.reduce((n, c) => n + (c.missing ?? 0), 0),
      extra: known.reduce((n, c) => n + (c.extra ?? 0), 0),
      openIncidents: incidents.filter((i) => i.audience === row.audience && i.state !== "resolved").length,
      asOf: READ,
      cells: row.cells,
    };
  }),
};
