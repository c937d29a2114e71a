const PACE = 0.03;
const MOST_RATIO = 6;
const GUESS_POINTS = 15;
const REMEMBERED = 60;

/** How restless each category is against the rest: some values come and go in batches, others never move. */
export class Unrest {
  ratios: number[];
  points: number;

  constructor(
    state: { readonly ratios: readonly number[]; readonly points: number } = { ratios: [], points: 0 },
  ) {
    this.ratios = [...state.ratios];
    this.points = state.points;
  }

  factors(k: number): number[] {
    const n = Math.min(REMEMBERED, this.points);
    return Array.from({ length: k }, (_, c) => {
      const factor = (GUESS_POINTS + n * (this.ratios[c] ?? 1)) / (GUESS_POINTS + n);
      return Math.min(5, Math.max(0.3, factor));
    });
  }

  learn(off: readonly number[], foreseen: readonly number[], spread: number, least: number): void {
    this.points++;
    for (let c = 0; c < off.length; c++) {
      const p = foreseen[c] as number;
      const known = this.ratios[c] ?? 1;
      this.ratios[c] = known;
      if (p < least) continue;
      const ratio = (off[c] as number) ** 2 / (p * (1 - Math.min(p, 0.99)) * spread);
      this.ratios[c] = known + PACE * (Math.min(MOST_RATIO, ratio) - known);
    }
  }

  forget(c: number): void {
    if (c < this.ratios.length) this.ratios[c] = 1;
  }
}
