import { expect, test } from "vitest";
import { instant } from "../core/model.ts";
import type { SubscriptionStatus } from "../systems/hubspot/wire.ts";
import { hubspotRow } from "./hubspot-row.ts";

const types = ["11", "12", "13"].map((id) => ({ id, name: `Type ${id}`, active: true }));
const rowOf = (
  properties: Readonly<Record<string, string | null>>,
  statuses: readonly SubscriptionStatus[] = [],
) =>
  hubspotRow(
    {
      id: "1",
      properties: { email: "a@example.test", ...properties },
      createdAt: null,
      updatedAt: null,
      archived: false,
      history: {},
    },
    statuses,
    { fields: [], subscriptions: { types, chosen: null }, sends: true },
    [0],
    null,
  );
const said = (subscriptionId: string, status: string, at: string | null, source: string | null) => ({
  email: "a@example.test",
  subscriptionId,
  status,
  at,
  source,
  reason: null,
});
const topic = (scopeId: string) => ({ channel: "email", scope: "topic", scopeId, at: null, method: null });

test("one record a subscription that was read, with its time and source; not specified is left out", () => {
  const at = instant(new Date("2026-03-02T01:02:03Z"));
  const row = rowOf({ hs_email_optout: "false", hs_email_optout_12: "true" }, [
    said("11", "SUBSCRIBED", at, "Form"),
    said("12", "NOT_SPECIFIED", null, null),
    said("13", "NOT_SPECIFIED", at, null),
  ]);
  expect(row.consents).toEqual([
    { ...topic("11"), state: "subscribed", at, method: "Form" },
    { ...topic("12"), state: "unsubscribed" },
  ]);
});

test("out of all email holds everywhere; not being out of it is no yes", () => {
  expect(rowOf({ hs_email_optout: "true" })).toMatchObject({
    consent: "unsubscribed",
    consents: [{ ...topic(""), scope: "global", scopeId: null, state: "unsubscribed" }],
  });
  expect(rowOf({ hs_email_optout: "false" })).not.toHaveProperty("consents");
});
