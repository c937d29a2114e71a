import { at as failpoint } from "../config/failpoint.ts";
import { isKind } from "../core/errors.ts";
import type { Incident } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Told } from "./dispatch.ts";
import type { InFlight, NoticeDeps } from "./notice-deps.ts";
import { movedMessage, type SlackContent } from "./slack/message.ts";
import type { Posted } from "./slack/port.ts";
import { rollUpMessage } from "./slack/roll-up.ts";

export type Root = {
  readonly incidents: readonly Incident[];
  /** 0: several incidents share it. */
  readonly generation: number;
  /** The incident's message until now. */
  readonly replaces: Told | null;
};

/**
 * Posts a root message and keeps where it is. Slack cannot post and we cannot keep in one step, so that it is on its way
 * is written down first: who comes after a crash or a lost answer looks for the message before posting another.
 */
export async function postOnce(
  deps: NoticeDeps,
  { incidents, generation, replaces }: Root,
  content: SlackContent,
  at: Instant,
): Promise<void> {
  const since = deps.now();
  const message: InFlight = {
    key: `INC-${incidents[0]?.id ?? 0}.${generation}.${Date.parse(since).toString(36)}`,
    channel: deps.channel,
    since,
    at,
    generation,
    speaksOf: incidents.map((i) => ({ incident: i.id, version: i.version })),
    replaces,
  };
  await deps.inFlight.set(message);
  failpoint("slack.intended");
  let posted: Posted;
  try {
    posted = await deps.slack.post(deps.channel, content, { key: message.key });
  } catch (error) {
    // Anything but a lost answer says that it was not posted.
    if (!isKind(error, "transient")) await deps.inFlight.set(null);
    throw error;
  }
  failpoint("slack.posted");
  await settle(deps, message, posted);
}

/** Settles what a crash or a lost answer left in doubt; called before anything else is sent. */
export async function settleInFlight(deps: NoticeDeps): Promise<void> {
  const left = await deps.inFlight.get();
  if (left === null) return;
  const found = await deps.slack.find(left.channel, left.key, left.since);
  if (found !== "unreadable" && found !== null) {
    await settle(deps, left, found);
    failpoint("slack.settled");
    return;
  }
  // To say it twice is better than not at all.
  if (found === "unreadable") deps.log.warn("notice.in_doubt", { incidents: left.speaksOf.length });
  await deps.inFlight.set(null);
}

/** It is there: keeps the place, and lets the message before it say where it goes on. */
async function settle(deps: NoticeDeps, m: InFlight, posted: Posted): Promise<void> {
  for (const { incident, version } of m.speaksOf) {
    const { channel, ts } = posted;
    await deps.notices.saveSlackMessage(incident, { channel, ts, generation: m.generation, version });
    await deps.notices.markPosted(incident, m.at);
    failpoint("slack.saved");
  }
  if (m.replaces !== null) await markMoved(deps, m, m.replaces, posted);
  await deps.inFlight.set(null);
}

async function markMoved(deps: NoticeDeps, m: InFlight, before: Told, posted: Posted): Promise<void> {
  try {
    const incident = await deps.incident(m.speaksOf[0]?.incident ?? 0);
    const url = await deps.slack.permalink(posted);
    if (before.generation === 0)
      await deps.slack.update(before, rollUpMessage(await deps.incidentsOf(before), deps));
    else if (incident !== null && url !== null)
      await deps.slack.update(before, movedMessage(await deps.facts(incident), url));
  } catch (error) {
    // Another try may help where the answer was lost; where Slack refuses, the new message stands all the same.
    if (isKind(error, "transient", "rate_limited")) throw error;
    deps.log.warn("notice.reply_lost", { incident: m.speaksOf[0]?.incident ?? 0 });
  }
}
