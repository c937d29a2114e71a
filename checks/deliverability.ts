import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { type Event, type Mail, mailShare, recentMail, together } from "./mail-rates.ts";
import { latestComplete, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { wilson } from "./stats/wilson.ts";
import { mailRateFinding, unsubscribeFinding } from "./words/deliverability.ts";

const DEFAULTS = {
  complaint_warn: 0.001,
  complaint_never: 0.003,
  bounce_review: 0.05,
  bounce_stop: 0.1,
  /** Unsubscribes: so many times the list's own average, and so much above it. */
  unsubscribe_factor: 2,
  unsubscribe_share: 0.002,
  minimum_mail: 1000,
  minimum_people: 5,
  /** Campaigns older than this are no longer judged. */
  days: 30,
};
/** An average of the list needs so many other campaigns. */
const OTHERS = 3;

/** Mail to this copy bounces or is complained about more than mailbox providers bear, or drives more people away than usual. */
export const deliverability: Check = {
  name: "deliverability",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "deliverability", DEFAULTS);
    if (!settings.enabled || !input.system.sends || input.audience.purpose === "suppression")
      return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    if (input.deliveries === null) return skip("not_collected");
    const rows = recentMail(input.deliveries, input.now, settings.days);
    const mails = (event: Event) =>
      rows.flatMap((r) => mailShare(r, event) ?? []).filter((m) => m.share.whole >= settings.minimum_mail);

    const findings: Finding[] = [];
    let judged = false;
    for (const [event, look, act] of [
      ["complained", settings.complaint_warn, settings.complaint_never],
      ["bounced", settings.bounce_review, settings.bounce_stop],
    ] as const) {
      const all = mails(event);
      if (all.length > 0) judged = true;
      const worst = worstOf(all, look, settings.minimum_people);
      if (worst !== null) findings.push(mailRateFinding(input, event, worst, { look, act }));
    }
    const campaigns = mails("unsubscribed").filter((m) => m.campaign !== null);
    const unsubscribed = unusualOf(campaigns, settings);
    if (campaigns.length > OTHERS) judged = true;
    if (unsubscribed !== null)
      findings.push(unsubscribeFinding(input, unsubscribed.mail, unsubscribed.usual));
    const [first, ...more] = findings;
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    return judged ? PASS : skip("no_data");
  },
};

/** A rate that is surely above what is borne: of one campaign or of all, the surest. */
export type Surely = { readonly mail: Mail; readonly low: number; readonly high: number };

function worstOf(mails: readonly Mail[], limit: number, least: number): Surely | null {
  const parts = mails.filter((m) => m.campaign !== null);
  return [...mails, ...(parts.length > 1 ? [together(parts)] : [])]
    .flatMap((mail): Surely[] => {
      const bounds = wilson(mail.share);
      return bounds === null || bounds.low < limit || mail.share.part < least ? [] : [{ mail, ...bounds }];
    })
    .reduce<Surely | null>((worst, m) => (worst === null || m.low > worst.low ? m : worst), null);
}

/** The campaign that drove away most people beyond the average of the list's others. */
function unusualOf(campaigns: readonly Mail[], s: typeof DEFAULTS): { mail: Surely; usual: Mail } | null {
  if (campaigns.length <= OTHERS) return null;
  let found: { mail: Surely; usual: Mail; beyond: number } | null = null;
  for (const mail of campaigns) {
    const usual = together(campaigns.filter((m) => m !== mail));
    const [now, before] = [wilson(mail.share), wilson(usual.share)];
    if (now === null || before === null) continue;
    const average = usual.share.part / usual.share.whole;
    const rate = mail.share.part / mail.share.whole;
    const beyond = mail.share.part - average * mail.share.whole;
    const far = rate >= average * s.unsubscribe_factor && rate - average >= s.unsubscribe_share;
    if (!far || now.low <= before.high || beyond < s.minimum_people) continue;
    if (found === null || beyond > found.beyond) found = { mail: { mail, ...now }, usual, beyond };
  }
  return found;
}
