import type { IdentifierKind } from "../core/model.ts";
import type { MemberSet } from "./member-set.ts";
import type { SetHead } from "./set-file.ts";

const IDENTITIES: readonly IdentifierKind[] = ["email", "phone", "customer_id"];
/** Bits of a presence word. */
const MOST_READS = 64;

const isCount = (value: unknown, least = 0): boolean => Number.isSafeInteger(value) && Number(value) >= least;
const isText = (value: unknown): value is string => typeof value === "string";

/** Texts, as a list. */
export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
/** A time that can be read. */
export const isTime = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value));

const FIELDS: Readonly<Record<keyof SetHead, (value: unknown) => boolean>> = {
  identity: (value) => IDENTITIES.some((kind) => kind === value),
  attributes: isTexts,
  asOf: isTime,
  ordinal: (value) => value === null || isCount(value),
  epoch: (value) => isCount(value),
  size: (value) => isCount(value),
  reads: (value) => isCount(value, 1) && Number(value) <= MOST_READS,
};

/**
 * The head of a set file. A right checksum says that the bytes are as they were written, not that a program wrote them that knew what
 * belongs there: without this, a head without attributes ends in an error of JavaScript somewhere later.
 *
 * @returns null: it is no JSON, or a field of it is missing or cannot be
 */
export function parseHead(json: Uint8Array): SetHead | null {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(json));
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
  return isHead(head) ? head : null;
}

function isHead(head: unknown): head is SetHead {
  if (typeof head !== "object" || head === null) return false;
  const values = new Map(Object.entries(head));
  return Object.entries(FIELDS).every(([name, fits]) => fits(values.get(name)));
}

/** What the file of a set says of itself, all of it, without what opening it added. */
export function writtenHead(set: MemberSet): SetHead {
  const { path: _path, partitions: _partitions, finest: _finest, ...said } = set;
  return JSON.parse(JSON.stringify(said)) as SetHead; // which leaves the functions out
}
