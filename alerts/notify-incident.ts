import type { Incident } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Dispatch, NoticeKind, Told } from "./dispatch.ts";
import type { NoticeDeps } from "./notice-deps.ts";
import { postOnce } from "./post-once.ts";
import type { IncidentFacts } from "./slack/facts.ts";
import { incidentMessage } from "./slack/message.ts";
import type { Posted } from "./slack/port.ts";
import { rollUpMessage } from "./slack/roll-up.ts";
import { threadReply } from "./slack/thread.ts";

export type Notice = { readonly incident: Incident; readonly told: Told | null; readonly kind: NoticeKind };

/** A root message of its own. */
export async function postRoot(deps: NoticeDeps, { incident, told }: Notice, at: Instant): Promise<void> {
  const content = incidentMessage(await deps.facts(incident));
  const generation = (told?.generation ?? 0) + 1;
  await postOnce(deps, { incidents: [incident], generation, replaces: null }, content, at);
}

/** Carries out a decision on an incident that has been told before. */
export async function changeTold(
  deps: NoticeDeps,
  notice: Notice & { readonly told: Told },
  decision: Dispatch,
  at: Instant,
): Promise<void> {
  if (decision.do === "update") return updateRoot(deps, notice, decision, at);
  if (decision.do === "update_roll_up") return updateInRollUp(deps, notice, decision.reply);
  if (decision.do === "post_anew") return postAnew(deps, notice, decision.because, at);
}

async function updateRoot(
  deps: NoticeDeps,
  notice: Notice & { readonly told: Told },
  d: { reply: boolean; broadcast: boolean },
  at: Instant,
): Promise<void> {
  const { incident, told, kind } = notice;
  const facts = await deps.facts(incident);
  if ((await deps.slack.update(told, incidentMessage(facts))) === "gone") return postRoot(deps, notice, at);
  await keep(deps, incident, told, told.generation);
  if (d.reply) await reply(deps, told, facts, kind, d.broadcast);
}

async function updateInRollUp(
  deps: NoticeDeps,
  { incident, told, kind }: Notice & { readonly told: Told },
  withReply: boolean,
): Promise<void> {
  const outcome = await deps.slack.update(told, rollUpMessage(await deps.incidentsOf(told), deps));
  await keep(deps, incident, told, 0);
  if (outcome === "gone" || !withReply) return;
  const facts = await deps.facts(incident);
  await reply(deps, told, facts, kind, kind === "woken", `INC-${incident.id}: `);
}

/** Worse or back: people hear of it again, and the older message says where it goes on. */
async function postAnew(
  deps: NoticeDeps,
  { incident, told }: Notice & { readonly told: Told },
  because: "escalated" | "regressed",
  at: Instant,
): Promise<void> {
  const facts = await deps.facts(incident);
  const before = await deps.slack.permalink(told);
  const content = incidentMessage(facts, before === null ? null : { url: before, because });
  await postOnce(
    deps,
    { incidents: [incident], generation: told.generation + 1, replaces: told },
    content,
    at,
  );
}

/** Many at once: one message for all, or a place in the one that is there since a moment ago. */
export async function postRollUp(
  deps: NoticeDeps,
  incidents: readonly Incident[],
  since: Instant,
  at: Instant,
): Promise<void> {
  const current = await deps.rollUpSince(since);
  const before = current === null ? [] : await deps.incidentsOf(current);
  const all = [...before.filter((b) => !incidents.some((i) => i.id === b.id)), ...incidents];
  const content = rollUpMessage(all, deps);
  const joined =
    current !== null && (await deps.slack.update(current, content)) === "updated" ? current : null;
  if (joined === null) {
    await postOnce(deps, { incidents, generation: 0, replaces: null }, content, at);
    return;
  }
  for (const incident of incidents) {
    await keep(deps, incident, joined, 0);
    await deps.notices.markPosted(incident.id, at);
  }
  // an edited message makes no sound, so what is urgent is said in the channel as well
  for (const incident of incidents) {
    await reply(
      deps,
      joined,
      await deps.facts(incident),
      "opened",
      incident.severity === "act",
      `INC-${incident.id}: ${incident.finding.title}. `,
    );
  }
}

const keep = (
  deps: NoticeDeps,
  incident: Incident,
  { channel, ts }: Posted,
  generation: number,
): Promise<void> =>
  deps.notices.saveSlackMessage(incident.id, { channel, ts, generation, version: incident.version });

/** History for those who look; the message itself has said it already, so a lost reply is only logged. */
function reply(
  deps: NoticeDeps,
  root: Posted,
  facts: IncidentFacts,
  kind: NoticeKind,
  broadcast: boolean,
  prefix = "",
): Promise<void> {
  return bestEffort(deps, facts.incident, () =>
    deps.slack.post(root.channel, threadReply(facts, kind, prefix), { thread: { ts: root.ts, broadcast } }),
  );
}

async function bestEffort(deps: NoticeDeps, incident: Incident, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log.warn("notice.reply_lost", {
      incident: incident.id,
      error: error instanceof Error ? error.message : "unknown",
    });
  }
}
