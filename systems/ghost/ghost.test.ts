import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { attributeOf, ghostField } from "./attribute.ts";
import { afterId, anyEmail, quoted } from "./filter.ts";
import { CREATED_NOTE, consentOf, inSegment, mailableOf } from "./member.ts";
import { adminToken } from "./token.ts";
import { asMember, type GhostMember, pageOf } from "./wire.ts";

const wire = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: "6b0480291c693f2ab78608ee",
  email: "ana@example.test",
  name: "Ana",
  note: null,
  subscribed: true,
  updated_at: "2026-11-23T18:04:25.000Z",
  labels: [
    { id: "1", name: "VIP Club", slug: "vip-club" },
    { id: "2", name: "Plan-Pro", slug: "plan-pro" },
  ],
  newsletters: [{ id: "n1", name: "News", status: "active" }],
  email_suppression: { suppressed: false, info: null },
  ...more,
});
const member = (more: Record<string, unknown> = {}): GhostMember => asMember(wire(more), "ghost");

describe("token", () => {
  it("is an HS256 JWT for /admin/ that lives five minutes", () => {
    const [head, body, signature] = adminToken("ghost", `${"a".repeat(24)}:00ff`, 1_700_000_000_999).split(
      ".",
    );
    const decode = (s = "") => JSON.parse(Buffer.from(s, "base64url").toString()) as unknown;
    expect(decode(head)).toEqual({ alg: "HS256", typ: "JWT", kid: "a".repeat(24) });
    expect(decode(body)).toEqual({ iat: 1_700_000_000, exp: 1_700_000_300, aud: "/admin/" });
    expect(signature).toBe(
      createHmac("sha256", Buffer.from([0, 255]))
        .update(`${head}.${body}`)
        .digest("base64url"),
    );
  });
  it.each(["", "abc", "a".repeat(26), `${"a".repeat(24)}:`, `${"a".repeat(24)}:xyz`])(
    "refuses %j without quoting it",
    (key) => {
      expect(() => adminToken("ghost", key, 0)).toThrow(/not an Admin API key/);
      if (key.length > 10) expect(() => adminToken("ghost", key, 0)).not.toThrow(key);
    },
  );
});

describe("filter", () => {
  it("quotes what could end the string", () => {
    expect(quoted("o'neil\\x")).toBe("'o\\'neil\\\\x'");
    expect(anyEmail(["a@x", "b@x"])).toBe("email:'a@x',email:'b@x'");
    expect(afterId("label:'vip'", "6b")).toBe("label:'vip'+id:>'6b'");
    expect(afterId(null, null)).toBeNull();
  });
});

describe("member", () => {
  it.each([
    ["a newsletter", {}, false, "subscribed", true],
    ["none", { newsletters: [] }, false, "unsubscribed", false],
    [
      "an archived one only",
      { newsletters: [{ id: "n", name: "Old", status: "archived" }] },
      false,
      "subscribed",
      false,
    ],
    [
      "a bounce",
      { email_suppression: { suppressed: true, info: { reason: "fail" } } },
      false,
      "subscribed",
      false,
    ],
    [
      "a complaint",
      { email_suppression: { suppressed: true, info: { reason: "spam" } } },
      false,
      "complained",
      false,
    ],
    ["made by us", { newsletters: [], note: CREATED_NOTE }, false, "unknown", false],
    ["made by us, opted out later", { newsletters: [], note: CREATED_NOTE }, true, "unsubscribed", false],
  ])("%s", (_, more, optedOut, consent, mailable) => {
    expect(consentOf(member(more), optedOut)).toBe(consent);
    expect(mailableOf(member(more))).toBe(mailable);
  });
  it("finds labels by name in any case or slug, newsletters by id", () => {
    expect(inSegment(member(), { label: "vip club" }, null)).toBe(true);
    expect(inSegment(member(), { label: "vip-club" }, null)).toBe(true);
    expect(inSegment(member(), { label: "vip" }, null)).toBe(false);
    expect(inSegment(member(), { newsletter: "news-slug" }, "n1")).toBe(true);
    expect(inSegment(member(), { newsletter: "other" }, "n2")).toBe(false);
    expect(inSegment(member({ newsletters: [] }), { suppressed: true }, null)).toBe(true);
  });
});

describe("attributes", () => {
  it.each([
    ["name", "Ana"],
    ["note", null],
    ["nothing", undefined],
    ["__proto__", undefined],
    ["name.length", undefined],
    ["email_suppression.suppressed", "false"],
    ["labels", "Plan-Pro, VIP Club"],
    ["label:plan-*", "Pro"],
    ["label:tier-*", null],
    ["label:vip-club", "true"],
    ["label:gone", "false"],
  ])("%s is %j", (field, value) => expect(attributeOf(member(), ghostField(field))).toBe(value));
  it("shows both of two values, so that they never pass for one", () => {
    const two = member({
      labels: [
        { id: "1", name: "plan-pro", slug: "a" },
        { id: "2", name: "plan-free", slug: "b" },
      ],
    });
    expect(attributeOf(two, ghostField("label:plan-*"))).toBe("free, pro");
  });
});

describe("wire", () => {
  it.each([
    ["no list", {}],
    ["no pagination", { members: [] }],
    ["text for a total", { members: [], meta: { pagination: { total: "3" } } }],
    [
      "a member without newsletters",
      { members: [wire({ newsletters: undefined })], meta: { pagination: { total: 1, next: null } } },
    ],
    [
      "a member without address",
      { members: [wire({ email: null })], meta: { pagination: { total: 1, next: null } } },
    ],
    ["a list", []],
    ["null", null],
  ])("refuses %s", (_, body) => {
    expect(() => pageOf(body, "members", "ghost", asMember)).toThrow(
      expect.objectContaining({ kind: "bad_data" }),
    );
  });
});
