import { termOf } from "../../config/consent-clocks.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { type Instant, instant } from "../../core/model.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { type Bounds, mailedAtLeast, type Reached, type Term } from "../exposure.ts";
import { urgentIf } from "../severity.ts";
import { capital, count, listed, people, peopleWho } from "./format.ts";
import { comingTime, sendWords } from "./send.ts";
import { duration, moment } from "./when.ts";

export type Exposure = {
  readonly people: number;
  readonly longest: Bounds;
  /** Contact-hours of those exposed now, so far. */
  readonly contact: Bounds;
  /** Contact-hours of the last 30 days, whoever it was. */
  readonly past: Bounds;
  readonly terms: readonly Term[];
  readonly reached: readonly Reached[];
};

export function exposureFinding(input: CheckInput, e: Exposure): Finding {
  const system = input.system.title;
  const who = peopleWho(e.people, "opted-out");
  const over = e.terms.filter((t) => t.over.least > 0);
  return draftFinding(input, "consent_exposure", {
    severity: urgentIf(e.reached.length > 0 || over.length > 0),
    title: titleOf(input, e, over),
    moved: `${who} on ${input.audience.title} can be mailed from ${system}. Whoever waits longest opted out ${span(e.longest)} ago. ${sent(input, e)} Normal is 0.`,
    means: `${capital(terms(input, e, over))}; ${sendWords(input)}.`,
    cause: UNCLEAR,
    todo: [
      `Suppress ${people(e.people)} in ${system}`,
      `Hold sends from ${system} until that is done`,
      ...(e.reached.length > 0 ? ["Note which send reached whom: a complaint or an authority may ask"] : []),
      "Confirm on the next complete read",
    ],
    people: e.people,
    observed: e.people,
    expected: { low: 0, high: 0 },
    repair: "consent",
    maths: {
      "Opted out and mailable": e.people,
      "Hours since the opt-out, longest, at least": round(e.longest.least),
      "Hours since the opt-out, longest, at most": round(e.longest.most),
      "Contact-hours so far, at least": round(e.contact.least),
      "Contact-hours so far, at most": round(e.contact.most),
      "Contact-hours in 30 days, at least": round(e.past.least),
      "Contact-hours in 30 days, at most": round(e.past.most),
      "Sends since": e.reached.length,
      "Mailed since, at least": mailedAtLeast(e.reached),
      ...Object.fromEntries(
        e.terms.flatMap((t) => [
          [`${t.clock.title} (${termOf(t.clock)})`, t.clock.source],
          [`${t.clock.title}: over for, at least`, t.over.least],
          [`${t.clock.title}: over for, at most`, t.over.most],
        ]),
      ),
    },
  });
}

function titleOf(input: CheckInput, e: Exposure, over: readonly Term[]): string {
  const system = input.system.title;
  const who = peopleWho(e.people, "opted-out");
  const mailed = mailedAtLeast(e.reached);
  if (mailed > 0)
    return `${peopleWho(mailed, "opted-out")} ${mailed === 1 ? "was" : "were"} mailed from ${system}`;
  if (e.reached.length > 0) return `${who} may have been mailed from ${system}`;
  const [first] = over;
  return first === undefined
    ? `${who} can still be mailed from ${system}; nothing was sent to them yet`
    : `${who} can still be mailed from ${system}, and the term of ${first.clock.title} is over`;
}

const MOST_SENDS = 3;

function sent(input: CheckInput, e: Exposure): string {
  if (e.reached.length === 0) return "No send is known to have gone to them since: a near miss.";
  const when = (at: number): string => moment(toInstant(at), input.now, input.config.timezone);
  const said = e.reached.slice(-MOST_SENDS).map(({ send, people: n }) => {
    const verb = send.told ? "went out" : "was planned for";
    return `“${send.name}” ${verb} ${when(send.at)} to ${range(n)} of them`;
  });
  const more = e.reached.length - said.length;
  const before = more > 0 ? `${count(more)} earlier ${more === 1 ? "send" : "sends"} and ` : "";
  return `Since they opted out, ${before}${said.join(", ")}.`;
}

function range({ least, most }: { least: number; most: number }): string {
  if (least === most) return count(least);
  return least === 0 ? `up to ${count(most)}` : `${count(least)} to ${count(most)}`;
}

function terms(input: CheckInput, e: Exposure, over: readonly Term[]): string {
  const parts = [...new Set(over.map((t) => t.over.least))].map((n) => {
    const names = over.filter((t) => t.over.least === n).map((t) => `${t.clock.title} (${termOf(t.clock)})`);
    return `the term of ${listed(names)} is over for ${people(n)}`;
  });
  const [next] = e.terms
    .flatMap((t) => (t.next === null ? [] : [{ clock: t.clock, at: t.next }]))
    .sort((a, b) => a.at - b.at);
  if (next !== undefined) {
    const at = comingTime(toInstant(next.at), input.now, input.config.timezone);
    const same = over.length === 1 && over[0]?.clock.id === next.clock.id;
    parts.push(
      `${same ? "it" : `that of ${next.clock.title} (${termOf(next.clock)})`} ends for the next ${at}`,
    );
  }
  return parts.length === 0
    ? "no term for opt-outs is configured"
    : parts.join(", ").replace(/^that/, "the term");
}

/** "26 to 50 hours", "at least 3 days". */
function span({ least, most }: Bounds): string {
  const from = duration(least * 3_600_000);
  if (most === null) return `at least ${from}`;
  const to = duration(most * 3_600_000);
  return from === to ? from : `between ${from} and ${to}`;
}

const toInstant = (ms: number): Instant => instant(new Date(ms));
const round = (n: number | null): number | null => (n === null ? null : Math.round(n * 10) / 10);
