import { expect, test } from "vitest";
import { instant, type MemberRow } from "../../core/model.ts";
import { maskEmail, maskRow, maskText } from "./mask.ts";

test.each([
  ["ana@example.com", "a***@e***.com"],
  ["ana@mail.example.co.uk", "a***@m***.uk"],
  ["a@b.io", "***@***.io"],
  ["ana@localhost", "a***@l***"],
  ['"a@b"@example.com', '"***@e***.com'],
  ["no address", "n***"],
  ["ana@x.averyveryverylonglabel", "a***@***"],
  ["@", "***@***"],
  ["", "***"],
  ["\u202Eana@example.com", "***@e***.com"],
])("%s", (email, masked) => expect(maskEmail(email)).toBe(masked));

test("a text shows its first character at most, and never its length", () => {
  expect([
    maskText("Ana"),
    maskText("Anastasia"),
    maskText("A"),
    maskText("💥 boom"),
    maskText("\n\n"),
  ]).toEqual(["A***", "A***", "***", "💥***", "***"]);
});

test("a row shows what is there, not whose it is", () => {
  const row: MemberRow = {
    id: "c-4711",
    identifiers: { email: "ana@example.com", phone: "+4915112345678", customer_id: "4711" },
    attributes: { name: "Ana Silva", plan: null },
    consent: "subscribed",
    mailable: true,
    consents: [
      {
        channel: "email",
        scope: "topic",
        scopeId: "4711",
        state: "unsubscribed",
        at: instant(new Date("2026-03-02")),
        method: "ana said no",
      },
      { channel: "sms", scope: "list", scopeId: "ana@example.com", state: "pending", at: null, method: null },
    ],
    of: [0],
  };
  expect(maskRow(row)).toEqual({
    identifiers: { email: "a***@e***.com", phone: "+***", customer_id: "4***" },
    attributes: { name: "A***", plan: null },
    consent: "subscribed",
    consentAt: null,
    consents: [
      {
        channel: "email",
        scope: "topic",
        scopeId: "4711",
        state: "unsubscribed",
        at: "2026-03-02T00:00:00.000Z",
      },
      { channel: "sms", scope: "list", scopeId: "a***", state: "pending", at: null },
    ],
    mailable: true,
    joinedAt: null,
    updatedAt: null,
  });
});
