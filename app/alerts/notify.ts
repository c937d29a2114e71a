import { kindOf } from "../../alerts/dispatch.ts";
import type { NoticeDeps } from "../../alerts/notify-incident.ts";
import { drain } from "../../alerts/outbox.ts";
import { slackClient } from "../../alerts/slack/client.ts";
import { type Instant, instant } from "../../core/model.ts";
import type { Database } from "../../store/database.ts";
import { getIncident } from "../../store/get-incident.ts";
import { withNoticeLock } from "../../store/notice-lock.ts";
import { incidentsOfRollUp, rollUpSince } from "../../store/roll-ups.ts";
import type { App } from "../app.ts";
import { errorText } from "../log.ts";
import { factsOf, publicUrlOf } from "./facts.ts";

type Base = Omit<App, "notify">;

/** One queue per database: what a request, an audit and the minute's job want to tell goes out one after the other. */
type Sender = { last: Promise<void>; notBefore: number };
const senders = new WeakMap<Database, Sender>();

/**
 * How Plumbline tells people about changes of state. Every change is written to the outbox first and then sent, so
 * that neither a crash nor a Slack that is down loses one. No Slack route: nothing to tell. Never throws.
 */
export function makeNotify(base: Base): App["notify"] {
  return async (changes) => {
    if (base.config.routes.slack === null || changes.length === 0) return;
    try {
      const waiting = new Set((await base.notices.outbox()).map((w) => w.incidentId));
      let at: Instant | null = null;
      for (const { transition, incident } of changes) {
        const kind = kindOf(transition, incident);
        // the demo audits eight weeks on its own clock, so the moment comes from the change and not from ours
        const moment = incident.changedAt > incident.lastSeenAt ? incident.changedAt : incident.lastSeenAt;
        if (at === null || moment > at) at = moment;
        if (kind !== "seen" || !waiting.has(incident.id))
          await base.notices.enqueue(incident.id, kind, moment);
      }
      await send(base, at ?? instant(base.clock.now()));
    } catch (error) {
      warn(base, error);
    }
  };
}

/** Tries again what could not be told; each minute. Never throws. */
export async function drainOutbox(app: Base): Promise<void> {
  if (app.config.routes.slack === null || (await app.notices.outbox()).length === 0) return;
  try {
    await send(app, instant(app.clock.now()));
  } catch (error) {
    warn(app, error);
  }
}

function send(base: Base, at: Instant): Promise<void> {
  const sender = senders.get(base.db) ?? { last: Promise.resolve(), notBefore: 0 };
  senders.set(base.db, sender);
  const mine = sender.last.then(() => sendNow(base, sender, at));
  sender.last = mine.catch(() => undefined); // told to its own caller; the next one starts afresh
  return mine;
}

async function sendNow(base: Base, sender: Sender, at: Instant): Promise<void> {
  const { slack } = base.config.routes;
  if (slack === null || base.clock.now().getTime() < sender.notBefore) return;
  const result = await withNoticeLock(base.db, () => drain(depsOf(base, slack, at), at));
  if (result === null) return; // another process sends now, and ours with it or in a minute
  if (result.waitMs !== null) sender.notBefore = base.clock.now().getTime() + result.waitMs;
  if (result.told > 0) base.log.info("notices.told", { incidents: result.told });
}

function depsOf(base: Base, slack: NonNullable<Base["config"]["routes"]["slack"]>, at: Instant): NoticeDeps {
  return {
    notices: base.notices,
    slack: slackClient({
      token: () => base.secret(slack.token),
      apiUrl: slack.apiUrl,
      wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    }),
    channel: slack.channel,
    timezone: base.config.timezone,
    publicUrl: publicUrlOf(base),
    log: base.log,
    incident: (id) => getIncident(base.db, id),
    facts: (incident) => factsOf(base, incident, at),
    rollUpSince: (since) => rollUpSince(base.db, since),
    incidentsOf: (rollUp) => incidentsOfRollUp(base.db, rollUp),
    async systemTold(incident) {
      if (!incident.finding.cantTell || incident.finding.audience === null) return false;
      const others = (await base.audits.openIncidents()).filter(
        (o) =>
          o.id !== incident.id &&
          o.state !== "resolved" &&
          o.finding.cantTell &&
          o.finding.system === incident.finding.system,
      );
      for (const other of others) if ((await base.notices.slackMessage(other.id)) !== null) return true;
      return false;
    },
  };
}

function warn(base: Base, error: unknown): void {
  base.log.warn("notices.failed", { error: errorText(error) });
}
