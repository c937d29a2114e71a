import type { PeopleFigures } from "../../core/comparison.ts";
import type { Audience } from "../../core/config.ts";
import { instant, type SystemId } from "../../core/model.ts";
import type { CompareInput, SetComparison } from "../../members/compare-sets.ts";
import { type DifferenceKind, differences } from "../../members/differences.ts";
import type { App } from "../app.ts";
import { ElsewhereTally, ExposedTally, OverTally, type Tally } from "./people-tallies.ts";
import type { Readings } from "./readings.ts";

type Given = Pick<App, "config" | "dataDir" | "keys" | "audits" | "clock">;

/** People that are looked up at a time; differences come partition by partition, so each block is opened about once. */
const AT_ONCE = 10_000;

/**
 * What a comparison tells of people who should not be in a copy or get mail from it, by system. Only where the counts
 * say that there is somebody are people looked up in the sealed rows, and only counts come out of it.
 */
export async function peopleFigures(
  app: Given,
  audience: Audience,
  readings: Readings,
  input: CompareInput,
  counts: SetComparison,
): Promise<Record<string, PeopleFigures>> {
  const figures: Record<string, PeopleFigures> = {};
  const suppression = audience.purpose === "suppression";
  for (const system of counts.systems) {
    const mailable = counts.perSystem[system]?.mailableOptedOut ?? null;
    const elsewhere = counts.optedOutElsewhere[system] ?? null;
    const over = counts.overSuppressed[system] ?? null;
    const told = { app, audience, readings, system };
    figures[system] = {
      keptOut: counts.keptOut[system] ?? {},
      exposed:
        !suppression || mailable === null
          ? null
          : await tallied(input, mailable, await ExposedTally.of(told, instant(app.clock.now()))),
      optedOutElsewhere:
        elsewhere === null ? null : await tallied(input, elsewhere, new ElsewhereTally(told)),
      overSuppressed: over === null ? null : await tallied(input, over, new OverTally(told)),
    };
  }
  return figures;
}

async function tallied<R>(
  input: CompareInput,
  people: number,
  tally: Tally<R> & { readonly system: SystemId },
): Promise<R> {
  if (people === 0) return tally.result();
  const kinds: ReadonlySet<DifferenceKind> = new Set([tally.kind]);
  let waiting = [];
  for await (const d of differences(input, kinds, { systems: new Set([tally.system]) })) {
    waiting.push(d);
    if (waiting.length < AT_ONCE) continue;
    await tally.add(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await tally.add(waiting);
  return tally.result();
}
