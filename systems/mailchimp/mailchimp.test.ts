import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { materialFolder, notRun } from "../../test/setup/material.ts";
import { attributeOf, mailchimpField } from "./attribute.ts";
import { bouncedOf, consentOf, hashOf, hasStatus, mailableOf } from "./member.ts";
import { segmentFor } from "./segment.ts";
import { asMember, asMergeField, type MailchimpMember, pageOf } from "./wire.ts";

const member = (more: object): MailchimpMember =>
  asMember({ id: "x", email_address: "a@example.test", status: "subscribed", ...more }, "mailchimp");

describe("a member", () => {
  it("is named by the MD5 of the address, whatever its case", () => {
    // md5("urist.mcvankab@freddiesjokes.com"), as Mailchimp's guide has it
    expect(hashOf(" Urist.McVankab@freddiesjokes.com")).toBe("62eeb292278cc15f5817cb78f7790b08");
  });
  it.each([
    ["subscribed", null, "subscribed", true],
    ["unsubscribed", "N/A (Unsubscribed by admin)", "unsubscribed", false],
    ["unsubscribed", "N/A (Abuse complaint)", "complained", false],
    ["pending", null, "pending", false],
    ["cleaned", null, "unknown", false],
    ["transactional", null, "unknown", false],
    ["archived", null, "unknown", false],
    ["a word of 2028", null, "unknown", false],
  ])("%s (%s) is %s", (status, reason, consent, mailable) => {
    const m = member({ status, unsubscribe_reason: reason });
    expect([consentOf(m), mailableOf(m), bouncedOf(m)]).toEqual([consent, mailable, status === "cleaned"]);
  });
  it("who is archived is in nothing", () => {
    expect(hasStatus(member({ status: "archived" }), { all: true })).toBe(false);
  });
  it("without a status or an address is refused: nothing could be said of consent", () => {
    expect(() => asMember({ id: "x", email_address: "a@example.test" }, "mailchimp")).toThrow(/no status/);
    expect(() => asMember({ id: "x", status: "subscribed" }, "mailchimp")).toThrow(/no email_address/);
  });
});

describe("an attribute", () => {
  const m = member({
    merge_fields: { FNAME: "Ana", LTV: 3, EMPTY: "" },
    vip: false,
    stats: { avg_open_rate: 0.5 },
  });
  it.each([
    ["FNAME", "Ana"],
    ["merge_fields.LTV", "3"],
    ["EMPTY", null],
    ["GONE", undefined],
    ["vip", "false"],
    ["stats.avg_open_rate", "0.5"],
    ["stats.constructor", undefined],
  ])("%s", (field, value) => expect(attributeOf(m, mailchimpField(field))).toBe(value));
});

describe("a segment", () => {
  const segment = (id: number, name: string, type: string) => ({
    id,
    name,
    type,
    members: 0,
    updatedAt: null,
    options: null,
  });
  const all = [segment(1, "vip", "saved"), segment(2, "VIP", "static"), segment(3, "2", "static")];
  it.each([
    [{ tag: "VIP" }, 2],
    [{ tag: "vip" }, 2],
    [{ segment: "vip" }, 1],
    [{ segment: "2" }, 2],
    [{ tag: "2" }, 3],
    [{ tag: "none" }, undefined],
  ])("%o", (source, id) => expect(segmentFor(all, source)?.id).toBe(id));
});

describe("recorded answers", () => {
  const folder = materialFolder("connectors/recordings");
  it("are understood, all of them", () => {
    if (folder === null) return notRun("connectors/recordings");
    let understood = 0;
    for (const line of readFileSync(join(folder, "mailchimp.jsonl"), "utf8").trim().split("\n")) {
      const { status, response } = JSON.parse(line) as { status: number; response: Record<string, unknown> };
      if (status !== 200) continue;
      if (Array.isArray(response.members)) pageOf(response, "members", "mailchimp", asMember);
      else if (Array.isArray(response.merge_fields))
        pageOf(response, "merge_fields", "mailchimp", asMergeField);
      else if (Array.isArray(response.lists)) pageOf(response, "lists", "mailchimp", (o) => o.id);
      else asMember(response, "mailchimp");
      understood++;
    }
    expect(understood).toBeGreaterThan(0);
  });
});
