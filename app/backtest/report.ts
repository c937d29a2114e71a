import { type Static, Type } from "typebox";
import type { Episode } from "./episodes.ts";
import { overlap, type Raised, sameAs } from "./raised.ts";
import type { Replayed } from "./replay.ts";

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Time = Type.String({ format: "date-time" });
const Count = Type.Integer({ minimum: 0 });

const Row = Type.Object({
  /** same: it was raised, too; new: it was not; gone: it was raised, and would not be. */
  is: Type.Union([Type.Literal("same"), Type.Literal("new"), Type.Literal("gone")]),
  from: Time,
  until: OrNull(Time),
  audience: OrNull(Type.String()),
  system: Type.String(),
  subject: OrNull(Type.String()),
  title: Type.String(),
  moved: Type.String(),
  people: OrNull(Count),
  /** Number of the incident that there was. */
  incident: OrNull(Type.Integer()),
  /** A person said of that incident that it was not a problem. */
  markedFalse: Type.Boolean(),
});

/** Shape of `plumbline backtest --json`. */
export const BacktestReport = Type.Object(
  {
    check: Type.String(),
    settings: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean()])),
    /** First and last audit of which readings are kept; null: of none. */
    from: OrNull(Time),
    until: OrNull(Time),
    audits: Count,
    judged: Count,
    /** Readings that could not be judged, by reason. */
    skipped: Type.Record(Type.String(), Count),
    would: Count,
    did: Count,
    /** Incidents that people called no problem: of those raised, and of those that would be raised again. */
    markedFalse: Type.Object({ did: Count, would: Count }),
    rows: Type.Array(Row),
  },
  { title: "plumbline backtest --json" },
);
export type BacktestReport = Static<typeof BacktestReport>;
export type BacktestRow = Static<typeof Row>;

/** What would have been raised beside what was, over the time of which readings are kept. */
export function backtestReport(
  check: string,
  settings: BacktestReport["settings"],
  replayed: Replayed,
  raised: readonly Raised[],
): BacktestReport {
  const from = replayed.audits[0]?.at ?? null;
  const until = replayed.audits.at(-1)?.at ?? null;
  const then = from === null ? [] : raised.filter((r) => overlap(r, { from, until }));
  const would = replayed.episodes.map((episode) => ({ episode, was: sameAs(episode, then) }));
  const gone = then.filter((r) => !replayed.episodes.some((e) => sameAs(e, [r]) !== null));
  const rows = [
    ...would.map(({ episode, was }) => rowOf(was === null ? "new" : "same", episode, was)),
    ...gone.map((r) => rowOf("gone", r, r)),
  ].sort((a, b) => a.from.localeCompare(b.from));
  const again = new Set(would.flatMap(({ was }) => (was?.markedFalse ? [was] : [])));
  return {
    check,
    settings,
    from,
    until,
    audits: replayed.audits.length,
    judged: replayed.judged,
    skipped: { ...replayed.skipped },
    would: would.length,
    did: then.length,
    markedFalse: { did: then.filter((r) => r.markedFalse).length, would: again.size },
    rows,
  };
}

const rowOf = (is: BacktestRow["is"], e: Episode, was: Raised | null): BacktestRow => ({
  is,
  from: e.from,
  until: e.until,
  audience: e.finding.audience,
  system: e.finding.system,
  subject: e.finding.subject,
  title: e.finding.title,
  moved: e.finding.moved,
  people: e.people,
  incident: was?.incident ?? null,
  markedFalse: was?.markedFalse ?? false,
});
