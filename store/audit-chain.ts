import { createHash } from "node:crypto";

/** One entry of the log as it is hashed, kept and exported. docs/audit-log.md gives the form byte for byte. */
export type ChainEntry = {
  readonly seq: number;
  /** UTC with milliseconds: 2026-11-26T15:00:00.000Z. */
  readonly at: string;
  /** A person's reference, or the name of a part of the program. */
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  /** Canonical JSON, the text itself: a number edited from 1 to 1.0 is an edit. */
  readonly detail: string;
  readonly prev: string;
  readonly hash: string;
};

/** What the first entry has as `prev`. */
export const NOTHING_BEFORE = "0".repeat(64);

export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * JSON with one spelling for each value: no white space, keys in the order of their UTF-8 bytes, strings and numbers as
 * ECMAScript writes them. Expects what JSON.parse gives.
 *
 * @example canonicalJson({ b: [1, "é"], a: null }) // '{"a":null,"b":[1,"é"]}'
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).sort(([a], [b]) => byBytes(a, b));
  return `{${pairs.map(([key, v]) => `${JSON.stringify(key)}:${canonicalJson(v)}`).join(",")}}`;
}

const text = JSON.stringify;

/** What is hashed: everything but the hash itself. */
export const bodyOf = (e: Omit<ChainEntry, "hash">): string =>
  `{"action":${text(e.action)},"actor":${text(e.actor)},"at":${text(e.at)},"detail":${e.detail},"object":${text(e.object)},"prev":${text(e.prev)},"seq":${e.seq}}`;

export const hashOf = (e: Omit<ChainEntry, "hash">): string => sha256(bodyOf(e));

/** One line of an export: the canonical JSON of the entry with its hash. */
export const lineOf = (e: ChainEntry): string =>
  `{"action":${text(e.action)},"actor":${text(e.actor)},"at":${text(e.at)},"detail":${e.detail},"hash":${text(e.hash)},"object":${text(e.object)},"prev":${text(e.prev)},"seq":${e.seq}}`;

/** The entry of an exported line; null: this is no line that `lineOf` could have written, so it was edited. */
export function entryOf(line: string): ChainEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
  const o: Partial<Record<string, unknown>> = Object(value);
  const words = [o.at, o.actor, o.action, o.object, o.prev, o.hash];
  if (!words.every((w) => typeof w === "string") || typeof o.seq !== "number") return null;
  const [at = "", actor = "", action = "", object = "", prev = "", hash = ""] = words;
  const entry = {
    seq: o.seq,
    at,
    actor,
    action,
    object,
    detail: canonicalJson(o.detail ?? null),
    prev,
    hash,
  };
  return lineOf(entry) === line ? entry : null;
}

/** Does a detail read from the database have the one spelling that may be hashed? */
export function isCanonical(json: string): boolean {
  try {
    return canonicalJson(JSON.parse(json)) === json;
  } catch (cause) {
    if (cause instanceof SyntaxError) return false;
    throw cause;
  }
}

/**
 * What a person is called in the log. The salt is random, so nobody can guess a name from it; once salt and name are
 * erased, nothing leads back.
 */
export const refOf = (kind: "staff" | "member", knownAs: string, salt: string): string =>
  `person:${sha256(`${salt}:${kind}:${knownAs}`).slice(0, 32)}`;
