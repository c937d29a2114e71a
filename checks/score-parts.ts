import type { SystemDifference } from "../core/comparison.ts";
import type { Dimension } from "../core/score.ts";
import type { ScoreCopy, ScoreInput } from "./score.ts";
import * as words from "./words/score.ts";

/** One part before it is rounded. */
export type Judged = {
  /** Is there anything to judge? */
  readonly applies: boolean;
  /** Of the worst copy that could be judged; null: of none. */
  readonly value: number | null;
  /** Titles of what could not be judged, by its latest reading. */
  readonly blind: readonly string[];
  /** What sets the value; null: nothing but that it is good. */
  readonly text: string | null;
};

/** More is not claimed while somebody who opted out can be mailed. */
export const BREACH_CAP = 40;
/** Readings that readability is judged over. */
const READINGS = 10;
/** A copy whose latest reading failed is worth no more, however often it was read before. */
const UNREAD_CAP = 50;

/** Below this many the score does not tell how many: reports do not either. */
const SMALL_GROUP = 10;

/** 40 for one person, 30 for ten, 10 less for each ten times as many; 0 from 10,000 on. */
export const breachValue = (people: number): number =>
  people < SMALL_GROUP ? BREACH_CAP : Math.max(0, BREACH_CAP - 10 * Math.log10(people));

type Verdict = { readonly value: number | null; readonly isBlind: boolean; readonly text: string | null };
const blindVerdict: Verdict = { value: null, isBlind: true, text: null };

/** The worst of several copies. */
function worstOf(copies: readonly { readonly title: string; readonly verdict: Verdict }[]): Judged {
  const [worst] = copies
    .filter((c) => c.verdict.value !== null)
    .sort((a, b) => (a.verdict.value ?? 0) - (b.verdict.value ?? 0));
  return {
    applies: copies.length > 0,
    value: worst?.verdict.value ?? null,
    blind: [...new Set(copies.filter((c) => c.verdict.isBlind).map((c) => c.title))],
    text: worst?.verdict.text ?? null,
  };
}

const eachCopy = (copies: readonly ScoreCopy[], judge: (copy: ScoreCopy) => Verdict | null): Judged =>
  worstOf(
    copies.flatMap((copy) => {
      const verdict = judge(copy);
      return verdict === null ? [] : [{ title: copy.system.title, verdict }];
    }),
  );

const latestOf = (copy: ScoreCopy) => copy.history.at(-1) ?? null;
const latestComplete = (copy: ScoreCopy) => copy.history.findLast((s) => s.coverage === "complete") ?? null;

/** What the latest comparison says of a copy, and whether it still holds: the owner was read in the same run. */
function compared(input: ScoreInput, copy: ScoreCopy): { here: SystemDifference | null; holds: boolean } {
  const owner = input.copies.find((c) => c.isOwner);
  const here = input.comparison?.perSystem[copy.system.id] ?? null;
  return { here, holds: here !== null && input.comparison?.runId === (owner && latestOf(owner))?.runId };
}

function consent(input: ScoreInput): Judged {
  return eachCopy(
    input.copies.filter((c) => c.system.sends),
    (copy) => {
      const { here, holds } = compared(input, copy);
      if (here === null) return blindVerdict;
      const people = (here.mailableOptedOut ?? 0) + (here.consentConflict ?? 0);
      // a list of who must be left alone has no conflict to tell; any other needs at least one of the two counts
      const told = here.mailableOptedOut !== null || here.consentConflict !== null;
      if (people === 0) return { value: told ? 100 : null, isBlind: !told || !holds, text: null };
      return {
        value: breachValue(people),
        isBlind: !holds,
        text: words.mailable(people, copy.system.title),
      };
    },
  );
}

function agreement(input: ScoreInput): Judged {
  return eachCopy(
    input.copies.filter((c) => !c.isOwner),
    (copy) => {
      const { here, holds } = compared(input, copy);
      if (here === null) return blindVerdict;
      const byEffect = input.audience.purpose === "suppression" && here.mailableOptedOut !== null;
      const missing = byEffect ? 0 : here.settledMissing;
      const recall = missing === null || here.expected === null ? null : 1 - share(missing, here.expected);
      const precision = 1 - share(here.settledExtra, here.size);
      const value = 100 * Math.min(recall ?? 1, precision);
      const differs = (missing ?? 0) + here.settledExtra > 0;
      return {
        value,
        isBlind: !holds || (recall === null && !byEffect),
        text: differs ? words.differs(copy.system.title, missing ?? 0, here.settledExtra) : null,
      };
    },
  );
}

function completeness(input: ScoreInput): Judged {
  if (input.audience.requiredAttributes.length === 0) return worstOf([]);
  return eachCopy(input.copies, (copy) => {
    const complete = latestComplete(copy);
    const isBlind = latestOf(copy)?.coverage !== "complete";
    const size = complete?.metrics.size?.numerator ?? null;
    if (complete === null || size === null) return blindVerdict;
    let worst: { name: string; share: number } | null = null;
    for (const name of input.audience.requiredAttributes) {
      const states = complete.attributes[name];
      if (states === undefined || size === 0 || states.missing >= size) continue; // this copy has no such field
      const valid = Math.min(1, states.valid / size);
      if (worst === null || valid < worst.share) worst = { name, share: valid };
    }
    if (worst === null) return isBlind ? blindVerdict : null;
    return {
      value: 100 * worst.share,
      isBlind,
      text: worst.share < 1 ? words.incomplete(copy.system.title, worst.name, worst.share) : null,
    };
  });
}

/** Full until it is old; nothing left at four times the age that it may have. */
function freshness(input: ScoreInput): Judged {
  return eachCopy(input.copies, (copy) => {
    const complete = latestComplete(copy);
    if (complete === null) return blindVerdict;
    const ageMs = Math.max(0, Date.parse(input.now) - Date.parse(complete.asOf));
    const over = ageMs / (Math.max(1, copy.freshHours) * 3_600_000) - 1;
    if (over <= 0) return { value: 100, isBlind: false, text: null };
    return {
      value: Math.max(0, 100 - (100 * over) / 3),
      isBlind: false,
      text: words.old(copy.system.title, ageMs, copy.freshHours),
    };
  });
}

/** One in a hundred who leaves and returns takes ten; wrong sizes come in as incidents. */
function stability(input: ScoreInput): Judged {
  return eachCopy(input.copies, (copy) => {
    const { here, holds } = compared(input, copy);
    if (here === null) return blindVerdict;
    return {
      value: Math.max(0, 100 - 1000 * share(here.flipping, here.size)),
      isBlind: !holds,
      text: here.flipping > 0 ? words.flipping(copy.system.title, here.flipping) : null,
    };
  });
}

function readability(input: ScoreInput): Judged {
  return eachCopy(input.copies, (copy) => {
    const last = copy.history.slice(-READINGS);
    const latest = last.at(-1);
    if (latest === undefined) return blindVerdict;
    const good = last.filter((s) => s.coverage === "complete").length;
    const value = (100 * good) / last.length;
    return {
      value: latest.coverage === "complete" ? value : Math.min(value, UNREAD_CAP),
      isBlind: false,
      text: good === last.length ? null : words.readings(copy.system.title, good, last.length, latest),
    };
  });
}

const share = (part: number, of: number): number =>
  of <= 0 ? (part > 0 ? 1 : 0) : Math.min(1, Math.max(0, part / of));

export const JUDGES: Readonly<Record<Dimension, (input: ScoreInput) => Judged>> = {
  consent,
  agreement,
  completeness,
  freshness,
  stability,
  readability,
};
