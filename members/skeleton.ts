/**
 * Letters of other scripts that look like an ASCII letter, in lower case, as addresses are compared. Latin, Greek,
 * Cyrillic and Armenian, the scripts in which whole names can be faked; full-width and mathematical letters need no
 * entry, since NFKC turns them into ASCII.
 *
 * @see Unicode Technical Standard #39, confusables.txt, version 13: the single letters whose prototype is one letter
 *   or digit of ASCII, https://www.unicode.org/reports/tr39/#Confusable_Detection
 */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  a: "ɑαа",
  c: "сᴄⲥ",
  d: "ԁ",
  e: "еҽ",
  f: "քẝꞙ",
  g: "ƍɡցᶃ",
  h: "һհ",
  i: "ıɩɪιіӏ",
  j: "ϳј",
  n: "ոռ",
  o: "οσоօᴏᴑⲟ",
  p: "ρрⲣ",
  q: "ԛգզ",
  r: "гᴦⲅ",
  s: "ƽѕꜱ",
  u: "ʋυսᴜꞟ",
  v: "νѵᴠ",
  w: "ɯѡԝաᴡ",
  x: "х",
  y: "ɣʏγуүყᶌỿ",
  z: "ᴢ",
  6: "б",
};

const ASCII_OF = new Map(
  Object.entries(LOOKS_LIKE).flatMap(([ascii, letters]) => [...letters].map((l) => [l, ascii] as const)),
);
const ASCII = /^[\0-\x7f]*$/;
const NOT_ASCII = /[^\0-\x7f]/gu;

/**
 * What an address looks like: two addresses with one skeleton cannot be told apart by eye. For finding look-alikes
 * only; a skeleton never names a person. ASCII stays as it is, so that 1 and l, or rn and m, are told apart.
 *
 * @param normalised the answer of `normalise`
 * @returns null when it is ASCII only, and so its own skeleton
 * @example skeletonOf("аnn@example.com") // "ann@example.com", when the first letter is Cyrillic
 */
export function skeletonOf(normalised: string): string | null {
  if (ASCII.test(normalised)) return null;
  return normalised
    .normalize("NFKC")
    .toLowerCase()
    .replace(NOT_ASCII, (letter) => ASCII_OF.get(letter) ?? letter)
    .normalize("NFKC");
}
