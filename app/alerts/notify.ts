import { kindOf } from "../../alerts/dispatch.ts";
import type { InFlight, NoticeDeps } from "../../alerts/notice-deps.ts";
import { drain } from "../../alerts/outbox.ts";
import { slackClient } from "../../alerts/slack/client.ts";
import { nowOf } from "../../core/clock.ts";
import type { Config } from "../../core/config.ts";
import type { Incident } from "../../core/finding.ts";
import { type Instant, instant } from "../../core/model.ts";
import type { Database } from "../../store/database.ts";
import { getIncident } from "../../store/get-incident.ts";
import { getMeta } from "../../store/get-meta.ts";
import { withNoticeLock } from "../../store/notice-lock.ts";
import type { Tell } from "../../store/outbox.ts";
import { putMeta } from "../../store/put-meta.ts";
import { incidentsOfRollUp, rollUpSince } from "../../store/roll-ups.ts";
import type { App } from "../app.ts";
import { errorText } from "../log.ts";
import { factsOf, publicUrlOf } from "./facts.ts";

type Base = Omit<App, "notify">;

/** One queue per database: what a request, an audit and the minute's job want to tell goes out one after the other. */
type Sender = { last: Promise<void>; notBefore: number };
const senders = new WeakMap<Database, Sender>();

/** The moment of a change. The demo audits eight weeks on its own clock, so it comes from the change, not from ours. */
const momentOf = (i: Incident): Instant => (i.changedAt > i.lastSeenAt ? i.changedAt : i.lastSeenAt);

/**
 * What waits in the outbox of a change: written with it, in one transaction, so that neither a crash nor a Slack that is
 * down loses one. No Slack route: nothing to tell.
 */
export const tellOf =
  (config: Config): Tell =>
  (transition, incident) =>
    config.routes.slack === null ? null : { kind: kindOf(transition, incident), at: momentOf(incident) };

/** Sends what waits, these incidents' notices among it. Never throws. */
export function makeNotify(base: Base): App["notify"] {
  return async (changed) => {
    if (base.config.routes.slack === null || changed.length === 0) return;
    try {
      const moments = changed.map(momentOf).sort();
      await send(base, moments.at(-1) ?? instant(base.clock.now()));
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
    now: () => nowOf(base.clock),
    inFlight: inFlightStore(base.db),
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

const IN_FLIGHT = "slack:in_flight";

function inFlightStore(db: Database): NoticeDeps["inFlight"] {
  return {
    async get() {
      const text = await getMeta(db, IN_FLIGHT);
      return text === null || text === "" ? null : (JSON.parse(text) as InFlight);
    },
    set: (message) => putMeta(db, IN_FLIGHT, message === null ? "" : JSON.stringify(message)),
  };
}

function warn(base: Base, error: unknown): void {
  base.log.warn("notices.failed", { error: errorText(error) });
}
