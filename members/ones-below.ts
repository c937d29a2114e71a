/** Length of the run of ones that ends at the lowest bit: 0 to 32. */
export function onesBelow(word: number): number {
  const zeros = ~word;
  return zeros === 0 ? 32 : 31 - Math.clz32(zeros & -zeros);
}
