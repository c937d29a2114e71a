import { STANDARD_CLOCK_IDS } from "./consent-clocks.ts";
import type { Report } from "./references.ts";
import type { ConfigFile } from "./schema.ts";

/** Terms of one's own: each named once, and in hours or in business days. */
export function checkClocks(file: ConfigFile, report: Report): void {
  const own = file.consent_clocks?.own ?? [];
  for (const [i, clock] of own.entries()) {
    const path = ["consent_clocks", "own", i];
    const taken = [...STANDARD_CLOCK_IDS, ...own.slice(0, i).map((c) => c.id)];
    if (taken.includes(clock.id))
      report([...path, "id"], `there is a term called “${clock.id}” already`, "choose another id");
    if (clock.hours !== undefined && clock.business_days !== undefined)
      report(
        path,
        `${clock.id} is given in hours and in business days`,
        "keep one; the other can be a term of its own",
        clock,
      );
  }
}
