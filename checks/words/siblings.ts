import type { Cause, Finding, Sibling } from "../../core/finding.ts";
import type { AudienceId } from "../../core/model.ts";
import { draftFinding } from "../draft-finding.ts";
import { touchesSend } from "../severity.ts";
import type { Member } from "../siblings.ts";
import { capital, count, people } from "./format.ts";
import { sendWords } from "./send.ts";

/** Names in a title; more are counted. */
const NAMED = 4;

/** What tells one incident of several lists from another: the field, and which way they went. */
export const subjectOfSeveral = ({ subject, alike }: Pick<Finding, "subject" | "alike">): string | null =>
  [subject ?? "", alike?.way ?? ""].filter((s) => s !== "").join(": ") || null;

/** What is known of people comes after "; " and differs from list to list; the reason before it need not. */
export const firstClause = (text: string | null): string | null => text?.split("; ")[0] ?? null;

type Told = {
  /** What the incident said before; null: it is new. */
  readonly before: Finding | null;
  /** Of an audience that is not off this time. */
  readonly now: (audience: AudienceId) => "over" | "unread";
};

/** "3 lists of Klaviyo are too small: Active customers, Trial, VIP". */
export function severalFinding(members: readonly Member[], told: Told): Finding {
  const first = mostUrgent(members);
  const { input, finding } = first;
  const siblings = siblingsOf(members, told);
  const off = siblings.filter((s) => s.now === "off");
  const over = siblings.filter((s) => s.now === "over");
  const unread = siblings.filter((s) => s.now === "unread");
  const known = siblings.flatMap((s) => (s.now === "over" || s.people === null ? [] : [s.people]));
  const all = known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
  const names = off.map((s) => s.title);
  return draftFinding(input, finding.check, {
    audience: null,
    subject: subjectOfSeveral(finding),
    severity: members.some((m) => m.finding.severity === "act") ? "act" : "look",
    title: `${titleStart(finding, input.system.title, off.length, siblings.length)}: ${someOf(names)}`,
    moved: `${off.map(figureOf).join("; ")}.${rest(over, "back to normal")}${rest(unread, "not read this time")}`,
    means: `${all === null ? "How many people that touches is not known" : `About ${people(all)} in all; a person on several of these lists is counted for each`}. ${capital(sendWords(input))}.`,
    cause: sharedCause(members),
    todo: [
      `Look for what these lists of ${input.system.title} have in common: one job, filter, import or field`,
      `Repairs are drafted list by list: open ${someOf(names)}`,
      "This closes by itself once all of them are back to normal in a complete read",
    ],
    people: all,
    maths: mathsOf(members, siblings),
    ...(finding.alike === undefined ? {} : { alike: finding.alike }),
    siblings,
  });
}

/** The one that decides about mail soon, else the one with most people. */
function mostUrgent(members: readonly Member[]): Member {
  const [first] = [...members].sort(
    (a, b) =>
      Number(touchesSend(b.input)) - Number(touchesSend(a.input)) ||
      (b.finding.people ?? 0) - (a.finding.people ?? 0),
  );
  if (first === undefined) throw new RangeError("several audiences are at least one");
  return first;
}

function siblingsOf(members: readonly Member[], { before, now }: Told): Sibling[] {
  const off = members.map(
    ({ finding: f, input }): Sibling => ({
      audience: input.audience.id,
      title: input.audience.title,
      now: "off",
      severity: f.severity,
      people: f.people,
      observed: f.observed,
      expected: f.expected,
    }),
  );
  const isOff = new Set(off.map((s) => s.audience));
  const others = (before?.siblings ?? []).filter((s) => !isOff.has(s.audience));
  return [
    ...off,
    ...others.map((s): Sibling => {
      const state = now(s.audience);
      return { ...s, now: s.now === "over" ? "over" : state };
    }),
  ];
}

function titleStart({ alike }: Finding, system: string, off: number, all: number): string {
  const lists = off === all ? `${all} lists` : `${off} of ${all} lists`;
  const { before = "", one = "", many = "" } = alike ?? {};
  return `${before}${lists} of ${system}${off === 1 ? one : many}`;
}

function someOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  // one more name is as short as "1 more"
  return more <= 1 ? names.join(", ") : `${names.slice(0, NAMED).join(", ")} and ${more} more`;
}

/** "Trial: 4,100, normal is 9,000 to 9,500". */
function figureOf(s: Sibling): string {
  const { observed, expected } = s;
  if (observed !== null && expected !== null) {
    const { low, high } = expected;
    return `${s.title}: ${count(observed)}, normal is ${low === high ? count(low) : `${count(low)} to ${count(high)}`}`;
  }
  return s.people === null ? s.title : `${s.title}: about ${people(s.people)}`;
}

const rest = (siblings: readonly Sibling[], words: string): string =>
  siblings.length === 0 ? "" : ` ${capital(words)}: ${someOf(siblings.map((s) => s.title))}.`;

/** A reason that all of them share; what is known of one only is in the maths. */
function sharedCause(members: readonly Member[]): Cause {
  const texts = new Set(members.map((m) => m.finding.cause.text));
  const clauses = new Set(members.map((m) => firstClause(m.finding.cause.text)));
  const [clause] = clauses;
  if (clauses.size !== 1 || clause === undefined || clause === null)
    return { certainty: "unclear", text: null };
  const proven = members.every((m) => m.finding.cause.certainty === "confirmed");
  const [text = null] = texts;
  return { certainty: proven ? "confirmed" : "likely", text: texts.size === 1 ? text : clause };
}

function mathsOf(members: readonly Member[], siblings: readonly Sibling[]): Finding["maths"] {
  const ofEach = members.flatMap(({ finding, input }) => [
    ...(finding.cause.text === null ? [] : [[`${input.audience.title}: cause`, finding.cause.text]]),
    ...Object.entries(finding.maths).map(([name, value]) => [`${input.audience.title}: ${name}`, value]),
  ]);
  return { Lists: siblings.length, ...Object.fromEntries(ofEach) };
}
