import { describe, expect, it } from "vitest";
import { systemId } from "../../core/model.ts";
import type { ConsentRule, RestRecord } from "../../core/rest-config.ts";
import { isLooser } from "./consent.ts";
import { recordReader } from "./record.ts";
import { timeOf } from "./time.ts";

const rule = (path: string, more: Partial<ConsentRule>): ConsentRule => ({
  path,
  words: {},
  set: null,
  empty: null,
  ...more,
});
const read = (raw: object, record: Partial<RestRecord> = {}, sends = true) =>
  recordReader({
    id: systemId("shop"),
    sends,
    attributes: { plan: "custom.plan", tags: "tags[].name" },
    record: {
      id: "id",
      identifiers: { email: "email" },
      consent: [],
      consentAt: null,
      mailable: null,
      bounced: null,
      updatedAt: null,
      ...record,
    },
  }).people([raw])[0];

describe("consent", () => {
  const consent = [
    rule("status", { words: { active: "subscribed", out: "unsubscribed" } }),
    rule("complained_at", { set: "complained" }),
  ];
  it.each([
    [{ status: "Active ", complained_at: null }, "subscribed"],
    [{ status: "active", complained_at: "2026-01-01" }, "complained"],
    [{ status: "something", complained_at: null }, "unknown"],
    [{ status: null }, "unknown"],
    [{}, "unknown"],
    [{ status: "__proto__" }, "unknown"],
  ])("%j is %s", (raw, state) =>
    expect(read({ id: 1, email: "a@b.c", ...raw }, { consent })?.consent).toBe(state),
  );
  it("takes a missing field for unknown, an empty one for what the YAML says", () => {
    const rules = [rule("optout_at", { set: "unsubscribed", empty: "subscribed" })];
    expect(read({ id: 1, email: "a@b.c", optout_at: null }, { consent: rules })?.consent).toBe("subscribed");
    expect(read({ id: 1, email: "a@b.c" }, { consent: rules })?.consent).toBe("unknown");
  });
  it("knows looser from stricter", () => {
    expect([
      isLooser("unsubscribed", "subscribed"),
      isLooser("unsubscribed", "unknown"),
      isLooser("unknown", "subscribed"),
      isLooser("unknown", "pending"),
      isLooser("subscribed", "subscribed"),
      isLooser("subscribed", "unsubscribed"),
      isLooser("subscribed", "unknown"),
      isLooser("unknown", "unsubscribed"),
    ]).toEqual([true, true, true, true, false, false, false, false]);
  });
});

describe("a record", () => {
  it("gives identifiers, attributes and mailability", () => {
    const consent = [rule("ok", { words: { true: "subscribed", false: "unsubscribed" } })];
    expect(
      read(
        { id: 7, email: "A@b.c", ok: true, custom: { plan: null }, tags: [{ name: "x" }], b: true },
        { consent, bounced: "b" },
      ),
    ).toMatchObject({
      id: "7",
      identifiers: { email: "A@b.c" },
      attributes: { plan: null, tags: '["x"]' },
      consent: "subscribed",
      bounced: true,
      mailable: false,
    });
    expect(read({ id: 7, email: "a@b.c", ok: true }, { consent })).toMatchObject({
      mailable: true,
      attributes: {},
    });
    expect(read({ id: 7, email: "a@b.c" }, { consent })?.mailable).toBeNull();
    expect(read({ id: 7, email: "a@b.c", ok: true }, { consent }, false)?.mailable).toBeNull();
    expect(read({ id: 7, email: "a@b.c", m: null }, { mailable: "m" })?.mailable).toBeNull();
  });
  it("is refused without an id, and a page without the identifier's field", () => {
    expect(() => read({ email: "a@b.c" })).toThrow(/a record has no id at id/);
    expect(() => read({ id: 1, mail: "a@b.c" })).toThrow(/no record has a field email for the email/);
    expect(read({ id: 1, email: null })?.identifiers).toEqual({});
    expect(() => read([])).toThrow(/not an object/);
  });
  it.each([
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05+0100", "2026-01-02T02:04:05.000Z"],
    ["2026-01-02", "2026-01-02T00:00:00.000Z"],
    [1767225600, "2026-01-01T00:00:00.000Z"],
    [1767225600000, "2026-01-01T00:00:00.000Z"],
    ["1767225600", "2026-01-01T00:00:00.000Z"],
    [0, null],
    ["", null],
    ["soon", null],
    [null, null],
    [true, null],
  ])("reads the time %j", (value, expected) => expect(timeOf(value)).toBe(expected));
});
