import { describe, test } from "vitest";
import { incidentMessage, movedMessage } from "../../alerts/slack/message.ts";
import { rollUpMessage } from "../../alerts/slack/roll-up.ts";
import { threadReply } from "../../alerts/slack/thread.ts";
import { expectGolden } from "./golden.ts";
import { aFinding, anIncident, at, facts } from "./samples.ts";

const json = (v: unknown) => JSON.stringify(v, null, 2);
const cantTell = anIncident({
  id: 1050,
  severity: "look",
  peak: null,
  finding: aFinding({
    check: "run_failure",
    audience: null,
    severity: "look",
    cantTell: true,
    title: "Google Ads refuses our key",
    repair: null,
    people: null,
    moved: "Can’t tell since Mon 18:04 CET: the key was refused (401).",
    means: "5 audiences in Google Ads can’t be checked, right or wrong.",
    cause: { certainty: "confirmed", text: "the read failed" },
  }),
});
const taken = anIncident({ state: "acknowledged", owner: "Ana", changedAt: at(24, "05:24"), version: 2 });
const resolved = anIncident({
  state: "resolved",
  owner: "Ana",
  changedAt: at(24, "06:12"),
  resolvedAt: at(24, "06:12"),
  version: 4,
});

describe("one file per kind of Slack message", () => {
  test.each([
    ["open", facts()],
    [
      "open-unclear-cause",
      facts({
        incident: anIncident({ finding: aFinding({ cause: { certainty: "unclear", text: null } }) }),
        nextSend: null,
        alsoMoved: [],
      }),
    ],
    ["taken", facts({ incident: taken, actor: "Ana" })],
    [
      "snoozed",
      facts({
        incident: anIncident({ state: "snoozed", snoozedUntil: at(25, "06:00"), version: 2 }),
        actor: "Ben",
      }),
    ],
    ["resolved", facts({ incident: resolved, plans: [{ id: 88, state: "done" }] })],
    [
      "resolved-by-hand",
      facts({
        incident: {
          ...resolved,
          finding: aFinding({ check: "duplicates", title: "40 people are in CRM twice" }),
        },
        actor: "Ana",
      }),
    ],
    [
      "no-problem",
      facts({
        incident: {
          ...resolved,
          markedFalseAt: at(24, "06:12"),
          finding: aFinding({ check: "duplicates", title: "40 people are in CRM twice" }),
        },
        actor: "Ana",
      }),
    ],
    [
      "cant-tell",
      facts({
        incident: cantTell,
        audienceTitle: null,
        systemTitle: "Google Ads",
        alsoMoved: [],
        data: { coverage: "unusable", asOf: at(23, "21:04") },
      }),
    ],
  ] as const)("%s", (name, f) => expectGolden(`slack/${name}.json`, json(incidentMessage(f))));

  test("again, linking back", () => {
    const f = facts({ incident: anIncident({ state: "regressed", version: 6 }) });
    expectGolden(
      "slack/regressed.json",
      json(incidentMessage(f, { url: "https://slack.example/archives/C1/p1", because: "regressed" })),
    );
  });
  test("escalated, linking back, and what is left of the older one", () => {
    expectGolden(
      "slack/escalated.json",
      json(incidentMessage(facts(), { url: "https://slack.example/archives/C1/p1", because: "escalated" })),
    );
    expectGolden("slack/moved.json", json(movedMessage(facts(), "https://slack.example/archives/C1/p2")));
  });
  test("thread reply", () =>
    expectGolden(
      "slack/reply-taken.json",
      json(threadReply(facts({ incident: taken, actor: "Ana" }), "taken")),
    ));
  test("roll-up", () => {
    const many = Array.from({ length: 14 }, (_, i) =>
      anIncident({
        id: 1001 + i,
        severity: i === 3 ? "act" : "look",
        finding: aFinding({ title: `${40 + i} people are missing from Trial in CRM`, people: 40 + i }),
      }),
    );
    expectGolden("slack/roll-up.json", json(rollUpMessage([...many, cantTell], facts())));
  });
});
