const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Regressors that are not zero at a point. */
export type Regressors = { readonly index: Int32Array; readonly value: Float64Array; n: number };

/** Daily and rarer: weekdays and month edges. More often: hours of the day, weekdays, the weekend's own hours. */
export type Cadence = "daily" | "subdaily";

const HARMONICS = 6;
const WEEKEND_HARMONICS = 2;

/** Regressors of each cadence, in order. */
export const REGRESSORS: Readonly<Record<Cadence, number>> = {
  daily: 7 + 2,
  subdaily: 7 + 2 * HARMONICS + 2 * WEEKEND_HARMONICS,
};

export const regressors = (cadence: Cadence): Regressors => ({
  index: new Int32Array(REGRESSORS[cadence]),
  value: new Float64Array(REGRESSORS[cadence]),
  n: 0,
});

/** Fills in what is not zero at `t`, wall-clock milliseconds of the series. */
export function fillRegressors(cadence: Cadence, t: number, into: Regressors): void {
  const day = Math.floor(t / DAY);
  const weekday = (((day + 4) % 7) + 7) % 7;
  into.n = 0;
  const add = (index: number, value: number) => {
    into.index[into.n] = index;
    into.value[into.n++] = value;
  };
  add(weekday, 1);
  if (cadence === "daily") {
    const date = new Date(t);
    if (date.getUTCDate() === 1) add(7, 1);
    if (new Date(t + DAY).getUTCDate() === 1) add(8, 1);
    return;
  }
  const turn = (2 * Math.PI * (t - day * DAY)) / DAY;
  let at = 7;
  for (let k = 1; k <= HARMONICS; k++) {
    add(at++, Math.cos(k * turn));
    add(at++, Math.sin(k * turn));
  }
  if (weekday === 0 || weekday === 6) {
    for (let k = 1; k <= WEEKEND_HARMONICS; k++) {
      add(at++, Math.cos(k * turn));
      add(at++, Math.sin(k * turn));
    }
  }
}

export const cadenceOf = (step: number): Cadence => (step >= 12 * HOUR ? "daily" : "subdaily");

/** Prior standard deviations in the order of the regressors, for a rhythm of this strength. */
export function priorsOf(cadence: Cadence, rhythm: number, edge: number): number[] {
  const week = new Array<number>(7).fill(rhythm);
  if (cadence === "daily") return [...week, edge, edge];
  const hours = Array.from({ length: 2 * HARMONICS }, (_, i) => (1.2 * rhythm) / (1 + (i >> 1)));
  const weekend = new Array<number>(2 * WEEKEND_HARMONICS).fill(rhythm / 4);
  return [...week.map((w) => w / 2), ...hours, ...weekend];
}
