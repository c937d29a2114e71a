import { dayAndTime, dayMonth, duration, plural } from "../../alerts/when.ts";
import type { Instant } from "../../core/model.ts";
import type { BacktestReport, BacktestRow } from "./report.ts";

const MARK: Readonly<Record<BacktestRow["is"], string>> = { same: "=", new: "+", gone: "−" };

/** Reasons in words that follow a number; a segment that the check is not for is no reading of it. */
const REASONS: Readonly<Record<string, string>> = {
  learning: "while it was still learning",
  partial: "read partially",
  owner_partial: "whose owner was read partially",
  not_readable: "of what cannot be read there",
  not_collected: "of what is not collected",
  settling: "still settling",
  no_data: "with nothing new",
  told_elsewhere: "told elsewhere",
};

/** The report as lines that stand by themselves in a terminal. */
export function backtestText(r: BacktestReport, timezone: string): string {
  const set = Object.entries(r.settings).map(([name, value]) => `${name} ${value}`);
  const what = `${r.check} with ${set.length === 0 ? "the settings of the configuration" : set.join(", ")}`;
  if (r.from === null || r.until === null) return `${what}: no reading is kept of that time.\n`;
  const day = (at: string) => dayMonth(at as Instant, timezone);
  const lines = [
    `${what}, over ${plural(r.audits, "audit")} from ${day(r.from)} to ${day(r.until)}`,
    judgedOf(r),
    "",
    ...table(r.rows.map((row) => cellsOf(row, r.until as Instant, timezone))),
    ...(r.rows.length > 0 ? [""] : []),
    verdictOf(r),
  ];
  return `${lines.join("\n")}\n`;
}

function judgedOf(r: BacktestReport): string {
  const left = Object.entries(r.skipped).filter(([reason, n]) => reason !== "not_configured" && n > 0);
  const why = left.map(([reason, n]) => `${n.toLocaleString("en-US")} ${REASONS[reason] ?? reason}`);
  return `${plural(r.judged, "reading")} judged${why.length === 0 ? "" : `; not judged: ${why.join(", ")}`}`;
}

function cellsOf(row: BacktestRow, end: Instant, timezone: string): string[] {
  const lasted = Date.parse(row.until ?? end) - Date.parse(row.from);
  return [
    MARK[row.is],
    dayAndTime(row.from as Instant, timezone),
    row.until === null ? "to the end" : duration(lasted),
    row.people === null ? "?" : `${row.people.toLocaleString("en-US")} people`,
    row.title,
    asItWas(row),
  ];
}

function asItWas(row: BacktestRow): string {
  if (row.is === "new") return "was not raised";
  const said = row.markedFalse ? ", called no problem" : "";
  return row.is === "same" ? `was INC-${row.incident}${said}` : `no INC-${row.incident}${said}`;
}

/** Columns of equal width; the last is ragged. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => pad(cell, i, widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

const PEOPLE = 3;
const pad = (cell: string, column: number, width: number): string =>
  column === PEOPLE ? cell.padStart(width) : cell.padEnd(width);

function verdictOf(r: BacktestReport): string {
  const fresh = r.rows.filter((row) => row.is === "new").length;
  const gone = r.rows.filter((row) => row.is === "gone");
  const sentences = [
    `It would have raised ${plural(r.would, "incident")}; it did raise ${r.did.toLocaleString("en-US")}.`,
  ];
  if (gone.length > 0) {
    const marked = gone.filter((row) => row.markedFalse).length;
    const of = marked === 0 ? "" : `, ${marked} of which people called no problem`;
    sentences.push(`${gone.length} would not have been raised${of}.`);
  }
  if (fresh > 0) sentences.push(`${fresh} would be new.`);
  const { did, would } = r.markedFalse;
  if (did > 0) sentences.push(`People called ${did} no problem; ${would} of those would be raised again.`);
  else if (r.did > 0) sentences.push("Nobody called any of them no problem.");
  return sentences.join(" ");
}
