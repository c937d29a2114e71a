import { isUnjudged } from "../../checks/words/skipped.ts";
import type { CheckResult, SkipReason } from "../../core/finding.ts";

export type Unjudged = Readonly<Partial<Record<SkipReason, number>>>;

/** How many checks of how many copies have no verdict, by reason, the most frequent first. */
export function unjudgedOf(results: readonly CheckResult[]): Unjudged {
  const counts = new Map<SkipReason, number>();
  for (const { outcome } of results) {
    if (outcome.status === "skip" && isUnjudged(outcome.because))
      counts.set(outcome.because, (counts.get(outcome.because) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)));
}

/** "12 (not collected 8, learning 4)"; null: everything was judged. */
export function unjudgedText(unjudged: Unjudged): string | null {
  const parts = Object.entries(unjudged);
  if (parts.length === 0) return null;
  const number = (n: number) => n.toLocaleString("en-US");
  const why = parts.map(([reason, n]) => `${reason.replaceAll("_", " ")} ${number(n)}`);
  return `${number(parts.reduce((sum, [, n]) => sum + n, 0))} (${why.join(", ")})`;
}
