import fc from "fast-check";
import { expect, test } from "vitest";
import { blockProblems } from "../../demo/slack/block-limits.ts";
import { aFinding, anIncident, facts } from "../../test/golden/samples.ts";
import { incidentMessage, movedMessage, type SlackContent } from "./message.ts";
import { rollUpMessage } from "./roll-up.ts";
import { threadReply } from "./thread.ts";

const HOSTILE = [
  "<!channel> <@U1> <https://evil.example|click>",
  "*bold* _it_ ~no~ `code` :skull:",
  "</script><img src=x onerror=alert(1)>",
  "x\u202Egnp.exe",
  "a\nb\u0000c",
  "=HYPERLINK(1)",
  "__proto__",
  "ana@example.com",
  "x".repeat(20_000),
  "😀".repeat(9_000),
  "",
  " ",
];

/** Every string of the message that a reader sees. */
function strings(v: unknown): string[] {
  if (Array.isArray(v)) return v.flatMap(strings);
  if (typeof v !== "object" || v === null) return [];
  return Object.entries(v).flatMap(([key, x]) =>
    typeof x === "string" ? (key === "text" ? [x] : []) : strings(x),
  );
}

function expectFit(content: SlackContent): void {
  expect(blockProblems(content.blocks)).toEqual([]);
  expect(content.blocks.length).toBeLessThanOrEqual(20);
  expect(strings(content.blocks).join("").length + content.text.length).toBeLessThanOrEqual(4000);
  expect(JSON.stringify(content.blocks)).not.toContain('"mrkdwn"');
  expect(content.text).not.toMatch(/<[!@#h]/);
  expect(JSON.stringify(content)).not.toContain("ana@example.com");
  expect(JSON.stringify(content)).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
}

const word = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 300 }));

test("names from outside can neither break a limit nor say anything to Slack", () => {
  fc.assert(
    fc.property(
      word,
      word,
      word,
      fc.constantFrom("open", "acknowledged", "snoozed", "resolved", "regressed"),
      fc.boolean(),
      (a, b, c, state, cantTell) => {
        const incident = anIncident({
          state,
          owner: b,
          resolvedAt: state === "resolved" ? anIncident().openedAt : null,
          finding: aFinding({
            title: a,
            moved: b,
            means: c,
            cause: { certainty: "likely", text: a },
            cantTell,
            todo: [c],
          }),
        });
        const f = facts({
          incident,
          audienceTitle: b,
          systemTitle: c,
          actor: a,
          nextSend: { name: b, at: incident.openedAt, systemTitle: a },
          alsoMoved: Array.from({ length: 30 }, () => ({ title: c, sameCause: true })),
          plans: Array.from({ length: 200 }, (_, id) => ({ id, state: "done" as const })),
        });
        expectFit(incidentMessage(f, { url: "https://slack.example/p1", because: "escalated" }));
        expectFit(movedMessage(f, "https://slack.example/p1"));
        for (const kind of [
          "opened",
          "seen",
          "escalated",
          "regressed",
          "woken",
          "taken",
          "snoozed",
          "resolved",
        ] as const)
          expectFit(threadReply(f, kind, a));
        expectFit(
          rollUpMessage(
            Array.from({ length: 40 }, (_, i) => ({ ...incident, id: 1001 + i })),
            f,
          ),
        );
      },
    ),
    { numRuns: 100 },
  );
}, 30_000);

test("an address of the dashboard that Slack would refuse costs the buttons, not the message", () => {
  const content = incidentMessage(facts({ publicUrl: "javascript:alert(1)" }));
  expect(content.blocks.some((b) => b.type === "actions")).toBe(false);
  expectFit(content);
});
