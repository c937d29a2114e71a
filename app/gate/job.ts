import { hostname } from "node:os";
import { slackClient } from "../../alerts/slack/client.ts";
import { gateMessage, isTold } from "../../alerts/slack/gate-message.ts";
import type { GateAnswer, GateSend } from "../../core/gate.ts";
import { type Instant, instant } from "../../core/model.ts";
import { claimJobRun } from "../../store/claim-job-run.ts";
import { deleteGateCheck } from "../../store/delete-gate-check.ts";
import { enqueueJobRun } from "../../store/enqueue-job-run.ts";
import { type GateWindow, insertGateCheck } from "../../store/insert-gate-check.ts";
import { publicUrlOf } from "../alerts/facts.ts";
import type { App } from "../app.ts";
import { carryOut } from "../jobs/run-job.ts";
import { checkSend } from "./check-send.ts";
import { plannedSends } from "./planned-sends.ts";

/** Looks at a send this many minutes before it, first to last. */
const LOOKS = [60, 15] as const;
const LAST_LOOK = 15;
const LEASE_SECONDS = 60;
/** With pauses that double from half a minute on: a Slack that is down for a quarter of an hour. */
const ATTEMPTS = 6;

export type Look = { readonly send: GateSend; readonly window: GateWindow; readonly fireTime: Instant };

/**
 * The look that is due at each send now: the latest whose moment has come, until the send itself. After downtime the
 * one that is still of use is made, and none after the send.
 */
export function dueLooks(sends: readonly GateSend[], now: Instant): Look[] {
  return sends.flatMap((send): Look[] => {
    if (send.at === null || send.isDraft) return [];
    const left = (Date.parse(send.at) - Date.parse(now)) / 60_000;
    const minutesBefore = left <= 0 ? undefined : LOOKS.findLast((m) => left <= m);
    if (minutesBefore === undefined) return [];
    return [
      {
        send,
        window: { system: send.system, campaign: send.id, sendAt: send.at, minutesBefore },
        fireTime: instant(new Date(Date.parse(send.at) - minutesBefore * 60_000)),
      },
    ];
  });
}

const jobName = ({ window: w }: Look): string => `gate: T-${w.minutesBefore} ${w.system}/${w.campaign}`;

/** Every minute. Each look is a run of `job_run`, so that replicas and restarts neither lose nor double one. */
export async function runGates(
  app: App,
  stopping: AbortSignal,
  holder = `${hostname()}:${process.pid}`,
): Promise<void> {
  const now = instant(app.clock.now());
  const looks = new Map(dueLooks(await plannedSends(app), now).map((look) => [jobName(look), look]));
  for (const [job, look] of looks) await enqueueJobRun(app.db, job, look.fireTime);
  while (!stopping.aborted && looks.size > 0) {
    const claim = await claimJobRun(app.db, [...looks.keys()], holder, LEASE_SECONDS, ATTEMPTS);
    const look = claim === null ? undefined : looks.get(claim.job);
    if (claim === null || look === undefined) return;
    await carryOut({
      db: app.db,
      clock: app.clock,
      log: app.log,
      claim,
      leaseSeconds: LEASE_SECONDS,
      maxAttempts: ATTEMPTS,
      stopping,
      job: {
        name: claim.job,
        cron: "* * * * *",
        timezone: app.config.timezone,
        // another fire time is that of a send that was put off since
        run: () => (claim.fireTime === look.fireTime ? lookAt(app, look) : Promise.resolve()),
      },
    });
  }
}

async function lookAt(app: App, { send, window }: Look): Promise<void> {
  const answer = await checkSend(app, send);
  if (!(await insertGateCheck(app.db, window, answer))) return; // told, or about to be, by another
  app.log.info("gate.checked", {
    system: window.system,
    minutesBefore: window.minutesBefore,
    verdict: answer.verdict,
    people: answer.mustNot,
  });
  if (!isTold(answer.verdict, window.minutesBefore === LAST_LOOK)) return;
  try {
    await tell(app, window.minutesBefore, answer);
  } catch (error) {
    await deleteGateCheck(app.db, window);
    throw error;
  }
}

async function tell(app: App, minutesBefore: number, answer: GateAnswer): Promise<void> {
  const { slack } = app.config.routes;
  if (slack === null) return;
  const client = slackClient({
    token: () => app.secret(slack.token),
    apiUrl: slack.apiUrl,
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  });
  await client.post(
    slack.channel,
    gateMessage(answer, { minutesBefore, publicUrl: publicUrlOf(app), timezone: app.config.timezone }),
  );
}
