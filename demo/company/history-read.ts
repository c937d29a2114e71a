import type { AttributeStates, Instant } from "../../core/model.ts";
import { type HistoryLine, NOT_READ } from "./history-line.ts";
import { type AttributeName, type AudienceName, SENDERS, type SystemName } from "./truth.ts";

/** One reading of one target, as counts. */
export type HistoryRead = {
  readonly audience: AudienceName | null;
  readonly system: SystemName;
  readonly coverage: "complete" | "partial";
  readonly because: string;
  readonly asOf: Instant;
  /** Null in a partial reading, as are the others. */
  readonly size: number | null;
  readonly records: number;
  readonly duplicates: number | null;
  readonly entries: number | null;
  readonly exits: number | null;
  readonly mailable: number | null;
  readonly attributes: Readonly<Record<string, AttributeStates>>;
};

export type Circumstances = {
  readonly asOf: Instant;
  /** Some people are there twice. */
  readonly doubled: boolean;
  /** Attributes that nobody has a value of: the column has another name, or the system has no such field. */
  readonly without: readonly AttributeName[];
};

/** @param d day, as an index */
export function readOf(line: HistoryLine, d: number, c: Circumstances): HistoryRead {
  const { audience, system } = line.target;
  if (line.shown[d] === NOT_READ) {
    return {
      audience,
      system,
      coverage: "partial",
      because: "a page was lost after 300 records",
      asOf: c.asOf,
      size: null,
      records: 300,
      duplicates: null,
      entries: null,
      exits: null,
      mailable: null,
      attributes: {},
    };
  }
  const { size, mailable, nameless } = line.counts(d);
  const first = line.reads[d] === 1;
  const duplicates = c.doubled ? Math.max(14, Math.round(size * 0.03)) : 0;
  return {
    audience,
    system,
    coverage: "complete",
    because: "read to its end",
    asOf: c.asOf,
    size,
    records: size + duplicates,
    duplicates,
    entries: first ? null : (line.entries[d] ?? 0),
    exits: first ? null : (line.exits[d] ?? 0),
    mailable: SENDERS.includes(system) ? mailable : null,
    attributes: states(line, size, nameless, c.without),
  };
}

/** Only first names may be empty; a renamed column is missing for all. */
function states(
  line: HistoryLine,
  size: number,
  nameless: number,
  without: readonly AttributeName[],
): Record<string, AttributeStates> {
  const none = { valid: 0, null: 0, empty: 0, placeholder: 0, invalid: 0, missing: 0 };
  return Object.fromEntries(
    line.target.attributes.map((name) => {
      if (without.includes(name)) return [name, { ...none, missing: size }];
      const empty = name === "first_name" ? nameless : 0;
      return [name, { ...none, valid: size - empty, null: empty }];
    }),
  );
}
