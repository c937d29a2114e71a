import { expect, test } from "vitest";
import { checksum } from "./checksum.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// published values of XXH64 with seed 0: d24ec4f1a98c6e5b, 44bc2cf5ad770999, fbcea83c8a378bf1
test.each([
  ["a", 0xa98c6e5b],
  ["abc", 0xad770999],
  ["Nobody inspects the spammish repetition", 0x8a378bf1],
])("XXH64 of %j", (text, low) => {
  expect(checksum(bytes(text))).toBe(low);
});

test("pieces are one text", () => {
  const text = "Nobody inspects the spammish repetition".repeat(9);
  const whole = checksum(bytes(text));
  expect(checksum(bytes(text.slice(0, 100)), new Uint8Array(0), bytes(text.slice(100)))).toBe(whole);
  expect(checksum(bytes(text.slice(0, 99)), bytes(text.slice(100)))).not.toBe(whole);
});

test("nothing has 0", () => {
  expect([checksum(), checksum(new Uint8Array(0))]).toEqual([0, 0]);
});
