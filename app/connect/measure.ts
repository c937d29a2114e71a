import { AuditorError } from "../../core/errors.ts";
import type { ConsentState, FieldType, MemberRow, ReadTarget, TargetEnd } from "../../core/model.ts";
import type { Collector, Context } from "../../core/ports.ts";
import type { Seen } from "../../systems/http/settings.ts";
import { type MaskedRow, maskRow } from "./mask.ts";

/** What a short read of one copy showed. Unknown is null. */
export type Measured = {
  readonly target: ReadTarget;
  /** `stopped`: read no further, as asked. */
  readonly state: TargetEnd["coverage"] | "stopped";
  /** The proof of the end, or why there is none. */
  readonly because: string;
  readonly total: number | null;
  /** Records of the vendor's list that were read, and those of them that are rows of this copy. */
  readonly read: number;
  readonly rows: number;
  readonly pages: number;
  /** Requests so far, and of a whole read; null: this kind of system has none, or it cannot be told. */
  readonly calls: number | null;
  readonly callsToEnd: number | null;
  /** Milliseconds of a whole read, without waiting for limits. */
  readonly msToEnd: number | null;
  readonly sample: readonly MaskedRow[];
  readonly consent: Readonly<Partial<Record<ConsentState, number>>>;
  readonly withoutIdentifier: number;
  readonly fields: Readonly<Record<string, FieldType>>;
};

const SAMPLE = 3;

/** Reads one copy, at most `pages` pages of it (null: to its end). `requests` are those of the reader, growing. */
export async function measure(
  reader: Collector,
  target: ReadTarget,
  pages: number | null,
  requests: readonly Seen[],
  context: Context,
): Promise<Measured> {
  const from = requests.length;
  const consent: Partial<Record<ConsentState, number>> = {};
  const sample: MaskedRow[] = [];
  let [rows, read, seenPages, withoutIdentifier] = [0, 0, 0, 0];
  let total: number | null = null;
  let end: TargetEnd | null = null;
  let failure: string | null = null;
  const startedMs = performance.now();
  const note = (row: MemberRow) => {
    if (sample.length < SAMPLE) sample.push(maskRow(row));
    consent[row.consent] = (consent[row.consent] ?? 0) + 1;
    if (Object.keys(row.identifiers).length === 0) withoutIdentifier++;
  };
  try {
    for await (const page of reader.read([target], context)) {
      for (const row of page.items) note(row);
      rows += page.items.length;
      read = page.progress?.read ?? rows;
      total = page.progress?.total ?? total;
      end = page.ends[0] ?? null;
      if (page.items.length > 0 || page.progress !== undefined) seenPages++;
      if (end !== null || (pages !== null && seenPages >= pages)) break;
    }
  } catch (error) {
    if (!(error instanceof AuditorError) || error.kind === "interrupted") throw error;
    failure = error.message;
  }
  const mine = requests.slice(from);
  const calls = mine.length === 0 ? null : mine.length;
  const ms =
    mine.length === 0 ? performance.now() - startedMs : mine.reduce((sum, r) => sum + r.durationMs, 0);
  total = end?.declaredTotal ?? total ?? (end?.coverage === "complete" ? rows : null);
  const factor =
    end?.coverage === "complete"
      ? 1
      : total === null || read === 0 || failure !== null
        ? null
        : Math.max(1, total / read);
  return {
    target,
    state: failure !== null ? "unusable" : (end?.coverage ?? (seenPages > 0 ? "stopped" : "partial")),
    because:
      failure ??
      end?.because ??
      `read no further than ${seenPages} ${seenPages === 1 ? "page" : "pages"}; --full reads to the end and proves it`,
    total,
    read: end === null ? read : Math.max(read, rows),
    rows,
    pages: seenPages,
    calls,
    callsToEnd: factor === null || calls === null ? null : Math.ceil(calls * factor),
    msToEnd: factor === null ? null : ms * factor,
    sample,
    consent,
    withoutIdentifier,
    fields: end?.fields ?? {},
  };
}
