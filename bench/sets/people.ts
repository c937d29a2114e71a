import type { Buffer } from "node:buffer";

/** What the files of one comparison look like. */
export type Shape = {
  /** People of the owner. */
  readonly people: number;
  readonly systems: number;
  readonly attributes: number;
  /** 5 % of the rows outside ASCII, composed at the owner and decomposed elsewhere; 8 % with quotes; CRLF. */
  readonly mixed: boolean;
};

/** Per system but the owner; and people that a file spells twice, which are duplicates of nobody else's. */
export type Truth = { readonly missing: number; readonly extra: number; readonly differ: number };

const ATTRIBUTES = ["plan", "country", "signup", "source"] as const;
const PLANS = ["free", "pro", "team", "trial", "starter", "enterprise"];
const COUNTRIES = ["DE", "FR", "US", "GB", "ES", "IT", "NL", "SE", "PL", "BR"];
const SOURCES = ["web", "import", "partner", "event"];
const NAMES = [
  "maria",
  "john",
  "sara",
  "liam",
  "nora",
  "paul",
  "emma",
  "noah",
  "ines",
  "theo",
  "rosa",
  "jan",
];
const ACCENTED = ["zoë", "josé", "jürgen", "renée", "åsa", "françois"];
const FAMILIES = ["lopez", "smith", "weber", "rossi", "dubois", "novak", "silva", "olsen", "berg", "king"];
const DOMAINS = ["example.org", "example.com", "mail.example", "post.example.net"];

/** A 32-bit number that looks random, of a person and a purpose (murmur3's last step). */
function mix(i: number, purpose: number): number {
  let h = Math.imul(i ^ Math.imul(purpose, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x27d4eb2f);
  return (h ^ (h >>> 15)) >>> 0;
}
/** True for about so many of a thousand. */
const among = (i: number, purpose: number, thousandths: number): boolean =>
  mix(i, purpose) % 10_000 < thousandths * 10;
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

export const isMissing = (i: number, system: number): boolean => system > 0 && among(i, 10 + system, 5);
export const isExtra = (i: number, system: number): boolean => system > 0 && among(i, 20 + system, 3);
export const isDifferent = (i: number, system: number): boolean => system > 0 && among(i, 30 + system, 10);
/** Has a second row, in capitals. */
export const isTwice = (i: number, system: number): boolean => among(i, 40 + system, 1.5);

export const header = (shape: Shape): string =>
  `email,customer_id,${ATTRIBUTES.slice(0, shape.attributes).join(",")}${shape.mixed ? "\r\n" : "\n"}`;

export const attributeNames = (shape: Shape): readonly string[] => ATTRIBUTES.slice(0, shape.attributes);

/** The address of one person; extras of a system are other people. */
function email(i: number, system: number, extra: boolean, shape: Shape): string {
  const accented = shape.mixed && among(i, 1, 50);
  const first = accented ? pick(ACCENTED, mix(i, 2)) : pick(NAMES, mix(i, 2));
  const text = `${accented && system > 0 ? first.normalize("NFD") : first}.${pick(FAMILIES, mix(i, 3))}${i}`;
  return `${text}${extra ? `x${system}` : ""}@${pick(DOMAINS, mix(i, 4))}`;
}

function values(i: number, system: number, shape: Shape): string {
  let plan = pick(PLANS, mix(i, 5) + (isDifferent(i, system) ? 1 : 0));
  if (shape.mixed && among(i, 6, 80)) plan = `"${plan}, yearly"`;
  let text = plan;
  if (shape.attributes > 1) text += `,${pick(COUNTRIES, mix(i, 7))}`;
  const day = mix(i, 8);
  if (shape.attributes > 2)
    text += `,20${20 + (day % 6)}-${String(1 + (day % 12)).padStart(2, "0")}-${String(1 + (day % 28)).padStart(2, "0")}`;
  if (shape.attributes > 3) text += `,${pick(SOURCES, mix(i, 9))}`;
  return text;
}

/**
 * The rows of one person in one system's file: none, one, or several. The same for the same arguments, always.
 *
 * @returns as text, each with its line end
 */
export function rowsOf(i: number, system: number, shape: Shape): string {
  const rest = `,c${String(i).padStart(9, "0")},${values(i, system, shape)}${shape.mixed ? "\r\n" : "\n"}`;
  let text = "";
  if (!isMissing(i, system)) {
    const address = email(i, system, false, shape);
    text = address + rest;
    if (isTwice(i, system)) text += address.toUpperCase() + rest;
  }
  if (isExtra(i, system)) text += email(i, system, true, shape) + rest;
  return text;
}

/** What a comparison must find, counted person by person. */
export function truthOf(shape: Shape, system: number): Truth {
  let missing = 0;
  let extra = 0;
  let differ = 0;
  for (let i = 0; i < shape.people; i++) {
    const gone = isMissing(i, system);
    if (gone) missing++;
    else if (isDifferent(i, system)) differ++;
    if (isExtra(i, system)) extra++;
  }
  return { missing, extra, differ };
}

/** People of all files but the owner's come in another order: i ↦ (i · step) mod people, each once. */
export function stepOf(people: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let step = Math.floor(people * 0.618) || 1;
  while (gcd(step, people) !== 1) step++;
  return step;
}

/**
 * The whole file in pieces of about a megabyte.
 *
 * @param piece is filled from its beginning; so many bytes of it are given to `write` each time
 */
export function writeRows(shape: Shape, system: number, piece: Buffer, write: (bytes: number) => void): void {
  let at = piece.write(header(shape), 0, "utf8");
  const step = system === 0 ? 1 : stepOf(shape.people);
  for (let k = 0, i = 0; k < shape.people; k++, i = (i + step) % shape.people) {
    at += piece.write(rowsOf(i, system, shape), at, "utf8");
    if (piece.length - at < 2_000) {
      write(at);
      at = 0;
    }
  }
  write(at);
}
