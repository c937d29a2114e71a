import type { Cost } from "./measured.ts";

export type Line = { readonly name: string; readonly cost: Cost; readonly runs: number };

const number = (value: number, digits: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const ratio = (a: number, b: number): string => (b > 0 ? number(a / b, 2) : "–");

/** Costs side by side, each also as a ratio to the peer's. Markdown. */
export function costTable(title: string, lines: readonly Line[], peer: string): string {
  const base = lines.find((l) => l.name === peer)?.cost ?? null;
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row([title, "runs", "processor s", "ratio", "wall s", "ratio", "memory MB", "ratio"]),
    row(["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"]),
    ...lines.map(({ name, cost, runs }) =>
      row([
        name,
        String(runs),
        number(cost.cpu, 2),
        base === null ? "–" : ratio(cost.cpu, base.cpu),
        number(cost.wall, 2),
        base === null ? "–" : ratio(cost.wall, base.wall),
        number(cost.memory, 0),
        base === null ? "–" : ratio(cost.memory, base.memory),
      ]),
    ),
  ].join("\n");
}
