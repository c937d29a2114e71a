export type SampleRatio = {
  /** Share that was held out. */
  readonly share: number;
  /** Pearson's chi-square with one degree of freedom. */
  readonly chiSquare: number;
};

/**
 * Were people split as planned? Pearson's chi-square of two counts against the planned share.
 *
 * @param planned share of the first count, between 0 and 1
 * @returns null when there is nobody, or the plan is no share
 * @see Fabijan et al. (2019), Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD
 * @example sampleRatio(821_588, 815_482, 0.5)?.chiSquare // 22.78
 */
export function sampleRatio(first: number, second: number, planned: number): SampleRatio | null {
  const n = first + second;
  if (!(n > 0) || !(planned > 0 && planned < 1)) return null;
  const expected = n * planned;
  return { share: first / n, chiSquare: (first - expected) ** 2 / (expected * (1 - planned)) };
}
