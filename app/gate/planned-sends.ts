import { nextSend } from "../../checks/next-send.ts";
import { type Clock, nowOf } from "../../core/clock.ts";
import type { Config, Send } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { KnownCampaign } from "../../core/facts.ts";
import type { GateSend } from "../../core/gate.ts";
import type { Instant } from "../../core/model.ts";
import type { App } from "../app.ts";
import { knownCampaigns } from "../facts/calendar.ts";

type Known = Pick<App, "db" | "clock" | "config">;

/** Every send that is still to go out, soonest first: what systems told of, and what the calendar adds to it. */
export const plannedSends = async (app: Known): Promise<GateSend[]> =>
  sendsOf(app.config, await knownCampaigns(app), app.clock);

export function sendsOf(config: Config, campaigns: readonly KnownCampaign[], clock: Clock): GateSend[] {
  const now = nowOf(clock);
  const dated = config.calendar.map((send) => ({ send, at: nextOf(config, send, now) }));
  const told = campaigns
    .filter((c) => c.state !== "sent" && c.state !== "cancelled" && timeOf(c.at) >= Date.parse(now))
    .map((c): GateSend => {
      const own = dated.find(({ send, at }) => isSame(c, send, at))?.send;
      return {
        id: c.id,
        name: c.name,
        system: c.system,
        systemTitle: titleOf(config, c.system),
        at: c.at,
        isDraft: c.state === "draft",
        source: "campaign",
        toldAt: c.lastSeen,
        transactional: own?.transactional ?? null,
        includes: c.includes,
        excludes: c.excludes,
      };
    });
  const own = dated.flatMap(({ send, at }): GateSend[] => {
    if (at === null || send.audience === null || campaigns.some((c) => isSame(c, send, at))) return [];
    const ref = (id: NonNullable<Send["audience"]>) => ({
      name: config.audiences.find((a) => a.id === id)?.title ?? id,
      audiences: [id],
    });
    return [
      {
        id: send.name,
        name: send.name,
        system: send.system,
        systemTitle: titleOf(config, send.system),
        at,
        isDraft: false,
        source: "calendar",
        toldAt: null,
        transactional: send.transactional ?? null,
        includes: [ref(send.audience)],
        excludes: (send.excludes ?? []).map(ref),
      },
    ];
  });
  return [...told, ...own].sort((a, b) => timeOf(a.at) - timeOf(b.at));
}

const timeOf = (at: Instant | null): number => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at));

const nextOf = (config: Config, send: Send, now: Instant): Instant | null =>
  nextSend({ ...config, calendar: [send] }, null, null, now)?.at ?? null;

const titleOf = (config: Config, system: string): string =>
  config.systems.find((s) => s.id === system)?.title ?? system;

const DAY = 86_400_000;

/** Does this line of the calendar speak of that campaign? Then the system's own word of it counts. */
function isSame(c: KnownCampaign, send: Send, at: Instant | null): boolean {
  if (c.system !== send.system || c.at === null || at === null) return false;
  const apart = Math.abs(Date.parse(c.at) - Date.parse(at));
  const toIt = c.includes.some((r) => send.audience !== null && r.audiences.includes(send.audience));
  return (toIt && apart === 0) || (sameText(c.name, send.name) && apart < DAY);
}

const sameText = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/**
 * The send of this name or id; of several with one name the next.
 *
 * @throws AuditorError not_found; bad_data: two systems have one of this name
 */
export function sendNamed(sends: readonly GateSend[], wanted: string): GateSend {
  const byId = sends.filter((s) => s.id === wanted);
  const found = byId.length > 0 ? byId : sends.filter((s) => sameText(s.name, wanted));
  const [first] = found;
  if (first === undefined) {
    const names = sends.slice(0, 5).map((s) => `“${s.name}”`);
    throw new AuditorError(
      "not_found",
      "campaign",
      "no send of this name or id is planned",
      names.length === 0
        ? "write it into calendar:, or audit a system that tells its campaigns"
        : `use one of ${names.join(", ")}`,
    );
  }
  const systems = [...new Set(found.map((s) => s.systemTitle))];
  if (systems.length > 1)
    throw new AuditorError(
      "bad_data",
      "campaign",
      `${systems.join(" and ")} each have a send of this name`,
      `use an id: ${found.map((s) => s.id).join(", ")}`,
    );
  return first;
}
