import type { CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import type { Surely } from "../deliverability.ts";
import { draftFinding } from "../draft-finding.ts";
import type { Mail } from "../mail-rates.ts";
import { capital, count, people, percent } from "./format.ts";
import { sendWords } from "./send.ts";

/** The name of a campaign comes from the vendor. */
const where = (input: CheckInput, mail: Mail): string =>
  mail.campaign === null ? `mail to ${input.audience.title}` : `“${mail.campaign}”`;

/** "12 of 3,200 delivered (0.38 %)". */
const rate = ({ share, base }: Mail): string =>
  `${count(share.part)} of ${count(share.whole)} ${base} (${exact(share.part / share.whole)})`;

/** Limits of a tenth of a percent need two digits. */
const exact = (share: number): string => (share < 0.01 ? `${(share * 100).toFixed(2)} %` : percent(share));

const WORDS = {
  complained: {
    subject: "complaints",
    what: "complaints",
    act: "Mailbox providers block senders at this rate, also for people who want the mail",
    look: "Mailbox providers begin to put mail into the spam folder at this rate",
    more: (system: string) =>
      ` ${system} hears of complaints only from providers that report them, and Gmail does not: what Gmail sees is at least this.`,
    todo: [
      "Send to people who opened or clicked lately only, until the rate is below the limit",
      "Check how the people who complained came onto this list, and that the unsubscribe link works with one click",
    ],
  },
  bounced: {
    subject: "bounces",
    what: "bounces",
    act: "Mail services suspend accounts at this rate",
    look: "Mail services review accounts at this rate, and providers take it for a bought list",
    more: () => "",
    todo: [
      "Take out the addresses that bounced for good; look for an old import among them",
      "Check how new addresses are verified",
    ],
  },
} as const;

/** More complaints or bounces than mailbox providers and mail services bear. */
export function mailRateFinding(
  input: CheckInput,
  event: "complained" | "bounced",
  { mail, low, high }: Surely,
  limits: { readonly look: number; readonly act: number },
): Finding {
  const w = WORDS[event];
  const act = low >= limits.act;
  const limit = act ? limits.act : limits.look;
  const system = input.system.title;
  return draftFinding(input, "deliverability", {
    subject: w.subject,
    severity: act ? "act" : "look",
    title: `Too many ${w.what} on ${where(input, mail)} from ${system}`,
    moved: `${rate(mail)} ended in ${w.what}. The limit is ${exact(limits.look)}${act ? `, and never ${exact(limits.act)}` : ""}.`,
    means: `${act ? w.act : w.look}; ${sendWords(input)}.${w.more(system)}`,
    cause: UNCLEAR,
    todo: [...(act ? [`Hold the next send from ${system} to this list`] : []), ...w.todo],
    people: mail.share.part,
    observed: mail.share.part,
    expected: { low: 0, high: Math.floor(limit * mail.share.whole) },
    maths: {
      [capital(w.what)]: mail.share.part,
      [`Mail ${mail.base}`]: mail.share.whole,
      Rate: exact(mail.share.part / mail.share.whole),
      "At least (Wilson, 95 %)": exact(low),
      "At most (Wilson, 95 %)": exact(high),
      "How it is known": event === "complained" ? "at least: reported complaints only" : "counted",
    },
  });
}

/** A campaign drove away more people than this list's mail usually does. */
export function unsubscribeFinding(input: CheckInput, { mail, low, high }: Surely, usual: Mail): Finding {
  const average = usual.share.part / usual.share.whole;
  const beyond = Math.round(mail.share.part - average * mail.share.whole);
  return draftFinding(input, "deliverability", {
    subject: "unsubscribes",
    severity: "look",
    title: `${capital(where(input, mail))} drove away more people than usual`,
    moved: `${rate(mail)} unsubscribed. Usual for ${input.audience.title} in ${input.system.title} is ${exact(average)}, about ${count(average * mail.share.whole)}.`,
    means: `${people(beyond)} more than usual can no longer be reached by mail; ${sendWords(input)}.`,
    cause: UNCLEAR,
    todo: [
      "Look at who got it: the wrong list, or too many messages in one week",
      "Look at what it promised, against what people signed up for",
    ],
    people: beyond,
    observed: mail.share.part,
    expected: { low: 0, high: Math.ceil(average * mail.share.whole) },
    maths: {
      Unsubscribed: mail.share.part,
      [`Mail ${mail.base}`]: mail.share.whole,
      Rate: exact(mail.share.part / mail.share.whole),
      "At least (Wilson, 95 %)": exact(low),
      "At most (Wilson, 95 %)": exact(high),
      "Usual rate": exact(average),
      "Mail it is the average of": usual.share.whole,
    },
  });
}
