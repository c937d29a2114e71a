import type { IdentifierKind } from "../../core/model.ts";

/**
 * Texts that one person or value is written in. `shared` ones mean the same to DuckDB, whose `lower` maps letters one by one and
 * whose lengths count characters: so no İ, no final sigma, nothing that NFC turns into ASCII, and no long text outside ASCII. `free`
 * adds those; only the reference can say what they are.
 */
export type Alphabet = "shared" | "free";

const SHARED_EMAILS: readonly string[] = [
  "ann@example.com",
  "bob.o'neil+news@mail.example.org",
  "é@example.com",
  "über.straße@münchen.de",
  "ẞ@example.com",
  "ss@example.com",
  "ısık@example.com",
  "😀👩‍💻@example.com",
  "ann😀@example.com",
  "ａｎｎ@example.com",
  "שלום@example.com",
  "مرحبا@example.com",
  "аnn@example.com", // Cyrillic а
  "zero\u200bwidth@example.com",
  "rtl\u202emark@example.com",
  "a@b@example.com",
  "ann@example",
  "@example.com",
  "ann@",
  "ann@-example.com",
  "ann@example-.com",
  "ann@example..com",
  "ann@.example.com",
  "ann@example.com.",
  "an n@example.com",
  'a"b@example.com',
  '"ann"@example.com',
  "a,b@example.com",
  "a;b@example.com",
  "a|b@example.com",
  "<ann@example.com>",
  `${"l".repeat(64)}@example.com`,
  `${"l".repeat(65)}@example.com`,
  `a@${"d".repeat(63)}.com`,
  `a@${"d".repeat(64)}.com`,
  `${"l".repeat(47)}@${"d".repeat(12)}.com`,
  `${"l".repeat(48)}@${"d".repeat(12)}.com`,
  `a@${`${"d".repeat(60)}.`.repeat(4)}com`,
];
const FREE_EMAILS: readonly string[] = [
  "İ@example.com",
  "i̇@example.com",
  "I@example.com",
  "ΟΔΟΣ@example.com",
  "οδος@example.com",
  "\u212aelvin@example.com",
  "kelvin@example.com",
  "a\u037eb@example.com",
  "a\u0345@example.com",
  "\ufb01@example.com",
  "\u0130\u0307@example.com",
  `${"é".repeat(33)}@example.com`,
  `${"e\u0301".repeat(40)}@example.com`,
  `${"😀".repeat(32)}@example.com`,
  `a@${"é".repeat(63)}.com`,
  "a\u0000b@example.com".replace("\u0000", "\u0001"),
  "a\u007f@example.com",
];

const SHARED_IDS: readonly string[] = [
  "C-1",
  "c-1",
  "12",
  "012",
  "é",
  "ß",
  "ẞ",
  "straße-7",
  "İ",
  "ID 7",
  "a\u00a0b",
  "a\tb",
  "a\nb",
  "x\u200by",
  "😀",
  "１２",
  "שלום",
  "a,b",
  'say "hi"',
  "a;b|c\td",
  "n/a",
  "NULL",
  "none",
  "-",
  "#REF!",
  "test",
  "test1",
  "placeholder",
  "not available",
  "abcdefghijklmno",
  "x".repeat(63),
  "x".repeat(64),
  "x".repeat(65),
  "x".repeat(512),
  "x".repeat(513),
];
const FREE_IDS: readonly string[] = [
  "\u212a1",
  "\u037e",
  "\u1fefa",
  "K1",
  "é".repeat(256),
  "😀".repeat(256),
  "😀".repeat(257),
  "a\u0001",
  "a\u007f",
  "\u0344",
  "\u0958",
  "\uac00\u11a8",
];

const SHARED_PHONES: readonly string[] = [
  "+44 20 7946 0018",
  "+442079460018",
  "0044 20 7946 0018",
  "+44-20-7946-0019",
  "+44 (20) 7946.0019",
  "+1 202 555 0123",
  "+12025550123",
  "001 (202) 555-0124",
  "+49 30 90182012",
  "020 7946 0018",
  "2025550123",
  "n/a",
  "+",
  "00",
  "+44",
  "call me",
  "+44 20 7946 0018 ext. 5",
];
const FREE_PHONES: readonly string[] = [
  "＋44 20 7946 0018",
  "+44 20 7946 0018;ext=5",
  "tel:+442079460018",
  "+٤٤٢٠٧٩٤٦٠٠١٨",
  "+44 (0)20 7946 0018",
  "+44\u00a020\u00a07946\u00a00018",
  "+1 202 555 0123 x7",
  "+999 123",
  "+800 1234 5678",
  `+44 20 7946 0018${" ".repeat(30)}1`,
];

const VALUES: readonly string[] = [
  "",
  "",
  "pro",
  "Pro",
  "free",
  "über",
  "x".repeat(7),
  "x".repeat(8),
  "x".repeat(9),
  "x".repeat(15),
  "x".repeat(16),
  "x".repeat(17),
  "x".repeat(64),
  "e\u0301",
  "é",
  "12345678é",
  "\u212a",
  "K",
  "İ",
  "😀",
  "שלום",
  "zero\u200bwidth",
  "a,b",
  "a;b",
  "a|b",
  "a\tb",
  'say "hi"',
  '"',
  '""',
  "two\nlines",
  "two\r\nlines",
  "n/a",
  "NULL",
  "null",
  "0",
  "00",
  "ﾊﾝ",
];

/** What `trim` takes off: the white space of JavaScript. */
export const SPACES: readonly string[] = [
  "",
  " ",
  "\t",
  "\u00a0",
  "\ufeff",
  "\u3000",
  "\u2003",
  "\u2028",
  "\v",
  "\f",
  "\n",
  "\r\n",
  "\u202f",
  "\u1680",
];

export const identifiersOf = (kind: IdentifierKind, alphabet: Alphabet): readonly string[] => {
  const [shared, free] = {
    email: [SHARED_EMAILS, FREE_EMAILS],
    customer_id: [SHARED_IDS, FREE_IDS],
    phone: [SHARED_PHONES, FREE_PHONES],
  }[kind] as [readonly string[], readonly string[]];
  return alphabet === "shared" ? shared : [...shared, ...free];
};

export const valuesOf = (): readonly string[] => VALUES;

/** Ways of writing one text; which of them name the same person is for the reference and DuckDB to say. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (t) => t,
  (t) => t,
  (t) => t.toUpperCase(),
  (t) => t.charAt(0).toUpperCase() + t.slice(1),
  (t) => t.normalize("NFD"),
  (t) => t.toUpperCase().normalize("NFD"),
];

/** @param n picks one way, with white space of some kind before and after it */
export function spelled(text: string, n: number): string {
  const way = SPELLINGS[n % SPELLINGS.length] as (text: string) => string;
  const around = Math.floor(n / SPELLINGS.length);
  const space = (k: number): string =>
    k % 3 === 0 ? (SPACES[Math.floor(k / 3) % SPACES.length] as string) : "";
  return space(around) + way(text) + space(Math.floor(around / (3 * SPACES.length)));
}
