import { describe, expect, it } from "vitest";
import type { FieldType } from "../../core/model.ts";
import { consentWord } from "./consent-words.ts";
import { instantOf, rowReader, yesNo } from "./row.ts";

describe("consent words", () => {
  it.each([
    ["Opted-In", "subscribed"],
    ["TRUE", "subscribed"],
    ["t", "subscribed"],
    ["opt out", "unsubscribed"],
    ["false", "unsubscribed"],
    ["spam complaint", "complained"],
    ["pending", "pending"],
    ["erased", "erased"],
    ["", "unknown"],
    [null, "unknown"],
    ["unknown", "unknown"],
    ["maybe", null],
    ["subscribed?", null],
  ])("%j is %j", (word, state) => expect(consentWord(word)).toBe(state));
});

describe("times", () => {
  it.each([
    ["2026-01-02 03:04:05.678901+00", "2026-01-02T03:04:05.678Z"],
    ["2026-01-02 03:04:05+05:30", "2026-01-01T21:34:05.000Z"],
    ["2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02", "2026-01-02T00:00:00.000Z"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["infinity", null],
    ["0044-03-15 BC", null],
    ["yesterday", null],
    ["", null],
    [null, null],
  ])("%j is %j", (raw, at) => expect(instantOf(raw)).toBe(at));
});

it("reads yes and no as people write it", () => {
  expect(["t", "Yes", "1"].map(yesNo)).toEqual([true, true, true]);
  expect(["f", "NO", "0"].map(yesNo)).toEqual([false, false, false]);
  expect([null, "", "maybe"].map(yesNo)).toEqual([null, null, null]);
});

describe("rows", () => {
  const column = (name: string, type: FieldType = "text") => ({ name, type });
  it("takes unmapped columns under their own name, and a hostile one as data", () => {
    const reader = rowReader(
      [column("email"), column("__proto__"), column("ok", "boolean"), column("odd", "boolean")],
      {},
    );
    const row = reader.row(["a@x.test", "polluted", "t", "5"], 1, [0]);
    expect(row.attributes).toMatchObject({ ok: "true", odd: "5" });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(reader.identifiers).toEqual(["email"]);
  });
  it("a known consent holds for all mail, since its time; an unknown one is left out", () => {
    const reader = rowReader([column("email"), column("consent"), column("consent_at")], {});
    const consents = (word: string | null, at: string | null) =>
      reader.row(["a@x.test", word, at], 1, [0]).consents;
    const record = { channel: "email", scope: "global", scopeId: null, method: null };
    expect(consents("opted out", "2026-03-02")).toEqual([
      { ...record, state: "unsubscribed", at: "2026-03-02T00:00:00.000Z" },
    ]);
    expect(consents("yes", null)).toEqual([{ ...record, state: "subscribed", at: null }]);
    expect([consents(null, "2026-03-02"), consents("maybe", null)]).toEqual([undefined, undefined]);
    expect(rowReader([column("email")], {}).row(["a@x.test"], 1, [0])).not.toHaveProperty("consents");
  });
  it("tells words it does not know, but never something like an address", () => {
    const reader = rowReader([column("email"), column("consent")], {});
    for (const word of ["maybe", "ana@example.test", "maybe"]) reader.row(["a@x.test", word], 1, [0]);
    expect([...reader.unknownConsent]).toEqual(["maybe", "(not a plain word)"]);
  });
});
