/** What the suites of vendor faults print at their end: fault, systems, cases, result. */
type Line = { systems: Set<string>; cases: number; broken: number; ends: Map<string, number> };

export class Table {
  readonly #lines = new Map<string, Line>();
  readonly #title: string;

  constructor(title: string) {
    this.#title = title;
  }

  add(fault: string, system: string, result: string, broken: boolean): void {
    const line = this.#lines.get(fault) ?? { systems: new Set(), cases: 0, broken: 0, ends: new Map() };
    line.systems.add(system);
    line.cases += 1;
    if (broken) line.broken += 1;
    line.ends.set(result, (line.ends.get(result) ?? 0) + 1);
    this.#lines.set(fault, line);
  }

  print(): void {
    const rows = [...this.#lines].map(([fault, l]) => [
      fault,
      [...l.systems].sort().join(", "),
      String(l.cases),
      l.broken > 0 ? `${l.broken} BROKEN` : "holds",
      [...l.ends].map(([end, n]) => `${end} ${n}`).join(", "),
    ]);
    const all = [["fault", "systems", "cases", "invariants", "ended"], ...rows];
    const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((r) => (r[i] ?? "").length)));
    const text = all.map((r) =>
      r
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    const cases = [...this.#lines.values()].reduce((sum, l) => sum + l.cases, 0);
    process.stdout.write(
      `\n${this.#title}: ${this.#lines.size} faults, ${cases} cases\n${text.join("\n")}\n`,
    );
  }
}
