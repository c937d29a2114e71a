import { describe, expect, test } from "vitest";
import { deviateOf, logNormal, logStudent4, mixedTail, normalTail, student4Tail } from "./tails.ts";

const off = (value: number, wanted: number): number => Math.abs(value / wanted - 1);

/** z, upper tail: SciPy 1.17.1, scipy.stats.norm.sf(z). */
const NORMAL = [
  [-3, 0.9986501019683699],
  [-1, 0.8413447460685429],
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [1.959964, 0.024999999096442398],
  [3, 0.0013498980316300933],
  [5, 2.866515718791933e-7],
  [8, 6.22096057427174e-16],
  [15, 3.6709661993126986e-51],
  [30, 4.906713927147908e-198],
  [37, 5.7255712225239266e-300],
] as const;

/** t, upper tail: SciPy 1.17.1, scipy.stats.t.sf(t, 4). */
const STUDENT = [
  [-2, 0.9419417382415922],
  [0, 0.5],
  [0.5, 0.32166498159093165],
  [1, 0.18695048315002943],
  [2.776445, 0.02500000269104578],
  [5, 0.0037452169406372625],
  [20, 1.8441552901498655e-5],
  [62, 2.0267569602248996e-7],
  [64, 1.7852326861987913e-7],
  [100, 2.99800104949623e-8],
  [1000, 2.999980000104999e-12],
  [100_000, 2.9999999979999997e-20],
] as const;

/** z, weight of the normal, tail: SciPy 1.17.1, w * norm.sf(z) + (1 - w) * t.sf(z * 0.7407 / 0.6745, 4). */
const MIXED = [
  [-2, 0.7, 0.970119445644768],
  [0, 0.9, 0.5],
  [1, 0.5, 0.16277818213162176],
  [3, 0.98, 0.001623798725309947],
  [5, 0.9, 0.0002682901253453738],
  [10, 0.98, 3.9072778708809035e-6],
] as const;

/** Upper tail, deviate: SciPy 1.17.1, scipy.stats.norm.isf(p). */
const DEVIATES = [
  [0.5, 0],
  [0.4, 0.2533471031357997],
  [0.25, 0.6744897501960817],
  [0.1, 1.2815515655446004],
  [0.025, 1.9599639845400545],
  [1e-3, 3.090232306167813],
  [1e-4, 3.7190164854556804],
  [1e-5, 4.264890793922825],
  [1.1e-6, 4.734126951614493],
  [9e-7, 4.774672430390721],
  [1e-8, 5.612001244174789],
  [1e-12, 7.034483825301131],
  [1e-30, 11.464024688443613],
  [1e-100, 21.273453560965322],
  [1e-200, 30.20559417957964],
  [1e-300, 37.0470962993612],
] as const;

describe("tails", () => {
  test.each(NORMAL)("normal, z = %d", (z, tail) => {
    expect(off(normalTail(z), tail)).toBeLessThan(1.3e-7);
  });

  test.each(STUDENT)("Student's t with 4 degrees, t = %d", (t, tail) => {
    expect(off(student4Tail(t), tail)).toBeLessThan(2e-7);
  });

  test.each(MIXED)("both mixed, z = %d, normal %d", (z, normal, tail) => {
    expect(off(mixedTail(z, normal), tail)).toBeLessThan(2e-7);
  });

  test("the two branches of Student's tail meet where one gives way to the other", () => {
    // c = 4 / (4 + t²) is 0.001 here.
    const t = Math.sqrt(3_996);
    expect(off(student4Tail(t - 1e-9), student4Tail(t + 1e-9))).toBeLessThan(1e-6);
  });

  test("the examples of the docstrings", () => {
    expect(normalTail(1.959964)).toBeCloseTo(0.025, 7);
    expect(student4Tail(2.776445)).toBeCloseTo(0.025, 7);
  });

  test("densities: SciPy 1.17.1 norm.logpdf(2), t.logpdf(2 * 0.7407 / 0.6745, 4) + log(0.7407 / 0.6745)", () => {
    expect(logNormal(2)).toBeCloseTo(-2.9189385332046727, 12);
    expect(logStudent4(2)).toBeCloseTo(-2.8650740677809554, 12);
  });
});

describe("the deviate of a tail", () => {
  test.each(DEVIATES)("p = %d", (p, deviate) => {
    expect(Math.abs(deviateOf(p) - deviate)).toBeLessThan(p < 1e-6 ? 1e-3 : 0.015);
  });

  test("grows as the tail shrinks, across its branches too, and ends somewhere", () => {
    let before = -1;
    for (let l = -0.302; l >= -320; l -= 0.02) {
      const z = deviateOf(10 ** l);
      expect(z).toBeGreaterThanOrEqual(before);
      before = z;
    }
    expect(before).toBeLessThanOrEqual(40);
    for (const p of [0, -0.1, 0.5, 0.9, 1]) expect(Number.isFinite(deviateOf(p))).toBe(true);
  });
});
