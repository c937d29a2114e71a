import { freshHours } from "../../../checks/freshness.ts";
import { overallScore, scoreOf } from "../../../checks/score.ts";
import type { Config } from "../../../core/config.ts";
import { instant } from "../../../core/model.ts";
import type * as core from "../../../core/score.ts";
import type { Score } from "../contract.ts";
import type { World } from "./world.ts";

type Scored = { readonly title: string; readonly score: core.Score };

/** Each audience's integrity score, from its latest readings, its latest comparison and the open incidents. */
export function scoresOf(world: World, config: Config): Scored[] {
  const now = instant(world.now);
  return world.audiences.map((audience) => ({
    title: audience.title,
    score: scoreOf({
      now,
      audience,
      copies: world.segments
        .filter((s) => s.audience.id === audience.id)
        .map((s) => ({
          system: s.system,
          isOwner: s.isOwner,
          history: s.history,
          freshHours: freshHours({ config, audience, system: s.system, now }),
        })),
      comparison: world.comparisons.get(audience.id)?.at(-1) ?? null,
      incidents: world.open,
    }),
  }));
}

export const overallView = (world: World, config: Config): Score =>
  scoreView(overallScore(scoresOf(world, config)));

/** Of the first audience of this world. */
export function audienceView(world: World, config: Config): Score {
  const [first] = scoresOf(world, config);
  return scoreView(first?.score ?? overallScore([]));
}

const scoreView = (s: core.Score): Score => ({
  value: s.value,
  atMost: s.atMost,
  heldBy: s.heldBy,
  text: s.text,
  parts: s.parts.map((p) => ({ ...p, blind: [...p.blind] })),
});
