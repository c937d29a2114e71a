import { aWeek } from "../../../checks/flip-timeline.ts";
import type { Comparison } from "../../../core/comparison.ts";
import type { AudienceDetail } from "../contract.ts";

/** Copies with people who flip, and what the last reads had been with one rule deciding for them. */
export function replaysOf(comparison: Comparison | null): AudienceDetail["replays"] {
  return (comparison?.systems ?? []).flatMap((system) => {
    const here = comparison?.perSystem[system];
    const flips = here?.flips;
    if (here === undefined || flips === undefined || here.flipping === 0) return [];
    const { replay } = flips;
    return [
      {
        system,
        people: here.flipping,
        reads: flips.reads,
        flipsAWeek: aWeek(flips.returns, flips),
        rule:
          replay === null
            ? null
            : { name: replay.rule, flipsAWeek: aWeek(replay.returns, flips), differs: replay.differs },
      },
    ];
  });
}
