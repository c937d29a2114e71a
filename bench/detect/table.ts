import type { Figures } from "./harness.ts";
import type { Floor, Suite } from "./suites.ts";
import { MOST_COST } from "./suites.ts";

export type Row = { readonly detector: string; readonly figures: Figures };

/** Each figure over the seeds: the mean of those that could be told, null when none could. */
export function meanOf(all: readonly Figures[]): Figures {
  const names = new Set(all.flatMap((f) => Object.keys(f)));
  return Object.fromEntries(
    [...names].map((name) => {
      const told = all.map((f) => f[name]).filter((v): v is number => typeof v === "number");
      return [name, told.length === 0 ? null : told.reduce((a, b) => a + b, 0) / told.length];
    }),
  );
}

/** Floors that these figures miss, in words; a figure that could not be told is missed. */
export function missed(figures: Figures, floors: readonly Floor[]): string[] {
  const cost: Floor = { figure: "processor", most: MOST_COST };
  return [...floors, cost].flatMap((floor) => {
    const value = figures[floor.figure] ?? null;
    const ok = value !== null && ("least" in floor ? value >= floor.least : value <= floor.most);
    if (ok) return [];
    const bound = "least" in floor ? `at least ${floor.least}` : `at most ${floor.most}`;
    return [`${floor.figure} ${value === null ? "unknown" : shown(floor.figure, value)}, must be ${bound}`];
  });
}

const DIGITS: Readonly<Record<string, number>> = { AuditScore: 1, FA: 1, µs: 0, processor: 0 };

export const shown = (figure: string, value: number | null): string =>
  value === null ? "–" : value.toFixed(DIGITS[figure] ?? 3);

const TITLES: Readonly<Record<string, string>> = { µs: "µs a point", processor: "of processor" };

/** One suite as Markdown, in the order of the rows; a figure that nobody has is left out. */
export function suiteTable(suite: Suite, rows: readonly Row[]): string {
  const names = Object.keys(rows.at(-1)?.figures ?? {}).filter((name) =>
    rows.some((row) => (row.figures[name] ?? null) !== null),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line([`${suite.name}: ${suite.what}`, ...names.map((n) => TITLES[n] ?? n)]),
    line(["---", ...names.map(() => "---:")]),
    ...rows.map((row) => line([row.detector, ...names.map((n) => shown(n, row.figures[n] ?? null))])),
  ].join("\n");
}
