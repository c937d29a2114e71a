import type { IncidentDetail, IncidentRow } from "../../app/api/contract.ts";
import { ago, line, READ, SEND } from "./story.ts";

const incident = (over: Partial<IncidentRow> & Pick<IncidentRow, "id" | "title" | "moved">): IncidentRow => ({
  state: "open",
  severity: "look",
  cantTell: false,
  check: "size.spike",
  audience: "active_customers",
  audienceTitle: "Active customers",
  system: "klaviyo",
  systemTitle: "Klaviyo",
  people: 0,
  peak: null,
  openedAt: "2026-11-24T05:19:00.000Z",
  changedAt: READ,
  resolvedAt: null,
  snoozedUntil: null,
  markedFalse: false,
  owner: null,
  repairable: true,
  planId: null,
  version: 7,
  ...over,
});

export const incidents: IncidentRow[] = [
  incident({
    id: 1042,
    severity: "act",
    title: "Active customers in Klaviyo is 75,584, up 27,287 since 02:04",
    moved: "Normal for a Tuesday is 47,600 to 48,900.",
    people: 27_310,
    peak: 75_584,
  }),
  incident({
    id: 1041,
    cantTell: true,
    title: "Google Ads refuses our key",
    moved: "5 audiences can’t be checked since Mon 22:04.",
    check: "read.failure",
    system: "google_ads",
    systemTitle: "Google Ads",
    audience: null,
    audienceTitle: null,
    people: null,
    repairable: false,
    openedAt: "2026-11-23T21:04:00.000Z",
  }),
  incident({
    id: 1039,
    title: "431 people are missing in Mailchimp for over 24 h",
    moved: "They joined at the owner and never arrived.",
    check: "agreement",
    system: "mailchimp",
    systemTitle: "Mailchimp",
    people: 431,
    owner: "Ben",
    state: "acknowledged",
    openedAt: "2026-11-22T05:04:00.000Z",
  }),
  incident({
    id: 1037,
    title: "212 trial contacts flip every few hours",
    moved: "HubSpot workflow and Klaviyo sync overwrite each other.",
    check: "duel",
    audience: "trial",
    audienceTitle: "Trial",
    system: "hubspot",
    systemTitle: "HubSpot",
    people: 212,
    openedAt: "2026-11-21T05:04:00.000Z",
    state: "snoozed",
    snoozedUntil: "2026-11-25T05:04:00.000Z",
  }),
  incident({
    id: 1021,
    title: "Recent purchasers fell by half in Mailchimp",
    moved: "7,402 people, normal 14,100 to 15,300.",
    audience: "recent_purchasers",
    audienceTitle: "Recent purchasers",
    system: "mailchimp",
    systemTitle: "Mailchimp",
    state: "resolved",
    people: 0,
    peak: 7410,
    openedAt: ago(9),
    resolvedAt: ago(8),
    owner: "Ana",
  }),
];

const masked = [
  "j•••@example.com",
  "m•••@example.org",
  "t•••@example.net",
  "a•••@example.com",
  "r•••@example.org",
];

export function incidentDetail(id: number): IncidentDetail {
  const row = incidents.find((i) => i.id === id);
  if (!row) throw new Error(`no fixture for incident ${id}`);
  return {
    incident: row,
    means:
      id === 1042
        ? "1,204 of the extra people opted out and can be mailed here now."
        : "Nobody is mailed against their wish because of this.",
    cause:
      id === 1037
        ? {
            certainty: "confirmed",
            text: "HubSpot workflow “Trial sync” and the Klaviyo sync write the same list.",
          }
        : id === 1041
          ? { certainty: "unclear", text: null }
          : {
              certainty: "likely",
              text: "the sync lifecycle_daily lost its filter at 05:42. HubSpot and the Warehouse did not move.",
            },
    todo: row.cantTell
      ? ["Renew GOOGLE_ADS_KEY and restart", "Read again"]
      : [
          "Restore the filter in lifecycle_daily, or the next sync at 09:42 adds them again",
          "Take the extra people out of Klaviyo: 27,269 can go now, 41 need a look first",
          "Confirm on the next read; Plumbline reads again by itself, then closes this",
        ],
    observed: row.cantTell ? null : 75_584,
    expected: row.cantTell ? null : { low: 47_600, high: 48_900 },
    maths: [
      { name: "Median of 8 Tuesdays", value: 48_240 },
      { name: "Modified z-score", value: 88.7 },
      { name: "Fires above", value: "6 and +5 % and 200 people" },
      { name: "Settled since", value: null },
      ...(row.check === "duel"
        ? [
            {
              name: "Replay",
              value:
                "with Warehouse deciding, over the last 20 reads: flips 1,240 a week → 0; final state differs for 37 people",
            },
          ]
        : []),
    ],
    whyMoved: row.cantTell
      ? null
      : {
          since: "2026-11-23T05:04:00.000Z",
          until: "2026-11-24T05:04:00.000Z",
          before: 48_274,
          now: 75_584,
          rule: { came: 26_912, left: 0 },
          data: { came: 301, left: 214 },
          identity: { came: 12, left: 12 },
          snapshot: { came: 0, left: 0 },
          unexplained: { came: 311, left: 0 },
          lookedUp: true,
        },
    line: row.cantTell ? [] : line({ size: 48_250, swing: 300, seed: 1, last: 75_584, partial: [3, 2] }),
    changes: row.cantTell
      ? []
      : [{ at: "2026-11-24T04:42:00.000Z", text: "filter “status = active” removed, v37, by Ben" }],
    affected: row.cantTell
      ? null
      : {
          total: row.people,
          kind: "Opted out, mailable",
          people: masked.map((m, i) => ({
            masked: m,
            kind: "email",
            state: i === 1 ? "Complained" : "Unsubscribed",
            since: ago(40 * (i + 1)),
            evidence:
              ["preference page", "spam report", "link in mail", "support ticket", "preference page"][i] ??
              null,
          })),
        },
    events: [
      {
        at: READ,
        kind: "read",
        actor: "plumbline",
        text: `${row.systemTitle} read complete, 18 pages, 75,584 people`,
      },
      {
        at: "2026-11-24T05:19:00.000Z",
        kind: "opened",
        actor: "plumbline",
        text: "Incident opened, nobody assigned",
      },
      {
        at: "2026-11-24T05:19:30.000Z",
        kind: "notified",
        actor: "plumbline",
        text: "Posted to Slack, #lifecycle-alerts",
      },
    ],
    nextSend: row.cantTell ? null : SEND,
    plans: [],
    similar: [{ id: 871, title: "filter lost", resolvedAt: "2026-06-02T09:00:00.000Z" }],
  };
}
