import type { IncidentFacts } from "../../alerts/slack/facts.ts";
import { nextSend } from "../../checks/next-send.ts";
import type { Incident, IncidentEvent } from "../../core/finding.ts";
import { audiencesOf, isOfSystem, tellsOf } from "../../core/incident-order.ts";
import type { Instant, Snapshot } from "../../core/model.ts";
import { plansOfIncident } from "../../store/plans-of-incident.ts";
import type { App } from "../app.ts";
import { configWithCampaigns } from "../facts/calendar.ts";

type Base = Omit<App, "notify">;

/** Where people open the dashboard; without `server.public_url` only this machine can. */
export const publicUrlOf = ({ config }: Pick<App, "config">): string =>
  (config.server.publicUrl ?? `http://${config.server.host}:${config.server.port}`).replace(/\/+$/, "");

/**
 * What a Slack message says beside the incident, as it is now.
 *
 * @param at the moment of the change: the next send is the next one after it
 */
export async function factsOf(app: Base, incident: Incident, at: Instant): Promise<IncidentFacts> {
  const { finding } = incident;
  const system = app.config.systems.find((s) => s.id === finding.system);
  const latest = await latestReading(app, incident);
  const config = await configWithCampaigns(app);
  const touched = finding.siblings === undefined ? [finding.audience] : audiencesOf(finding);
  const [send = null] = touched
    .flatMap((a) => nextSend(config, a, system?.sends === true ? finding.system : null, at) ?? [])
    .sort((a, b) => a.at.localeCompare(b.at));
  return {
    incident,
    audienceTitle: app.config.audiences.find((a) => a.id === finding.audience)?.title ?? null,
    systemTitle: system?.title ?? finding.system,
    nextSend:
      send === null
        ? null
        : {
            name: send.name,
            at: send.at,
            systemTitle: app.config.systems.find((s) => s.id === send.system)?.title ?? send.system,
          },
    alsoMoved: alsoMoved(incident, await app.audits.openIncidents()),
    data: latest === undefined ? null : { coverage: latest.coverage, asOf: latest.asOf },
    plans: await plansOfIncident(app.db, incident.id),
    actor: actorOf(incident, await app.audits.incidentEvents(incident.id)),
    timezone: app.config.timezone,
    publicUrl: publicUrlOf(app),
  };
}

/** The reading that the incident rests on; of a whole system the one that failed, if one did. */
async function latestReading(app: Base, { finding }: Incident): Promise<Snapshot | undefined> {
  if (finding.audience !== null) return (await app.audits.snapshots(finding.audience, finding.system, 1))[0];
  const copies = app.config.audiences.filter((a) => a.segments.some((s) => s.system === finding.system));
  const latest: Snapshot[] = [];
  const read = isOfSystem(finding) ? [null, ...copies.map((a) => a.id)] : audiencesOf(finding);
  for (const audience of read) latest.push(...(await app.audits.snapshots(audience, finding.system, 1)));
  return latest.find((s) => s.coverage !== "complete") ?? latest[0];
}

/** Incidents that came up in the same moment at the same audience, or with the same cause. */
function alsoMoved(incident: Incident, all: readonly Incident[]): IncidentFacts["alsoMoved"] {
  const { finding } = incident;
  return all
    .filter(
      (o) =>
        o.id !== incident.id &&
        o.state !== "resolved" &&
        o.openedAt === incident.openedAt &&
        !o.finding.cantTell &&
        !finding.cantTell,
    )
    .map((o) => ({
      o,
      sameCause: finding.cause.text !== null && o.finding.cause.text === finding.cause.text,
    }))
    .filter(({ o, sameCause }) => sameCause || audiencesOf(finding).some((a) => tellsOf(o.finding, a)))
    .map(({ o, sameCause }) => ({ title: o.finding.title, sameCause }));
}

const EVENTS_OF: Readonly<Partial<Record<Incident["state"], readonly IncidentEvent["kind"][]>>> = {
  acknowledged: ["taken"],
  snoozed: ["snoozed"],
  resolved: ["resolved", "marked_false"],
};

function actorOf(incident: Incident, events: readonly IncidentEvent[]): string | null {
  const actor = events.findLast((e) => EVENTS_OF[incident.state]?.includes(e.kind))?.actor ?? null;
  return actor === "Plumbline" ? null : actor;
}
