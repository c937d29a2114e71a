import type { Config, Send } from "../../core/config.ts";
import type { KnownCampaign } from "../../core/facts.ts";
import { type AudienceId, instant } from "../../core/model.ts";
import { listCampaigns } from "../../store/list-campaigns.ts";
import type { App } from "../app.ts";

/** A list that a campaign of the last days left out is taken to be one that the next campaign leaves out as well. */
const LEFT_OUT_DAYS = 90;

export async function knownCampaigns(app: Pick<App, "db" | "clock">): Promise<readonly KnownCampaign[]> {
  const since = app.clock.now().getTime() - LEFT_OUT_DAYS * 86_400_000;
  return listCampaigns(app.db, instant(new Date(since)));
}

/**
 * Campaigns that systems have scheduled, as sends of the calendar: one for every audience that gets it or is left out
 * of it, since a mistake in either shows in that send. One to nobody of ours has the audience null.
 */
export function campaignSends(campaigns: readonly KnownCampaign[]): Send[] {
  return campaigns.flatMap((c): Send[] => {
    if ((c.state !== "scheduled" && c.state !== "sending") || c.at === null) return [];
    const audiences = new Set<AudienceId | null>([...c.includes, ...c.excludes].flatMap((r) => r.audiences));
    if (!c.includes.some((r) => r.audiences.length > 0)) audiences.add(null);
    return [...audiences].map((audience) => ({
      name: c.name,
      system: c.system,
      audience,
      at: c.at,
      cron: null,
    }));
  });
}

/** The configuration with those campaigns in its calendar; one that the YAML dates as well is not there twice. */
export function withSends(config: Config, sends: readonly Send[]): Config {
  const named = (s: Send) =>
    config.calendar.some(
      (own) =>
        own.system === s.system &&
        own.audience === s.audience &&
        own.at !== null &&
        s.at !== null &&
        Date.parse(own.at) === Date.parse(s.at),
    );
  return { ...config, calendar: [...config.calendar, ...sends.filter((s) => !named(s))] };
}

export const configWithCampaigns = async (app: Pick<App, "db" | "clock" | "config">): Promise<Config> =>
  withSends(app.config, campaignSends(await knownCampaigns(app)));

/** What keeps connectors quiet around a send cannot ask the database, so it is told. */
export async function refreshPlannedSends(
  app: Pick<App, "db" | "clock" | "config" | "plannedSends">,
): Promise<void> {
  app.plannedSends.current = (await configWithCampaigns(app)).calendar;
}

/** Name of a campaign that leaves out a copy of this audience; null: none that is known. */
export function leftOutBy(campaigns: readonly KnownCampaign[], audience: AudienceId): string | null {
  return campaigns.find((c) => c.excludes.some((r) => r.audiences.includes(audience)))?.name ?? null;
}
