import { expect, it } from "vitest";
import { type Instant, systemId } from "../core/model.ts";
import { percent, reasonOf, undoDaysLeft, undoText, undoUntil, undoWords } from "./words.ts";

const until = undoUntil("2026-11-24T09:00:00.000Z" as Instant, 30);

it("says what can be undone, and until when, in the company's time zone", () => {
  expect(undoText("suppress", false, until, "Europe/Berlin")).toBe("One-way here; not undone by Plumbline");
  expect(undoText("remove", true, until, "Europe/Berlin")).toBe("Undo until 24 Dec; re-adding may send mail");
  expect(undoText("add", true, until, "Europe/Berlin")).toBe("Can be undone; sent mail cannot");
  expect(undoText("set", true, until, "Europe/Berlin")).toBe("Undo until 24 Dec");
  expect(undoText("add", false, until, "Europe/Berlin")).toBe("One-way here; not undone by Plumbline");
  expect(undoText("set", true, "2026-12-24T23:30:00.000Z" as Instant, "Europe/Berlin")).toBe(
    "Undo until 25 Dec",
  );
});

it("shows as many digits as it takes to differ from the limit", () => {
  expect(percent(0.3448, 0.2)).toBe("34 %");
  expect(percent(0.2004, 0.2)).toBe("20.04 %");
  expect(percent(0.2, 0.2)).toBe("20 %");
  expect(percent(0.05)).toBe("5 %");
});

it("names a group by its rule, without dates", () => {
  const title = (id: string) => id.toUpperCase();
  const rule = "opted out in CRM 3 Mar 2025, mailable here";
  expect(reasonOf({ op: "suppress", rule, evidence: { system: systemId("crm"), at: null } }, title)).toBe(
    "opted out in CRM, mailable here",
  );
  expect(reasonOf({ op: "remove", rule: "not in Warehouse for 2 reads", evidence: null }, title)).toBe(
    "not in Warehouse for 2 reads",
  );
});

it("says for each kind what an undo can and cannot do", () => {
  const none = { suppress: 0, remove: 0, add: 0, set: 0, kept: 0 };
  expect(undoWords(none)).toEqual([]);
  expect(undoWords({ suppress: 1204, remove: 1, add: 2, set: 3, kept: 4 })).toEqual([
    "1 person was removed and would be put back: they may get automations again.",
    "2 people were added and would be taken off again: messages that were already sent cannot be unsent.",
    "3 fields would be set back to what was there, unless changed since.",
    "1,204 people stay suppressed: suppress has no undo.",
    "4 people stay on the list, since it keeps people from being contacted.",
  ]);
});

it("counts the whole days that are left for an undo", () => {
  const ended = "2026-11-24T06:00:00.000Z" as Instant;
  const left = (now: string) => undoDaysLeft(ended, 30, now as Instant);
  expect(left("2026-11-24T06:00:00.000Z")).toBe(30);
  expect(left("2026-11-24T06:00:00.001Z")).toBe(29);
  expect(left("2026-12-24T06:00:00.000Z")).toBe(0);
  expect(left("2026-12-24T06:00:00.001Z")).toBeNull();
});
