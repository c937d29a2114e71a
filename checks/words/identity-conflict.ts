import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Snapshot } from "../../core/model.ts";
import { likelyCause, UNCLEAR } from "../cause.ts";
import { draftFinding } from "../draft-finding.ts";
import { metric } from "../readings.ts";
import type { Share, ShareJudgement } from "../stats/proportion.ts";
import { capital, count, countOf } from "./format.ts";

/** Where the conflict is: in the whole system, or in its copy of one audience. */
export type Place = { readonly input: CheckInput; readonly latest: Snapshot; readonly whole: boolean };

const placeWords = ({ input, whole }: Place): string =>
  whole ? input.system.title : `${input.audience.title} in ${input.system.title}`;

const of = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

export type SharedNow = Share & {
  /** On the fullest inbox or id. */
  readonly most: number;
  readonly judged: ShareJudgement | null;
};

/** One e-mail address with several customer ids, or one customer id with several addresses. */
export function sharedFinding(
  kind: "shared_inbox" | "over_merge",
  place: Place,
  { part, whole, most, judged }: SharedNow,
): Finding {
  const { input, latest } = place;
  const inbox = kind === "shared_inbox";
  const carriers = metric(latest, inbox ? "shared_inbox_addresses" : "over_merge_ids") ?? 0;
  const about = latest.metrics[kind]?.quality === "estimated" ? "About " : "";
  const usual = judged === null ? null : Math.round(judged.usual * whole);
  const said = inbox
    ? `${of(carriers, "e-mail address carries", "e-mail addresses carry")} more than one customer id: ${countOf(part, whole)} customer ids in all`
    : `${of(carriers, "customer id carries", "customer ids carry")} more than one e-mail address: ${countOf(part, whole)} addresses in all`;
  const fullest = carriers > 1 ? `, ${count(most)} of them on one ${inbox ? "address" : "id"}` : "";
  return draftFinding(input, "identity_conflict", {
    ...(place.whole ? { audience: null } : {}),
    subject: kind,
    severity: "look",
    title: inbox
      ? `${count(part)} customer ids share an inbox in ${placeWords(place)}`
      : `${count(part)} addresses share a customer id in ${placeWords(place)}`,
    moved: `${capital(`${about}${said}`)}${fullest}.${usual === null ? "" : ` Normal is about ${count(usual)}.`}`,
    means: inbox
      ? "Different customers may read one inbox: each mail reaches it once or many times, and one opt-out there speaks for all of them. Nothing is merged."
      : "Different people may have been merged into one customer, which mixes their plans, purchases and consent. This is the opposite of a duplicate: merging more makes it worse.",
    cause: place.whole ? UNCLEAR : likelyCause(input, latest.takenAt, { moved: true }),
    todo: inbox
      ? [
          "Start with the address that carries the most: staff or a placeholder at checkout explain hundreds at once",
          "Families share addresses; if that is all there is, raise always_share of this check",
        ]
      : [
          "Start with the customer id that carries the most: a default or test id explains hundreds at once",
          "Two addresses on one id are mostly an old one that stayed after a change; remove the old one",
        ],
    people: part,
    observed: part,
    expected: usual === null ? null : { low: 0, high: usual },
    maths: {
      [inbox ? "Addresses with several customer ids" : "Customer ids with several addresses"]: carriers,
      [inbox ? "Customer ids on them" : "Addresses on them"]: part,
      "On the fullest": most,
      "Pairs of address and customer id": whole,
      Usual: usual,
      "Score (1 is an alarm)": judged === null ? null : Math.round(judged.score * 10) / 10,
    },
  });
}

export function lookAlikeFinding(place: Place, alike: number): Finding {
  const { input, latest } = place;
  const one = alike === 1;
  return draftFinding(input, "identity_conflict", {
    ...(place.whole ? { audience: null } : {}),
    subject: "look_alike",
    severity: "look",
    title: `${of(alike, "address looks", "addresses look")} like another person’s in ${placeWords(place)}`,
    moved: `${of(alike, "address differs", "addresses differ")} from another one only by ${one ? "a letter" : "letters"} of another script that ${one ? "looks" : "look"} the same, such as a Cyrillic а.`,
    means:
      "They stay two people and are never merged: an opt-out of one does not stop mail to the other, and an address that looks like somebody else’s may be there to deceive.",
    cause: UNCLEAR,
    todo: [
      "Export the list and look for addresses with letters outside A to Z that look as if they were inside",
      "If a person mistyped, correct the address where it was entered, and keep the stricter consent of the two",
      "If nobody knows the address, suppress it",
    ],
    people: alike,
    observed: alike,
    maths: {
      "Look-alike addresses": alike,
      People: metric(latest, "size"),
      "Counted to the end": latest.metrics.look_alike?.quality === "exact" ? "yes" : "no, at least so many",
    },
  });
}
