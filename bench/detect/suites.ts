/** One kind of material: how it is made, who is measured on it, and what must hold on it. */
export type Suite = {
  readonly name: string;
  readonly what: string;
  /** Generator and scorer, relative to the material's folder. */
  readonly generator: readonly string[];
  readonly scorer: "run.mjs" | "flip/score.mjs";
  /** Series or segments: in full, and to see whether it runs at all. */
  readonly size: { readonly full: number; readonly small: number };
  /** Name → script and arguments, relative to the material's folder. */
  readonly peers: Readonly<Record<string, readonly string[]>>;
  /** Options of `plumbline detect`. */
  readonly ours: readonly string[];
  readonly floors: readonly Floor[];
};

/** A bound on one figure: at least, or at most. */
export type Floor = { readonly figure: string } & ({ readonly least: number } | { readonly most: number });

const METRIC_PEERS = {
  "3 σ over 28": ["peers/z28.mjs"],
  "median/MAD over 28": ["peers/mad28.mjs"],
  "1.5 IQR over 28": ["peers/iqr28.mjs"],
  "week over week 20 %": ["peers/wow.mjs"],
  "z = 3 over 14 days, as dbt packages do": ["peers/elementary.mjs"],
  "Holt-Winters residual": ["peers/hw.mjs"],
};

const metrics = (name: string, what: string, size: Suite["size"], floors: readonly Floor[]): Suite => ({
  name,
  what,
  generator: ["gen/generate.mjs", "--suite", name],
  scorer: "run.mjs",
  size,
  peers: METRIC_PEERS,
  ours: [],
  floors,
});

export const SUITES: readonly Suite[] = [
  metrics("daily", "daily series with faults", { full: 280, small: 12 }, [
    { figure: "AuditScore", least: 80 },
    { figure: "recall at FA 1", least: 0.78 },
  ]),
  metrics("hourly", "hourly series with faults", { full: 80, small: 6 }, [
    { figure: "AuditScore", least: 84 },
    { figure: "FA", most: 20 },
  ]),
  metrics("cold", "series that have only begun", { full: 280, small: 12 }, [
    { figure: "AuditScore", least: 68 },
  ]),
  metrics("clean", "daily series without any fault", { full: 280, small: 12 }, [{ figure: "FA", most: 1.5 }]),
  {
    name: "distributions",
    what: "daily counts by category",
    generator: ["dist/gen.mjs"],
    scorer: "run.mjs",
    size: { full: 160, small: 10 },
    peers: {
      "PSI > 0.2": ["dist/det.mjs", "psi"],
      "Jensen-Shannon > 0.1": ["dist/det.mjs", "js"],
      "chi-square, p < 0.05": ["dist/det.mjs", "chi2"],
    },
    ours: ["--distributions"],
    floors: [
      { figure: "AuditScore", least: 74 },
      { figure: "FA", most: 5 },
    ],
  },
  {
    name: "flips",
    what: "who comes and goes, daily and hourly",
    generator: ["flip/gen.mjs"],
    scorer: "flip/score.mjs",
    size: { full: 90, small: 8 },
    peers: { "4 changes in 21 reads": ["flip/naive.mjs"] },
    ours: ["--flips"],
    floors: [
      { figure: "fights found", least: 0.98 },
      { figure: "member precision", least: 0.98 },
      { figure: "FA", most: 2 },
    ],
  },
];

/** Microseconds of processor a point, the process and its start included. */
export const MOST_COST = 150;
