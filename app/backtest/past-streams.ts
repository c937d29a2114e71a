import { foldSizes, sizeStream } from "../../checks/sizes.ts";
import { DistributionStream } from "../../checks/stats/distribution.ts";
import type { MetricStream } from "../../checks/stats/stream/metric-stream.ts";
import type { Config } from "../../core/config.ts";
import type { DistributionVerdict } from "../../core/distribution.ts";
import type { CheckInput } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import type { SizeReading } from "../../core/stream.ts";
import { countedAttributes } from "../audit/counted-attributes.ts";
import { fold, judgeOnly } from "../audit/fold-distributions.ts";
import { trackedAttributes } from "../audit/targets.ts";

/** Sizes of one segment as they were judged one after the other. */
class PastSizes {
  #stream: MetricStream | null = null;
  #readings: SizeReading[] = [];

  /** @param history of the segment up to that audit, oldest first */
  upTo(history: CheckInput["history"], cadence: string, timezone: string): readonly SizeReading[] {
    const first = history[0];
    if (first === undefined) return [];
    this.#stream ??= sizeStream(cadence, first.takenAt, timezone);
    const lastAt = this.#readings.at(-1)?.at ?? null;
    this.#readings.push(...foldSizes(this.#stream, lastAt, history, timezone));
    return [...this.#readings];
  }
}

type Kept = { readonly stream: DistributionStream; lastAt: Instant | null };

/**
 * The streams of one segment, made anew from the first reading that is kept: what they remember now knows of what came
 * later. Asked audit by audit, in order.
 */
export class PastStreams {
  readonly #attributes: ReadonlyMap<string, Kept>;
  readonly #own = new PastSizes();
  readonly #owner = new PastSizes();

  constructor(config: Pick<Config, "attributes">, audience: CheckInput["audience"]) {
    this.#attributes = new Map(
      countedAttributes(config, trackedAttributes(audience)).map((name) => [
        name,
        { stream: new DistributionStream(), lastAt: null },
      ]),
    );
  }

  /** The input with the verdicts on its latest reading. */
  on(input: CheckInput): CheckInput {
    const latest = input.history.at(-1);
    const distributions: Record<string, DistributionVerdict> = {};
    for (const [attribute, kept] of this.#attributes) {
      const folded = fold(kept.stream, kept.lastAt, input.history, attribute);
      kept.lastAt = folded.lastAt;
      if (latest?.coverage !== "complete") continue;
      const verdict = folded.of === latest.id ? folded.verdict : judgeOnly(kept.stream, latest, attribute);
      if (verdict !== null) distributions[attribute] = verdict;
    }
    const { cadence } = input.audience;
    const { timezone } = input.config;
    const sizes = this.#own.upTo(input.history, cadence, timezone);
    const ownerSizes = input.isOwner ? sizes : this.#owner.upTo(input.ownerHistory, cadence, timezone);
    return { ...input, distributions, sizes, ownerSizes };
  }
}
