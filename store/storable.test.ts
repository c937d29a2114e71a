import fc from "fast-check";
import { expect, test } from "vitest";
import { isStorable, toJson, toText } from "./storable.ts";

test("what Postgres can keep is left alone", () => {
  const value = { a: 'é 🦉 \\u0000 \\\\ \\\\u0000 " \n', n: [1.5, null, true], "\\ud800": "\\" };
  expect(toJson(value)).toBe(JSON.stringify(value));
  expect(isStorable(value)).toBe(true);
});

test("NUL and lone surrogates become U+FFFD, in names too", () => {
  expect(JSON.parse(toJson({ "a\0": "\ud800 \udfff \0\\\0" }))).toEqual({
    "a\ufffd": "\ufffd \ufffd \ufffd\\\ufffd",
  });
  expect(isStorable({ "a\0": 1 })).toBe(false);
  expect(isStorable(["\ud800"])).toBe(false);
  expect(toText("a\0b")).toBe("a\ufffdb");
});

test("the result is always JSON of the same shape, without what Postgres refuses", () => {
  const parts = ["\0", "\\", "u", "0", "000", "\ud83e", "\udd89", "d8", '"', "\n", "é"];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), (chosen) => {
      const text = chosen.join("");
      const read = (JSON.parse(toJson({ text })) as { text: string }).text;
      expect(read).toBe(Buffer.from(text.replaceAll("\0", "\ufffd")).toString());
      expect(isStorable(read)).toBe(true);
    }),
  );
});
