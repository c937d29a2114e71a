import type { Config } from "../core/config.ts";
import { type AudienceId, type Instant, instant, type SystemId } from "../core/model.ts";
import { nextFire, parseCron } from "./cron.ts";

export type NextSend = { readonly name: string; readonly at: Instant; readonly system: SystemId };

/**
 * The next planned send to an audience, from the calendar of the configuration; null: not known.
 *
 * @param audience null: any audience. A suppression audience counts for every send, since it guards all of them.
 * @param system null: from any system.
 */
export function nextSend(
  config: Config,
  audience: AudienceId | null,
  system: SystemId | null,
  now: Instant,
): NextSend | null {
  const guardsAll = config.audiences.find((a) => a.id === audience)?.purpose === "suppression";
  const after = Date.parse(now);
  let best: NextSend | null = null;
  for (const send of config.calendar) {
    if (system !== null && send.system !== system) continue;
    if (audience !== null && !guardsAll && send.audience !== audience) continue;
    const at = timeOf(send, after, config.timezone);
    if (at !== null && (best === null || at < Date.parse(best.at)))
      best = { name: send.name, at: instant(new Date(at)), system: send.system };
  }
  return best;
}

function timeOf(send: Config["calendar"][number], after: number, timezone: string): number | null {
  if (send.at !== null) {
    const at = Date.parse(send.at);
    if (at > after) return at;
  }
  const cron = send.cron === null ? null : parseCron(send.cron);
  return cron === null ? null : nextFire(cron, after, timezone);
}
