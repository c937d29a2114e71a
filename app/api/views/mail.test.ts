import { expect, test } from "vitest";
import { audienceId, type Instant, systemId } from "../../../core/model.ts";
import { deliveryOf } from "./mail.ts";

const mail = systemId("klaviyo");
const part = (campaign: string | null, day: number, sent: number | null, bounced: number | null) => ({
  system: mail,
  audience: audienceId("vip"),
  campaign,
  from: `2026-11-0${day}T00:00:00.000Z` as Instant,
  to: `2026-11-0${day + 1}T00:00:00.000Z` as Instant,
  sent,
  delivered: null,
  bounced,
  complained: 1,
  unsubscribed: 0,
});

test("campaigns are added up over their whole span, and an unknown part leaves the sum unknown", () => {
  expect(deliveryOf([part("b", 5, 100, 3), part("a", 2, 50, null)], mail)).toEqual({
    since: "2026-11-02T00:00:00.000Z",
    until: "2026-11-06T00:00:00.000Z",
    sent: 150,
    delivered: null,
    bounced: null,
    complained: 2,
    unsubscribed: 0,
  });
});

test("the count of the whole copy goes before its campaigns, and nothing told is no zero", () => {
  expect(deliveryOf([part(null, 2, 900, 3), part("a", 2, 50, 1)], mail)).toMatchObject({ sent: 900 });
  expect(deliveryOf([part("a", 2, 50, 1)], systemId("other"))).toBeNull();
});
