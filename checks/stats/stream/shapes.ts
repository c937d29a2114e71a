import { type Cadence, priorsOf } from "./calendar.ts";
import type { ModelShape } from "./kalman.ts";
import type { KindPrior } from "./priors.ts";

/** Where the noise lies: in the measurement, lingering for a day or a few, in the level, or between. */
const NOISES = [
  { noiseShare: 0.999, lingering: 0, memory: 0 },
  { noiseShare: 0.999, lingering: 0.5, memory: 0.4 },
  { noiseShare: 0.999, lingering: 0.7, memory: 0.75 },
  { noiseShare: 0.93, lingering: 0, memory: 0 },
  { noiseShare: 0.6, lingering: 0, memory: 0 },
  { noiseShare: 0.12, lingering: 0, memory: 0 },
] as const;
/** A model whose level hardly moves by itself. */
const SLOW_SHARE = 0.999;
/** Of a series that is read every hour or so the level moves as little in a day. */
const SLOW_OFTEN = 0.9998;
/** Guesses of the noise around what is usual for the kind. */
const SCALES = [0.22, 1, 4] as const;
/** What is left of a slope after one step. */
const DAMPING = 0.99;

export const SHAPES = SCALES.flatMap((scale) =>
  NOISES.flatMap((noise) => [false, true].map((lively) => ({ scale, noise, lively }))),
);

/** A guess at the usual noise counts double. */
export const PRIOR_WEIGHTS = SHAPES.map((s) => (s.scale === 1 ? 2 : 1));

const SLOW = SHAPES.map((s) => s.noise.noiseShare >= SLOW_SHARE);
export const isSlow = (shape: number): boolean => SLOW[shape] === true;

/** Equal for models that differ in their guess of the noise alone. */
export const siblingsOf = (shape: number): number => shape % (2 * NOISES.length);

/** The model of this number for a series of this kind and cadence. */
export function shapeOf(
  shape: number,
  cadence: Cadence,
  prior: KindPrior,
): { shape: ModelShape; logSigma: number } {
  const made = SHAPES[shape];
  if (made === undefined) throw new RangeError(`there is no model ${shape}`);
  const { scale, noise, lively } = made;
  return {
    shape: {
      ...noise,
      noiseShare: isSlow(shape) && cadence === "subdaily" ? SLOW_OFTEN : noise.noiseShare,
      priors: priorsOf(cadence, lively ? prior.lively : prior.calm, lively ? prior.edge : prior.calm),
      slope: (cadence === "subdaily" ? 1 / 24 : 1) * prior.slope * (scale < 1 ? 0.5 : 1),
      damping: DAMPING,
    },
    logSigma: Math.log(prior.sigma * scale),
  };
}
