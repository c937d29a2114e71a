/** Numbers and words for people. Pure: locale and time zone arrive as arguments. */

const supported = (language: string): boolean =>
  /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(language) &&
  Intl.NumberFormat.supportedLocalesOf(language).length > 0;

/** The browser's language; English where it names none that Intl knows ("en-US@posix" does exist). */
export const locale = (language = typeof navigator === "undefined" ? "en" : navigator.language): string =>
  supported(language) ? language : "en";

/** 27310 → "27,310"; null → "can’t tell", never 0. */
export const count = (n: number | null): string =>
  n === null ? "can’t tell" : new Intl.NumberFormat(locale()).format(n);

/** With a sign: −42, +17, 0. The minus is the typographic one. */
export const signed = (n: number | null): string => {
  if (n === null) return "can’t tell";
  if (n === 0) return "0";
  return `${n > 0 ? "+" : "−"}${count(Math.abs(n))}`;
};

/** 48316 → "48k", for axes only. */
export const short = (n: number): string =>
  new Intl.NumberFormat(locale(), {
    notation: "compact",
    maximumFractionDigits: Math.abs(n) >= 100_000 ? 0 : 1,
  })
    .format(n)
    .toLowerCase();

/** Counts before percent, and no percent under 100 people: "41 of 42", "1,204 of 48,316 (2.5 %)". */
export const share = (part: number | null, whole: number | null): string => {
  if (part === null || whole === null) return "can’t tell";
  const counts = `${count(part)} of ${count(whole)}`;
  if (whole < 100) return counts;
  const percent = (part / whole) * 100;
  const digits = percent < 0.1 ? 2 : 1; // 0.03 % of complaints is not none
  return `${counts} (${new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(percent)} %)`;
};

/** people(1) → "1 person", people(2) → "2 people", people(null) → "an unknown number of people". */
export const people = (n: number | null): string => {
  if (n === null) return "an unknown number of people";
  return n === 1 ? "1 person" : `${count(n)} people`;
};

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** ["Klaviyo", "HubSpot", "Ghost"] → "Klaviyo, HubSpot and Ghost" */
export const list = (words: readonly string[]): string =>
  new Intl.ListFormat("en", { style: "long", type: "conjunction" }).format(words).replace(", and ", " and ");

/** Small numbers as a sentence says them. */
const WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
export const inWords = (n: number): string => WORDS[n] ?? count(n);

/** "four of five", "11 of 40": one style for both numbers. */
export const outOf = (part: number, whole: number): string =>
  whole < WORDS.length
    ? `${part === 0 ? "none" : inWords(part)} of ${inWords(whole)}`
    : `${count(part)} of ${count(whole)}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A path of ours, or the start page: a link from data must not lead elsewhere. */
export const ownPath = (link: string): string => (/^\/(?![/\\])/.test(link) ? link : "/");
