import { describe, expect, test } from "vitest";
import { normalise } from "./normalise.ts";

describe("email", () => {
  test.each([
    [" Ann@Example.COM ", "ann@example.com"],
    ["ann+tag@example.com", "ann+tag@example.com"],
    ["a.n.n@gmail.com", "a.n.n@gmail.com"],
    ["\ufeffann@example.com", "ann@example.com"],
    ["JOSE\u0301@example.com", "jos\u00e9@example.com"],
    ["m\u00fcller@b\u00fccher.example", "m\u00fcller@b\u00fccher.example"],
    ["o'neil@example.co.uk", "o'neil@example.co.uk"],
    ["=cmd@example.com", "=cmd@example.com"],
  ])("%j → %j", (raw, normal) => expect(normalise("email", raw)).toBe(normal));

  test.each([
    "",
    " ",
    "ann",
    "ann@",
    "@example.com",
    "ann@example",
    "ann@@example.com",
    "a@b@example.com",
    "ann@.com",
    "ann@example..com",
    "ann@-x.com",
    "ann@x-.com",
    "ann@example.com.",
    "a b@example.com",
    "Ann <ann@example.com>",
    "ann@example.com,bob@example.com",
    "ann@exam\u200bple.com",
    "ann@exa\u202emple.com",
    "ann@example.com\u0000",
    `${"a".repeat(65)}@example.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b.".repeat(130)}com`,
    "n/a",
    "null",
  ])("%j names nobody", (raw) => expect(normalise("email", raw)).toBeNull());

  test("look-alikes stay apart", () => {
    const latin = normalise("email", "anna@example.com");
    expect(normalise("email", "\u0430nna@example.com")).not.toBe(latin); // Cyrillic а
    expect(normalise("email", "\uff41nna@example.com")).not.toBe(latin); // full-width a
    expect(normalise("email", "\u212aate@example.com")).toBeNull(); // the Kelvin sign, which NFC would make a K
    expect(normalise("email", "L\u0130sa@example.com")).not.toBe("lisa@example.com");
  });
});

describe("phone", () => {
  test.each([
    ["+44 (0)20 7946 0018", "+442079460018"],
    ["0044 20 7946 0018", "+442079460018"],
    ["+1 213-373-4253", "+12133734253"],
  ])("%j → %j", (raw, normal) => expect(normalise("phone", raw)).toBe(normal));

  test.each([
    "020 7946 0018",
    "2133734253",
    "+1 213 373 4253 ext. 3",
    "+44",
    "n/a",
    "",
    `+${"1".repeat(60)}`,
  ])("%j names nobody", (raw) => expect(normalise("phone", raw)).toBeNull());
});

describe("customer id", () => {
  test.each([
    [" C-17 ", "C-17"],
    ["c-17", "c-17"],
    ["007", "007"],
    ["KUNDE-\u00c4", "KUNDE-\u00c4"],
  ])("%j → %j", (raw, normal) => expect(normalise("customer_id", raw)).toBe(normal));
  test.each(["", "  ", "N/A", "null", "-", "unknown", "a\u0000b", "a\u202eb", "x".repeat(513)])(
    "%j names nobody",
    (raw) => expect(normalise("customer_id", raw)).toBeNull(),
  );
});
