import { expect, test } from "vitest";
import type { MailchimpMember } from "../systems/mailchimp/wire.ts";
import { mailchimpRow } from "./mailchimp-row.ts";

const config = { list: "a1b2c3" };
const row = (status: string, more: Partial<MailchimpMember> = {}) =>
  mailchimpRow(
    {
      id: "0".repeat(32),
      email: "a@example.test",
      status,
      reason: null,
      optedInAt: "2025-03-01T10:00:00+00:00",
      changedAt: "2026-03-02T10:00:00+00:00",
      tags: null,
      tagsCount: null,
      merge: {},
      raw: {},
      ...more,
    },
    config,
    [],
    [0],
  );
const record = { channel: "email", scope: "list", scopeId: "a1b2c3", at: null, method: null };

test("a yes is dated by its opt-in; a no, and one that waits, by nothing: last_changed moves with every edit", () => {
  expect(row("subscribed").consents).toEqual([
    { ...record, state: "subscribed", at: "2025-03-01T10:00:00.000Z" },
  ]);
  expect(row("unsubscribed").consents).toEqual([{ ...record, state: "unsubscribed" }]);
  expect(row("pending").consents).toEqual([{ ...record, state: "pending" }]);
});

test("how it was taken back is told in our words only", () => {
  expect(row("unsubscribed", { reason: "N/A (Unsubscribed by admin)" }).consents).toMatchObject([
    { method: "admin or API" },
  ]);
  expect(row("unsubscribed", { reason: "Campaign Abuse" }).consents).toEqual([
    { ...record, state: "complained" },
  ]);
  expect(row("unsubscribed", { reason: "Ana does not want it" }).consents).toMatchObject([{ method: null }]);
});

test.each(["cleaned", "transactional", "something new"])("%s says nothing of consent", (status) =>
  expect(row(status)).not.toHaveProperty("consents"),
);
