import fc from "fast-check";

/** Few stems, so that the two sides meet; every kind of spelling that might be folded wrongly. */
const STEMS = [
  "ann@x.com",
  "bob@mail.example.test",
  "é@x.com",
  "e\u0301@x.com",
  "İ@x.com",
  "i\u0307@x.com",
  "ı@x.com",
  "σς@x.com",
  "ΣΣ@x.com",
  "ß@x.com",
  "\u212a@x.com",
  "k@x.com",
  "a@b..com",
  "a@-b.com",
  "a@b-.com",
  "a@b",
  "a@b@c.com",
  "a.@x.com",
  "o'neil@x.com",
  "o\\neil@x.com",
  `${"l".repeat(64)}@x.com`,
  `${"l".repeat(65)}@x.com`,
  `a@${"d".repeat(63)}.com`,
  `a@${"d".repeat(64)}.com`,
  `${"v".repeat(300)}@x.com`,
  "n/a",
  "null",
  "17",
  "C-17",
  "c-17",
  "C 17",
  "",
  "x'); drop table entry; --",
  "zero\u200bwidth@x.com",
  "tab\tin@x.com",
];
const AROUND = [
  "",
  " ",
  "\t",
  "\n",
  "\u00a0",
  "\u2003",
  "\u3000",
  "\ufeff",
  "\u0085",
  "\u200b",
  "\r\n ",
  "'",
  "\u001f",
];
export const identifier = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...STEMS),
        fc.constantFrom("as it is", "upper", "mixed"),
        fc.constantFrom(...AROUND),
        fc.constantFrom(...AROUND),
        fc.integer({ min: 0, max: 5 }),
      )
      .map(([stem, how, before, after, plainly]) => {
        const cased =
          how === "upper"
            ? stem.toUpperCase()
            : how === "mixed"
              ? stem[0]?.toUpperCase() + stem.slice(1)
              : stem;
        return plainly > 1 ? cased : `${before}${cased}${after}`;
      }),
  },
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom("", "", "", " ", "\u00a0"),
        fc.constantFrom("p", "p", "P"),
      )
      .map(([n, space, letter]) => `${letter}${n}@x.com${space}`),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }).map((s) => s.replaceAll("\0", "")) },
);
