import { describe, expect, it } from "vitest";
import { attributeOf, sparseFields } from "./attribute.ts";
import { campaignState } from "./campaign.ts";
import { definitionText } from "./definition.ts";
import { anyOf, both, equals, since } from "./filter.ts";
import { pageOf } from "./json.ts";
import { KLAVIYO_LIMITS } from "./limits.ts";
import { asProfile, consentOf } from "./profile.ts";
import { asCampaign, countOf, refusedIndexes, reportOf } from "./wire.ts";

const where = "klaviyo";

describe("filters", () => {
  it("quote what could end them early", () => {
    expect(equals("name", 'a"b\\c')).toBe('equals(name,"a\\"b\\\\c")');
    expect(both(anyOf("id", ["x", "y"]), since("updated_at", "2026-11-26T00:00:00.000Z"))).toBe(
      'and(any(id,["x","y"]),greater-or-equal(updated_at,2026-11-26T00:00:00.000Z))',
    );
  });
});

describe("pages", () => {
  const id = (r: { readonly id: string }) => r.id;
  it("end where next is null, missing or empty, and only there", () => {
    const page = (links: unknown) => pageOf({ data: [{ id: "a" }], links }, where, id);
    expect(page({ next: null })).toEqual({ items: ["a"], next: null });
    expect(page(undefined).next).toBeNull();
    expect(page({ next: "" }).next).toBeNull();
    expect(page({ next: "https://a.klaviyo.com/api/x" }).next).toBe("https://a.klaviyo.com/api/x");
    expect(() => page({ next: 7 })).toThrow(/links.next/);
  });
  it("are no data without a list, or with a record that has no id", () => {
    for (const body of [null, {}, { data: {} }, { data: [null] }, { data: [{ id: "" }] }])
      expect(() => pageOf(body, where, id)).toThrow(expect.objectContaining({ kind: "bad_data" }));
  });
});

describe("profiles", () => {
  const profile = (marketing: unknown, more: object = {}) =>
    asProfile(
      { id: "a", attributes: { email: "a@example.test", subscriptions: { email: { marketing } }, ...more } },
      where,
    );
  it("need their subscriptions: without them nobody could tell an opt-out", () => {
    expect(() => asProfile({ id: "a", attributes: { email: "a@example.test" } }, where)).toThrow(
      /subscriptions/,
    );
  });
  it("take null for nothing, and words of the future for a no", () => {
    const none = profile(null);
    expect([none.canReceiveEmail, consentOf(none).state, none.consents]).toEqual([null, "unknown", []]);
    const later = profile({ consent: "SUBSCRIBED", suppression: [{ reason: "LEGAL_HOLD", timestamp: "x" }] });
    expect(consentOf(later)).toEqual({ state: "unsubscribed", at: null });
  });
  it("keep an opt-out of one list on that list", () => {
    const p = profile({
      consent: "SUBSCRIBED",
      can_receive_email_marketing: true,
      list_suppressions: [{ list_id: "L", reason: "UNSUBSCRIBE", timestamp: "2026-01-01T00:00:00+00:00" }],
    });
    expect(consentOf(p).state).toBe("subscribed");
    expect(p.consents).toContainEqual({
      channel: "email",
      scope: "list",
      scopeId: "L",
      state: "unsubscribed",
      at: "2026-01-01T00:00:00.000Z",
      method: null,
    });
  });
});

describe("attributes", () => {
  const attributes = { first_name: null, location: { country: "PT" }, properties: { "a.b": 3, list: [1] } };
  it.each([
    ["first_name", null],
    ["location.country", "PT"],
    ["location.planet", undefined],
    ["properties.a.b", "3"],
    ["properties.list", "[1]"],
    ["properties.missing", null],
    ["properties.constructor", null],
    ["nope", undefined],
  ])("%s", (field, value) => {
    expect(attributeOf(attributes, field)).toBe(value);
  });
  it("are asked for by the fields that are mapped, and consent always", () => {
    expect(sparseFields(["properties.a", "properties.b", "title"], false)).toBe(
      "email,phone_number,external_id,updated,properties,title,subscriptions.email.marketing,subscriptions.sms.marketing,subscriptions.mobile_push.marketing,subscriptions.whatsapp.marketing",
    );
  });
});

it("the text of a rule is equal where the rule is", () => {
  const [a, b] = [{ type: "x", n: 1 }, { type: "y" }];
  const one = definitionText({ condition_groups: [{ conditions: [a, b] }, { conditions: [b] }] });
  const two = definitionText({
    condition_groups: [{ conditions: [b] }, { conditions: [b, { n: 1, type: "x" }] }],
  });
  expect(two).toBe(one);
  expect(definitionText({ condition_groups: [{ conditions: [a] }, { conditions: [b] }] })).not.toBe(one);
});

describe("other answers", () => {
  it("a campaign without audiences is refused, or it would seem to leave nobody out", () => {
    expect(() => asCampaign({ id: "c", attributes: { status: "Scheduled" } }, where)).toThrow(/audiences/);
    const attributes = { audiences: { included: ["L"], excluded: null }, status: "Scheduled" };
    expect(asCampaign({ id: "c", attributes }, where)).toMatchObject({
      included: ["L"],
      excluded: [],
      at: null,
    });
  });
  it("a campaign counts as sent only where Klaviyo says so", () => {
    const words = [
      "Draft",
      "Scheduled",
      "Sending",
      "Variations Sent",
      "Unknown",
      "Sent",
      "Cancelled: No Recipients",
    ];
    expect(words.map(campaignState)).toEqual([
      "draft",
      "scheduled",
      "sending",
      "sending",
      "scheduled",
      "sent",
      "cancelled",
    ]);
  });
  it("a count that was asked for has to come", () => {
    expect(countOf({ data: { id: "L", attributes: { profile_count: 0 } } }, where)).toBe(0);
    expect(() => countOf({ data: { id: "L", attributes: {} } }, where)).toThrow(/profile_count/);
  });
  it("a statistic that is not there is not known", () => {
    const results = [{ groupings: { campaign_id: "c" }, statistics: { recipients: 3 } }, { groupings: {} }];
    const [row, ...more] = reportOf({ data: { attributes: { results } } }, where);
    expect([row?.count("recipients"), row?.count("bounced"), more]).toEqual([3, null, []]);
  });
  it("a refusal points at people", () => {
    const errors = [
      { source: { pointer: "/data/3/id" } },
      { source: { pointer: "/data/attributes/profiles/data/12/attributes/email" } },
      {},
    ];
    expect([...refusedIndexes({ errors })]).toEqual([3, 12]);
    expect([...refusedIndexes(null)]).toEqual([]);
  });
});

it("each operation has limits of its own", () => {
  const of = (method: string, path: string) =>
    KLAVIYO_LIMITS.rules.filter((r) => r.match?.(method, path)).map((r) => [r.requests, r.windowMs]);
  expect(of("GET", "/api/lists/XyZ")).toEqual([
    [1, 1_000],
    [15, 60_000],
  ]);
  expect(of("GET", "/api/lists/XyZ/profiles")).toEqual([
    [75, 1_000],
    [750, 60_000],
  ]);
  expect(of("POST", "/api/campaign-values-reports")).toHaveLength(3);
  expect(of("GET", "/api/anything")).toEqual([]);
});
