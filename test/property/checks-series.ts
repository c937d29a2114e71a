/** Seeded synthetic sizes of an audience: level, growth, weekly rhythm, noise, month ends, campaign bumps. */

export type Shape = {
  size: number;
  growth: number;
  rhythm: number;
  walk: number;
  noise: number;
  bumps: boolean;
  monthEnds: boolean;
};

/** mulberry32: small, seeded, good enough for test data. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const normal = (r: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - r())) * Math.cos(2 * Math.PI * r());

export function shapeOf(seed: number): Shape {
  const r = random(seed * 7919 + 1);
  return {
    size: Math.exp(Math.log(400) + r() * (Math.log(200_000) - Math.log(400))),
    growth: -0.0006 + r() * 0.003,
    rhythm: r() * 0.03,
    walk: 0.0005 + r() * 0.003,
    noise: 0.0003 + r() * 0.003,
    bumps: seed % 2 === 0,
    monthEnds: seed % 3 === 0,
  };
}

/** True sizes of `days` days from 1 September 2026, a Tuesday. */
export function sizes(seed: number, days: number, shape: Shape = shapeOf(seed)): number[] {
  const r = random(seed);
  const week = Array.from({ length: 7 }, (_, d) => (d >= 4 && d <= 5 ? -1 : 0.4) + 0.3 * normal(r));
  let level = Math.log(shape.size);
  return Array.from({ length: days }, (_, day) => {
    level += shape.growth + shape.walk * normal(r);
    const date = new Date(Date.UTC(2026, 8, 1 + day));
    const last = new Date(date.getTime() + 86_400_000).getUTCDate() === 1;
    // A campaign brings 4 % for three days, five weeks apart.
    const bump = shape.bumps && day % 35 >= 30 && day % 35 < 33 ? 0.04 : 0;
    const end = shape.monthEnds && last ? 0.03 : 0;
    const log = level + shape.rhythm * (week[day % 7] ?? 0) + bump + end + shape.noise * normal(r);
    return Math.round(Math.exp(log) + 0.3 * Math.sqrt(shape.size) * normal(r) * 0.2);
  });
}
