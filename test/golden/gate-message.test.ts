import { describe, expect, test } from "vitest";
import { gateMessage, isTold } from "../../alerts/slack/gate-message.ts";
import type { GateAnswer, GateReason } from "../../core/gate.ts";
import { audienceId, systemId } from "../../core/model.ts";
import { expectGolden } from "./golden.ts";
import { at } from "./samples.ts";

const reason = (over: Partial<GateReason> & Pick<GateReason, "text">): GateReason => ({
  weight: "no_go",
  kind: "suppressed",
  people: null,
  incident: null,
  ...over,
});
const answer = (over: Partial<GateAnswer> = {}): GateAnswer => ({
  verdict: "no_go",
  checkedAt: at(24, "08:00"),
  send: {
    id: "01ABC",
    name: "Autumn drop",
    system: systemId("klaviyo"),
    systemTitle: "Klaviyo",
    at: at(24, "09:00"),
    isDraft: false,
    source: "campaign",
    toldAt: at(24, "05:04"),
    transactional: null,
    includes: [{ name: "Active customers", audiences: [audienceId("active_customers")] }],
    excludes: [
      { name: "Do not contact", audiences: [audienceId("do_not_contact")] },
      { name: "Unengaged", audiences: [] },
    ],
  },
  headline: "No-go: up to 24 people who must not get it would.",
  recipients: 41_902,
  mustNot: 24,
  atLeast: false,
  atMost: true,
  asOf: at(24, "05:04"),
  reasons: [
    reason({
      text: "24 people on “Do not contact” would get it, unless “Unengaged” leaves them out.",
      people: 24,
    }),
    reason({
      kind: "size",
      text: "INC-1042: Active customers is too large in Klaviyo, 27,310 people.",
      people: 27_310,
      incident: 1042,
    }),
    reason({ weight: "note", kind: "list_unknown", text: "Can’t tell who is on “Unengaged”." }),
  ],
  ...over,
});
const cantTell = answer({
  verdict: "cant_tell",
  mustNot: null,
  recipients: null,
  asOf: null,
  reasons: [
    reason({
      weight: "cant_tell",
      kind: "list_unread",
      text: "“Active customers” was not read completely in Klaviyo at 06:04 CET (page 3 of 9 failed).",
    }),
  ],
});
const o = { minutesBefore: 60, publicUrl: "https://plumbline.example.com", timezone: "Europe/Berlin" };

describe("the message before a send", () => {
  test("no-go", () =>
    expectGolden("slack/gate-no-go.json", JSON.stringify(gateMessage(answer(), o), null, 2)));
  test("can’t tell, at the last look", () =>
    expectGolden(
      "slack/gate-cant-tell.json",
      JSON.stringify(gateMessage(cantTell, { ...o, minutesBefore: 15 }), null, 2),
    ));

  test("keeps Slack’s limits whatever the names are, and parses none of them", () => {
    const name = "<!channel> <https://evil.example|x> jane@example.com ".repeat(40);
    const send = { ...answer().send, name, includes: [{ name, audiences: [] }] };
    const many = Array.from({ length: 12 }, (_, i) => reason({ text: `${i} people on “${name}”.` }));
    const message = gateMessage(answer({ send, reasons: many }), o);
    const text = JSON.stringify(message);
    expect(text.length).toBeLessThan(6_000);
    expect(message.blocks.length).toBeLessThanOrEqual(5);
    expect(text).not.toContain("jane@example.com");
    expect(message.text).not.toContain("<!channel>");
    expect(text).toContain("and 8 more");
  });

  test("Go says nothing; Can’t tell only when no other look is to come", () => {
    expect([
      isTold("go", true),
      isTold("no_go", false),
      isTold("cant_tell", false),
      isTold("cant_tell", true),
    ]).toEqual([false, true, false, true]);
  });
});
