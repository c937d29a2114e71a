import type { Audience } from "../../core/config.ts";
import type { CheckInput, Finding } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { type NextSend, nextSend } from "../next-send.ts";
import type { Together } from "../overlaps.ts";
import { urgentIf } from "../severity.ts";
import { are, capital, countOf, people } from "./format.ts";
import { comingTime } from "./send.ts";

const DAY_MS = 24 * 3_600_000;

export function exclusiveFinding(input: CheckInput, other: Audience, both: Together): Finding {
  const { audience, system } = input;
  const who = people(both.settled);
  const smaller = Math.min(both.ofA, both.ofB);
  const sends = sendsToBoth(input, other);
  return draftFinding(input, "exclusive_overlap", {
    subject: other.id,
    severity: urgentIf(sends?.soon === true),
    title: `${who} ${are(both.settled)} in both ${audience.title} and ${other.title} in ${system.title}`,
    moved: `${countOf(both.settled, smaller)} people of the smaller list ${are(both.settled)} in both ${audience.title} and ${other.title} in ${system.title}, in at least two reads. The two exclude each other, so normal is 0.`,
    means: `${capital(who)} may get the messages of both; ${sends === null ? "sends to both are not known" : sends.text}.`,
    cause: UNCLEAR,
    todo: [
      `Decide which of the two ${both.settled === 1 ? "this person belongs" : "these people belong"} to; the rule of the other has to leave them out`,
      `Leave ${other.title} out of sends to ${audience.title}, or the other way round, until then`,
      "The next complete read closes this by itself",
    ],
    people: both.settled,
    observed: both.people,
    expected: { low: 0, high: 0 },
    maths: {
      "In both": both.people,
      "In both, in two reads": both.settled,
      [`In ${audience.title}`]: both.ofA,
      [`In ${other.title}`]: both.ofB,
    },
  });
}

/** The next sends from this system to each of the two; null: not both are known. `soon`: within a day, of now and of each other. */
function sendsToBoth(input: CheckInput, other: Audience): { text: string; soon: boolean } | null {
  const { config, system, now, audience } = input;
  if (!system.sends) return null;
  const a = nextSend(config, audience.id, system.id, now);
  const b = nextSend(config, other.id, system.id, now);
  if (a === null || b === null) return null;
  const [at, then] = [a, b].map((s) => Date.parse(s.at)).sort((x, y) => x - y) as [number, number];
  const when = (send: NextSend, to: Audience) =>
    `“${send.name}” goes to ${to.title} ${comingTime(send.at, now, config.timezone)}`;
  const text =
    a.name === b.name && a.at === b.at
      ? `“${a.name}” goes to both ${comingTime(a.at, now, config.timezone)}`
      : `${when(a, audience)} and ${when(b, other)}`;
  return { text, soon: then - at <= DAY_MS && at - Date.parse(now) <= DAY_MS };
}
