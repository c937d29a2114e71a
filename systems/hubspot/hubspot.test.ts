import { describe, expect, test } from "vitest";
import { definitionText } from "./marketing.ts";
import { addressesOf, consentsOf, idsOf, instantOf, mailableOf, optedOut } from "./member.ts";
import { asContact, asList, asMembershipChange, batchOf, pageOf } from "./wire.ts";

const contact = (properties: Record<string, unknown>) => asContact({ id: "1", properties }, "hubspot");
const NEWS = { id: "11", name: "News", active: true };
const OFFERS = { id: "12", name: "Offers", active: true };
const of = (chosen: typeof NEWS | null) => ({ types: [NEWS, OFFERS], chosen });

describe("what HubSpot answers", () => {
  test("values can be null, numbers or booleans; a record without an id is none", () => {
    expect(contact({ a: null, n: 5, b: true }).properties).toEqual({ a: null, n: "5", b: "true" });
    expect(() => asContact({ properties: {} }, "hubspot")).toThrow(/a record has no id/);
    expect(() => pageOf({ items: [] }, "hubspot", asContact)).toThrow(/no list "results"/);
  });
  test("a 207 names what is missing apart from what failed", () => {
    const error = (category: string, id: string) => ({ category, context: { ids: [id] } });
    const body = {
      results: [],
      errors: [error("OBJECT_NOT_FOUND", "9"), error("VALIDATION_ERROR", "8"), {}],
    };
    expect(batchOf(body, "hubspot", asContact)).toEqual({ items: [], missing: ["9"], failed: ["8"] });
  });
  test("both spellings of who was added, and an answer without any", () => {
    expect([...asMembershipChange({ recordsIdsAdded: ["1"], recordIdsAdded: [2] }).added]).toEqual([
      "1",
      "2",
    ]);
    expect(asMembershipChange(null).missing.size).toBe(0);
  });
  test("the size of a list stands in one of two places, or nowhere", () => {
    const list = { listId: 5, name: "A", processingType: "MANUAL" };
    expect(asList({ list: { ...list, size: 3 } }, "hubspot")).toMatchObject({
      id: "5",
      size: 3,
      ready: true,
    });
    expect(asList({ ...list, additionalProperties: { hs_list_size: "4" } }, "hubspot").size).toBe(4);
    expect(asList(list, "hubspot").size).toBeNull();
  });
});

describe("who may be mailed", () => {
  const base = {
    email: "a@example.test",
    hs_email_optout: null,
    hs_email_optout_11: null,
    hs_email_optout_12: null,
  };
  test.each([
    ["nothing said", {}, true, true],
    ["out of everything", { hs_email_optout: "true" }, false, false],
    ["out of the type", { hs_email_optout_11: "true" }, false, true],
    ["out of another type", { hs_email_optout_12: "true" }, true, true],
    ["out of each", { hs_email_optout_11: "true", hs_email_optout_12: "true" }, false, false],
    ["no marketing contact", { hs_marketable_status: "false" }, false, false],
    ["bounced", { hs_email_hard_bounce_reason_enum: "UNKNOWN_USER" }, false, false],
    ["quarantined", { hs_email_quarantined: "true" }, false, false],
    ["no address", { email: null }, false, false],
    ["not told", { hs_email_optout: undefined }, null, null],
  ] as const)("%s", (_, more, byType, byAll) => {
    const told = Object.fromEntries(Object.entries({ ...base, ...more }).filter(([, v]) => v !== undefined));
    const known = contact(told);
    expect([mailableOf(known, of(NEWS)), mailableOf(known, of(null))]).toEqual([byType, byAll]);
  });
  test("an opt-out is shown in detail, whatever counts", () => {
    const c = contact({ ...base, hs_email_optout_12: "true" });
    expect([optedOut(c, of(NEWS)), consentsOf(c, of(NEWS), [])]).toMatchObject([
      false,
      [{ scope: "topic", scopeId: "12", state: "unsubscribed" }],
    ]);
  });
  test("addresses and former ids", () => {
    const c = contact({
      email: "A@x.test",
      hs_additional_emails: "b@x.test;C@x.test",
      hs_merged_object_ids: "7;8",
    });
    expect([addressesOf(c), idsOf(c)]).toEqual([
      ["a@x.test", "b@x.test", "c@x.test"],
      ["1", "7", "8"],
    ]);
  });
  test("times without milliseconds, and none", () => {
    expect([instantOf("2026-11-23T06:00:00Z"), instantOf("soon"), instantOf(null)]).toEqual([
      "2026-11-23T06:00:00.000Z",
      null,
      null,
    ]);
  });
});

test("the text of a rule does not depend on the order in which HubSpot tells it", () => {
  const city = (...values: string[]) => ({
    filterType: "PROPERTY",
    property: "city",
    operation: { operator: "IS_EQUAL_TO", values },
  });
  const list = { filterType: "IN_LIST", operator: "IN_LIST", listId: "4" };
  const other = { filterType: "PAGE_VIEW", b: [1, { d: null }], a: "x" };
  const rule = (...filters: object[]) => ({
    filterBranchType: "OR",
    filters: [],
    filterBranches: [{ filterBranchType: "AND", filters, filterBranches: [] }],
  });
  expect(definitionText(rule(city("Ulm", "Bonn"), list, other))).toBe(
    definitionText(rule(other, list, city("Bonn", "Ulm"))),
  );
  expect(definitionText(rule(city("Ulm")))).toBe("OR\n  AND\n    city IS_EQUAL_TO Ulm");
  expect(definitionText(rule(city("Ulm")))).not.toBe(definitionText(rule(city("Kiel"))));
});
