import { AuditorError, isKind } from "../core/errors.ts";
import { type Instant, instant } from "../core/model.ts";
import { dispatch, isStorm, loudest, NOTICE_KINDS, type NoticeKind, STORM_WINDOW_MS } from "./dispatch.ts";
import type { NoticeDeps } from "./notice-deps.ts";
import { changeTold, type Notice, postRollUp, postRoot } from "./notify-incident.ts";
import { settleInFlight } from "./post-once.ts";

/** After this many failures a notice is tried less often, after the second number no more: the next change tells anew. */
const OFTEN = 5;
const GIVE_UP = 200;
/** Rounds for what arrives while we send. */
const ROUNDS = 10;

export type DrainResult = {
  readonly told: number;
  readonly failed: number;
  /** No call before this many milliseconds are over; null: nothing stands against the next try. */
  readonly waitMs: number | null;
};

type Waiting = {
  readonly ids: readonly number[];
  readonly incidentId: number;
  readonly kinds: readonly NoticeKind[];
  readonly attempts: number;
};

/**
 * Tells people everything that waits, oldest first. Rows of one incident count as one notice of its state now.
 * A failure that will hit the next call too (token, channel, rate limit, network) ends the pass.
 *
 * @param at the moment that the storm window is counted from
 */
export async function drain(deps: NoticeDeps, at: Instant): Promise<DrainResult> {
  const tried = new Set<number>();
  const total = { told: 0, failed: 0 };
  const unsettled = await settled(deps);
  if (unsettled !== null) return { ...total, waitMs: unsettled.retryAfterMs };
  for (let round = 0; round < ROUNDS; round++) {
    const waiting = byIncident((await deps.notices.outbox()).filter((r) => !tried.has(r.id)));
    if (waiting.length === 0) break;
    for (const w of waiting) for (const id of w.ids) tried.add(id);
    const pass = await drainOnce(
      deps,
      waiting.filter((w) => isDue(w, at)),
      at,
    );
    total.told += pass.told;
    total.failed += pass.failed;
    if (pass.stopped !== null) return { ...total, waitMs: pass.stopped.retryAfterMs };
  }
  return { ...total, waitMs: null };
}

/** Nothing is posted while it is not known whether the message before arrived. */
async function settled(deps: NoticeDeps): Promise<AuditorError | null> {
  try {
    await settleInFlight(deps);
    return null;
  } catch (error) {
    if (!(error instanceof AuditorError)) throw error;
    deps.log.warn("notice.failed", { error: error.message });
    return error;
  }
}

async function drainOnce(
  deps: NoticeDeps,
  waiting: readonly Waiting[],
  at: Instant,
): Promise<{ told: number; failed: number; stopped: AuditorError | null }> {
  const count = { told: 0, failed: 0 };
  const roots: { notice: Notice; from: Waiting }[] = [];
  /** Runs one step for these rows; answers the error that ends the pass. */
  const attempt = async (
    from: readonly Waiting[],
    work: () => Promise<void>,
  ): Promise<AuditorError | null> => {
    try {
      await work();
      for (const w of from) for (const id of w.ids) await deps.notices.done(id);
      count.told += from.length;
      return null;
    } catch (error) {
      if (!(error instanceof AuditorError)) throw error;
      count.failed += from.length;
      for (const w of from) await failed(deps, w, error);
      return isKind(error, "bad_data", "not_found") ? null : error;
    }
  };

  for (const w of waiting) {
    const stopped = await attempt([], async () => {
      const incident = await deps.incident(w.incidentId);
      if (incident === null) return finish(deps, w);
      const notice: Notice = {
        incident,
        told: await deps.notices.slackMessage(w.incidentId),
        kind: loudest(w.kinds),
      };
      const decision = dispatch({ ...notice, systemTold: await deps.systemTold(incident) });
      if (decision.do === "post") roots.push({ notice, from: w });
      else if (decision.do === "nothing" || notice.told === null) await finish(deps, w);
      else {
        const { told } = notice;
        const ended = await attempt([w], () => changeTold(deps, { ...notice, told }, decision, at));
        if (ended !== null) throw ended;
      }
    });
    if (stopped !== null) return { ...count, stopped };
  }

  const since = instant(new Date(Date.parse(at) - STORM_WINDOW_MS));
  if (isStorm(roots.length, await deps.notices.postedSince(since))) {
    const all = roots.map((r) => r.from);
    return {
      ...count,
      stopped: await attempt(all, () =>
        postRollUp(
          deps,
          roots.map((r) => r.notice.incident),
          since,
          at,
        ),
      ),
    };
  }
  for (const { notice, from } of roots) {
    const stopped = await attempt([from], () => postRoot(deps, notice, at));
    if (stopped !== null) return { ...count, stopped };
  }
  return { ...count, stopped: null };
}

function byIncident(
  rows: readonly { id: number; incidentId: number; kind: string; attempts: number }[],
): Waiting[] {
  const groups = new Map<number, Waiting>();
  for (const r of rows) {
    const g = groups.get(r.incidentId);
    const kind = NOTICE_KINDS.find((k) => k === r.kind) ?? "seen";
    groups.set(r.incidentId, {
      incidentId: r.incidentId,
      ids: [...(g?.ids ?? []), r.id],
      kinds: [...(g?.kinds ?? []), kind],
      attempts: Math.max(g?.attempts ?? 0, r.attempts),
    });
  }
  return [...groups.values()];
}

/** Every minute at first, every quarter of an hour later. */
const isDue = (w: Waiting, at: Instant): boolean =>
  w.attempts < OFTEN || new Date(at).getUTCMinutes() % 15 === 0;

async function failed(deps: NoticeDeps, w: Waiting, error: AuditorError): Promise<void> {
  if (w.attempts + 1 >= GIVE_UP) {
    deps.log.warn("notice.dropped", {
      incident: w.incidentId,
      attempts: w.attempts + 1,
      error: error.message,
    });
    return finish(deps, w);
  }
  deps.log.warn("notice.failed", { incident: w.incidentId, attempts: w.attempts + 1, error: error.message });
  for (const id of w.ids) await deps.notices.failed(id, error.message);
}

async function finish(deps: NoticeDeps, w: Waiting): Promise<void> {
  for (const id of w.ids) await deps.notices.done(id);
}
