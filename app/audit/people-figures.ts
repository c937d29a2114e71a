import type { Audience } from "../../core/config.ts";
import type { PeopleFigures } from "../../core/model.ts";
import type { CompareInput, SetComparison } from "../../members/compare-sets.ts";
import type { App } from "../app.ts";
import type { Readings } from "./compare-audience.ts";

/** What a comparison tells of people who should not be in a copy or get mail from it, by system. */
export async function peopleFigures(
  _app: Pick<App, "config" | "dataDir" | "keys">,
  _audience: Audience,
  _readings: Readings,
  _input: CompareInput,
  counts: SetComparison,
): Promise<Record<string, PeopleFigures>> {
  return Object.fromEntries(
    counts.systems.map((system) => [
      system,
      {
        keptOut: counts.keptOut[system] ?? {},
        exposed: null,
        optedOutElsewhere: null,
        overSuppressed: null,
      },
    ]),
  );
}
