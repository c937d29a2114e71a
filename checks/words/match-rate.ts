import type { CheckInput, Finding } from "../../core/finding.ts";
import { likelyCause } from "../cause.ts";
import { alike, draftFinding } from "../draft-finding.ts";
import type { PlatformShare, Quality } from "../match-rates.ts";
import type { Fall } from "../share-fall.ts";
import type { Share, ShareJudgement } from "../stats/proportion.ts";
import { capital, count, countOf, people, percent } from "./format.ts";
import { sendWords, titleOf } from "./send.ts";

/** What the findings about a platform's own count are told apart by. */
export const OF_ACCEPTED = "of accepted";
export const ABOVE_ALL = "above 100 %";

export function matchRateFinding(
  input: CheckInput,
  now: Share,
  judged: ShareJudgement,
  lost: number,
): Finding {
  const owner = titleOf(input, input.audience.owner);
  const system = input.system.title;
  const usual = Math.round(judged.usual * now.whole);
  return draftFinding(input, "match_rate", {
    severity: "look",
    title: `${people(lost)} of ${input.audience.title} can no longer be found in ${system}`,
    moved: `${capital(countOf(now.part, now.whole))} records of ${owner} have a person in ${system}; usually it is about ${count(usual)}.`,
    means: `${capital(people(lost))} cannot be reached there; ${sendWords(input)}.`,
    cause: likelyCause(input, input.history.at(-1)?.takenAt ?? input.now, { fewer: true }),
    todo: [
      `Check whether ${system} rejected, merged or deleted records`,
      "Check whether the identifiers that are sent there have changed",
      "The next complete read closes this by itself",
    ],
    people: lost,
    alike: alike("", " finds fewer people than usual", " find fewer people than usual"),
    observed: now.part,
    expected: { low: usual, high: now.whole },
    maths: {
      Found: now.part,
      Of: now.whole,
      "Usual share": percent(judged.usual),
      "Share now": percent(judged.share),
      "Score (1 is an alarm)": Math.round(Math.abs(judged.score) * 10) / 10,
    },
  });
}

const HOW_KNOWN: Readonly<Record<Quality, string>> = {
  exact: "counted",
  estimated: "estimated",
  bucketed: "rounded by the platform",
  lower_bound: "at least",
};

const whoAccepted = (input: CheckInput, now: PlatformShare): string =>
  now.told === "vendor" ? input.system.title : "the sync";

/** Of what was accepted, less than usual belongs to somebody. */
export function acceptedFinding(
  input: CheckInput,
  now: PlatformShare,
  { judged, people: lost }: Fall,
): Finding {
  const system = input.system.title;
  const usual = Math.round(judged.usual * now.whole);
  return draftFinding(input, "match_rate", {
    subject: OF_ACCEPTED,
    severity: "look",
    title: `${system} finds ${people(lost)} fewer of what it accepted for ${input.audience.title}`,
    moved: `${capital(countOf(now.part, now.whole))} records that ${whoAccepted(input, now)} counts as accepted belong to somebody in ${system} (${HOW_KNOWN[now.quality]}); usually it is about ${count(usual)}.`,
    means: `${capital(people(lost))} were sent there and cannot be reached; ${sendWords(input)}.`,
    cause: likelyCause(input, input.history.at(-1)?.takenAt ?? input.now, { fewer: true }),
    todo: [
      `Check the form of the identifiers that are sent to ${system}: hashing, spaces, capital letters`,
      "The next complete read closes this by itself",
    ],
    people: lost,
    alike: alike("", " finds fewer people than usual", " find fewer people than usual"),
    observed: now.part,
    expected: { low: usual, high: now.whole },
    maths: {
      Matched: now.part,
      Accepted: now.whole,
      "How it is known": HOW_KNOWN[now.quality],
      "Usual share": percent(judged.usual),
      "Share now": percent(judged.share),
      "Score (1 is an alarm)": Math.round(Math.abs(judged.score) * 10) / 10,
    },
  });
}

/** More than 100 %: one identifier leads to several people. */
export function fanOutFinding(input: CheckInput, now: PlatformShare): Finding {
  const system = input.system.title;
  const above = now.part - now.whole;
  return draftFinding(input, "match_rate", {
    subject: ABOVE_ALL,
    severity: "look",
    title: `${system} finds more people than it was sent for ${input.audience.title}`,
    moved: `${count(now.part)} people were found for ${count(now.whole)} accepted records (${percent(now.part / now.whole)}, ${HOW_KNOWN[now.quality]}). Normal is at most 100 %.`,
    means: `One identifier leads to several people there, so about ${people(above)} may be addressed who do not belong to this list; ${sendWords(input)}.`,
    cause: { certainty: "unclear", text: null },
    todo: [
      `Look for shared identifiers in what is sent to ${system}: one phone or inbox of a whole family or office`,
      `Send one identifier per person, or ask ${system} how it matches`,
    ],
    people: above,
    observed: now.part,
    expected: { low: 0, high: now.whole },
    maths: {
      Matched: now.part,
      Accepted: now.whole,
      "How it is known": HOW_KNOWN[now.quality],
      Share: percent(now.part / now.whole),
    },
  });
}
