import { expect, test } from "vitest";
import type { ConsentRecord, MemberRow } from "../core/model.ts";
import { mergedText, spoolRow, spoolText } from "./spool.ts";

const record = (more: Partial<ConsentRecord>): ConsentRecord => ({
  channel: "email",
  scope: "topic",
  scopeId: "12",
  state: "unsubscribed",
  at: null,
  method: null,
  ...more,
});
const read = (consent: MemberRow["consent"], consents?: readonly ConsentRecord[]) => {
  const text = spoolText(
    {
      id: "1",
      identifiers: { email: "a@example.com" },
      attributes: {},
      consent,
      mailable: null,
      of: [0],
      ...(consents === undefined ? {} : { consents }),
    },
    [],
  );
  const row = spoolRow(text);
  expect(spoolRow(mergedText(row))).toEqual(row);
  return row;
};

test("an opted-out row keeps what its opt-outs of e-mail cover, with or without a method", () => {
  const all = [
    record({}),
    record({ scope: "global", scopeId: null, state: "complained" }),
    record({ scopeId: "13", state: "subscribed" }),
    record({ channel: "sms", scopeId: "14" }),
  ];
  expect(read("unsubscribed", all).optOuts).toEqual([
    { scope: "topic", name: "12" },
    { scope: "global", name: null },
  ]);
  expect(read("unsubscribed", [record({ method: "form" })])).toMatchObject({
    method: "form",
    optOuts: [{ scope: "topic", name: "12" }],
  });
});

test("whoever is not opted out, or whose system does not tell, has none", () => {
  expect(read("subscribed", [record({})])).not.toHaveProperty("optOuts");
  expect(read("unsubscribed")).not.toHaveProperty("optOuts");
  expect(read("unsubscribed", [record({ state: "subscribed" })])).not.toHaveProperty("optOuts");
});
