/**
 * Members by how often they came back lately: `[0]` once, `[1]` twice, `[2]` three times and so on, the last also more
 * often. From the third on they flip.
 */
export type Returners = readonly number[];

/** How many members come back how often, as it usually is here; slowly learned, and not from a fight. */
export type FlipBackground = {
  /** Points learned from. */
  readonly seen: number;
  readonly usual: Returners;
  /** Not learned yet: windows that still overlap with the present one, so that the beginning of a fight teaches nothing. */
  readonly waiting: readonly Returners[];
};

export const NO_BACKGROUND: FlipBackground = { seen: 0, usual: [], waiting: [] };

/** Points after which old ones fade, and before which they are too few to be believed alone. */
const MEMORY = 60;
const ENOUGH = 20;
/** A quiet segment may still have somebody with an unlucky week, and that somebody may return yet again. */
const QUIET = 0.02;
const AGAIN_AT_LEAST = 0.1;
const AGAIN_AT_MOST = 0.7;
/** −log₁₀ of how unlikely so many flipping members must be. Windows overlap: this is no rate of false alarms. */
const UNLIKELY = 5;
/** Fewer are gossip, not a fight. */
const LEAST = 3;

const at = (r: Returners, returns: number): number => r[returns - 1] ?? 0;
/** Members with at least so many returns. */
export const withAtLeast = (r: Returners, returns: number): number =>
  r.slice(returns - 1).reduce((a, b) => a + b, 0);

/**
 * Members expected by chance to come back `returns` times or more, from three on: the usual number, or what those who
 * come back once and twice lead to expect. If returns are independent with mean μ, then n₂/n₁ = μ/2 and n₃/n₂ ≈ μ/3, so
 * n₃ ≈ ⅔ n₂²/n₁; people near a rule's boundary return more often than others, hence 1.5 instead of ⅔.
 */
function expectedFlipping(usual: Returners, returns: number): number {
  const [once, twice] = [at(usual, 1), at(usual, 2)];
  const mixture = once > 0 ? Math.min(twice / 2, (1.5 * twice ** 2) / once) : twice / 2;
  const again = Math.min(AGAIN_AT_MOST, Math.max(AGAIN_AT_LEAST, once > 0 ? twice / once : 0));
  const three = Math.max(mixture, QUIET) * again ** (returns - 3);
  return Math.max(withAtLeast(usual, returns), three);
}

/**
 * Strangeness of so many flipping members, 0 and up: −log₁₀ of how likely they are, for the number of returns that
 * tells most. `fight`: it is clearly more than usual, and of three members at least.
 */
export function strangeness(now: Returners, b: FlipBackground): { score: number; fight: boolean } {
  const usual = b.seen >= ENOUGH ? b.usual : larger(b.usual, now.slice(0, 2));
  let score = 0;
  let fight = false;
  for (let returns = LEAST; returns <= now.length; returns++) {
    const members = withAtLeast(now, returns);
    if (members === 0) break;
    const strange = -Math.log10(poissonTail(members, expectedFlipping(usual, returns)));
    score = Math.max(score, strange);
    if (members >= LEAST && strange >= UNLIKELY) fight = true;
  }
  return { score, fight };
}

const larger = (a: Returners, b: Returners): Returners =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => Math.max(a[i] ?? 0, b[i] ?? 0));

/**
 * What the next background is: a window later than it was counted, a plain mean at first and then one that forgets.
 * During a fight nothing is learned, and what was waiting is thrown away.
 *
 * @param window points that two counts must be apart to have nothing in common
 */
export function learn(b: FlipBackground, now: Returners, fight: boolean, window: number): FlipBackground {
  if (fight) return { ...b, waiting: [] };
  const waiting = [...b.waiting, now];
  const known = waiting.length > window ? waiting.shift() : undefined;
  if (known === undefined) return { ...b, waiting };
  const seen = Math.min(b.seen + 1, MEMORY);
  const usual = Array.from({ length: Math.max(known.length, b.usual.length) }, (_, i) => {
    const old = b.usual[i] ?? 0;
    return old + ((known[i] ?? 0) - old) / seen;
  });
  return { seen, usual, waiting };
}

/**
 * P(X ≥ k) for a Poisson variable, at least 1e-300.
 *
 * @example poissonTail(3, 1) // 0.0803, R: ppois(2, 1, lower.tail = FALSE)
 */
export function poissonTail(k: number, mean: number): number {
  if (k <= 0 || !(mean > 0)) return k <= 0 ? 1 : 1e-300;
  if (k <= mean) return 1 - below(k, mean);
  let log = -mean;
  for (let i = 1; i <= k; i++) log += Math.log(mean / i);
  let sum = 1;
  for (let i = k + 1, term = mean / i; term > sum * 1e-12; i++, term *= mean / i) sum += term;
  return Math.max(1e-300, Math.min(1, Math.exp(log) * sum));
}

function below(k: number, mean: number): number {
  let sum = 0;
  for (let i = 0, log = -mean; i < k; i++, log += Math.log(mean / i)) sum += Math.exp(log);
  return Math.min(1 - 1e-15, sum);
}
