import { describe, expect, it } from "vitest";
import type { AttributeRule } from "../core/config.ts";
import { type Instant, systemId } from "../core/model.ts";
import type { Move } from "../core/three-way.ts";
import { chooseValue, type Held, timeOfOthers } from "./merge-value.ts";
import { LEFT_OUT } from "./words.ts";

const RULE: AttributeRule = {
  name: "plan",
  title: "Plan",
  owners: [],
  merge: "newest",
  class: "plain",
  values: null,
  pattern: null,
};
const time = (hhmm: string): Instant => `2026-03-03T${hhmm}:00.000Z` as Instant;
const held = (system: string, value: string | null, hhmm: string | null): Held => ({
  system: systemId(system),
  value,
  print: value === null ? 1 : value.charCodeAt(0),
  updatedAt: hhmm === null ? null : time(hhmm),
});
const choose = (
  all: readonly Held[],
  more: Partial<AttributeRule> = {},
  moves: Record<string, Move> = {},
) => {
  const owners = more.owners ?? [systemId("dw")];
  const rule = { ...RULE, ...more };
  const one = chooseValue(rule, owners, all, moves);
  expect(chooseValue(rule, owners, [...all].reverse(), moves)).toEqual(one);
  return "leftOut" in one ? one.leftOut : `${one.value} of ${one.winner}`;
};

describe("newest", () => {
  it("takes the latest value once it leads by an hour, or by what the rule says", () => {
    expect(choose([held("dw", "a", "06:00"), held("crm", "b", "07:00")])).toBe("b of crm");
    expect(choose([held("dw", "a", "06:01"), held("crm", "b", "07:00")])).toBe(LEFT_OUT.newer);
    const near = [held("dw", "a", "06:50"), held("crm", "b", "07:00")];
    expect(choose(near, { newestLeadMinutes: 10 })).toBe("b of crm");
    expect(choose(near, { newestLeadMinutes: 11 })).toBe(LEFT_OUT.newer);
  });
  it("leaves a tie and a value without a time to a person", () => {
    const tie = [held("dw", "a", "06:00"), held("crm", "b", "06:00")];
    expect(choose(tie, { newestLeadMinutes: 0 })).toBe(LEFT_OUT.newer);
    expect(choose([held("dw", "a", null), held("crm", "b", "06:00")])).toBe(LEFT_OUT.newer);
    expect(choose([held("dw", "a", null), held("crm", "b", null)])).toBe(LEFT_OUT.newer);
    // the same value once more, without a time, takes nothing from it
    expect(choose([held("dw", "a", "01:00"), held("crm", "b", "06:00"), held("esp", "b", null)])).toBe(
      "b of crm",
    );
  });
  it("does not trust a time that says the opposite of what was agreed", () => {
    const all = [held("dw", "a", "06:00"), held("crm", "b", "01:00")];
    expect(choose(all)).toBe("a of dw");
    expect(choose(all, {}, { dw: "same", crm: "added" })).toBe(LEFT_OUT.newer);
    expect(choose(all, {}, { dw: "added", crm: "added" })).toBe("a of dw");
  });
  it("fills what is empty, never empties, and puts nothing back where its owner emptied it", () => {
    const all = [held("dw", null, "06:00"), held("crm", "b", "01:00")];
    expect(choose(all)).toBe("b of crm");
    expect(choose(all, {}, { dw: "removed", crm: "same" })).toBe(LEFT_OUT.emptiedAtOwner);
    expect(choose([held("dw", null, "06:00")])).toBe(LEFT_OUT.ownerEmpty);
  });
});

describe("owner_wins", () => {
  it("takes the first owner that has the field for this person, and never an empty or invalid value of it", () => {
    const owners = [systemId("crm"), systemId("dw")];
    const all = [held("dw", "a", null), held("esp", "c", null)];
    expect(choose(all, { merge: "owner_wins", owners })).toBe("a of dw");
    const empty = [...all, held("crm", null, null)];
    expect(choose(empty, { merge: "owner_wins", owners })).toBe(LEFT_OUT.ownerEmpty);
    expect(choose(all, { merge: "owner_wins", owners, values: ["b"] })).toBe(LEFT_OUT.ownerInvalid);
    expect(choose([held("esp", "c", null)], { merge: "owner_wins", owners })).toBe(LEFT_OUT.spoolExpired);
  });
});

it("never merges what says something about consent, nor what is decided by hand", () => {
  const all = [held("dw", "a", "01:00"), held("crm", "b", "07:00")];
  expect(choose(all, { class: "consent" })).toBe(LEFT_OUT.consentAttribute);
  expect(choose(all, { merge: "most_restrictive" })).toBe(LEFT_OUT.consentAttribute);
  expect(choose(all, { merge: "manual" })).toBe(LEFT_OUT.byHand);
});

it("takes a time that may be our own write for none", () => {
  expect(timeOfOthers(time("06:00"), undefined, RULE)).toBe(time("06:00"));
  expect(timeOfOthers(time("06:00"), time("06:00"), RULE)).toBeNull();
  expect(timeOfOthers(time("07:00"), time("06:00"), RULE)).toBeNull();
  expect(timeOfOthers(time("07:01"), time("06:00"), RULE)).toBe(time("07:01"));
  expect(timeOfOthers(time("06:15"), time("06:00"), { ...RULE, newestLeadMinutes: 0 })).toBeNull();
  expect(timeOfOthers(time("06:16"), time("06:00"), { ...RULE, newestLeadMinutes: 0 })).toBe(time("06:16"));
});
