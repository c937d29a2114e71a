import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { consentOf, type KlaviyoProfile } from "../../systems/klaviyo/profile.ts";
import { jobOf, type KlaviyoJob } from "../../systems/klaviyo/wire.ts";
import { findPeople, profilesNow } from "./klaviyo-people.ts";
import { type Session, sorted } from "./klaviyo-session.ts";
import { accepted, applied, failed, noop, notSent } from "./outcome.ts";

const JOBS = "/profile-suppression-bulk-create-jobs";
/** Milliseconds between looks at a job: less than a minute in all. A job that needs longer is read back later. */
const WAITS = [1_000, 2_000, 3_000, 5_000, 8_000, 13_000, 21_000];

type Step = WriteOutcome | { readonly send: readonly KlaviyoProfile[] };

/**
 * Suppresses people by address, never by list. The unsubscribe job is no choice: with a list it unsubscribes strangers to
 * the list from everything, it rewrites the person's own consent, and it answers no job to ask after. People who are
 * not in Klaviyo are left out, since the job would make records of them.
 */
export async function suppress(s: Session, changes: readonly OpenChange[]): Promise<readonly WriteOutcome[]> {
  let steps: readonly Step[];
  try {
    steps = (await findPeople(s, changes)).map(stepOf);
  } catch (e) {
    const outcome = notSent(e);
    return changes.map(() => outcome);
  }
  const profiles = [
    ...new Map(steps.flatMap((step) => ("send" in step ? step.send : [])).map((p) => [p.id, p])).values(),
  ];
  if (profiles.length === 0) return steps.map((step) => ("send" in step ? noop("is so already") : step));
  const data = profiles.map((p) => ({ type: "profile", attributes: { email: p.email } }));
  const attributes = { profiles: { data } };
  const type = "profile-suppression-bulk-create-job";
  const answer = await s.http.send("POST", JOBS, {}, { data: { type, attributes } }, s.context);
  if (!answer.ok)
    return steps.map((step) =>
      "send" in step
        ? sorted(
            answer,
            profiles.findIndex((p) => step.send.some((x) => x.id === p.id)),
          )
        : step,
    );
  const ended = await outcomeOf(
    s,
    answer.body,
    profiles.map((p) => p.id),
  );
  return steps.map((step) => ("send" in step ? ended(step.send) : step));
}

function stepOf(mine: readonly KlaviyoProfile[] | null): Step {
  if (mine === null) return failed("the person has no identifier that Klaviyo knows people by");
  if (mine.length === 0) return noop("not in Klaviyo, so Klaviyo sends them nothing");
  const open = mine.filter((p) => !isSuppressed(p));
  if (open.length === 0) return noop("is suppressed already");
  return open.some((p) => p.email === null)
    ? failed("the profile has no e-mail address, and Klaviyo suppresses addresses only")
    : { send: open };
}

/** Cannot be mailed, and because of a no: a bounce alone ends when the bounce is cleared. */
const isSuppressed = (p: KlaviyoProfile): boolean =>
  p.canReceiveEmail === false && ["complained", "unsubscribed"].includes(consentOf(p).state);

/** Waits for the job and looks at the people again. */
async function outcomeOf(
  s: Session,
  body: unknown,
  ids: readonly string[],
): Promise<(mine: readonly KlaviyoProfile[]) => WriteOutcome> {
  try {
    const job = await ended(s, jobOf(body, s.config.id));
    const now = await profilesNow(s, ids);
    return (mine) => {
      const all = mine.map((p) => now.get(p.id));
      if (all.every((p) => p !== undefined && isSuppressed(p))) return applied;
      return job.status === "cancelled"
        ? failed("Klaviyo cancelled the job")
        : accepted(`the job is "${job.status}", but the person is not suppressed yet`);
    };
  } catch (e) {
    const { because } = notSent(e);
    const outcome = accepted(`Klaviyo took the job, but could not be asked about it (${because ?? ""})`);
    return () => outcome;
  }
}

async function ended(s: Session, job: KlaviyoJob): Promise<KlaviyoJob> {
  let now = job;
  for (const wait of WAITS) {
    if (now.status === "complete" || now.status === "cancelled") return now;
    await s.sleep(wait, s.context.signal);
    now = jobOf(await s.http.get(`${JOBS}/${encodeURIComponent(job.id)}`, {}, s.context), s.config.id);
  }
  return now;
}
