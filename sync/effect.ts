import { CONSENT_ORDER, type ConsentState } from "../core/model.ts";
import type { Change, EndState, PersonState } from "../core/repair.ts";
import type { SealedChange } from "./sealed.ts";

/** Unsubscribed or more restrictive. `pending` and `unknown` are no opt-out. */
export const isOptOut = (c: ConsentState | null): boolean =>
  c === "erased" || c === "complained" || c === "unsubscribed";

/** Is what the change wants already the case? The only definition of "it worked" in the program. */
export function hasEffect(
  change: Pick<Change, "op" | "attribute">,
  value: string | null,
  state: PersonState,
): boolean {
  switch (change.op) {
    case "suppress":
      // A bounced address is not mailable either, but only until the bounce is cleared.
      if (!state.found) return true;
      if (state.consent === "unknown") return state.mailable === false;
      return state.mailable !== true && isOptOut(state.consent);
    case "remove":
      return !state.inSegment;
    case "add":
      return state.inSegment;
    case "set":
      return state.found && change.attribute !== null && fieldOf(state, change.attribute) === value;
  }
}

/** Run it, or end it without a write, with the reason in words. */
export type Judgement =
  | { readonly run: true }
  | {
      readonly run: false;
      readonly end: Exclude<EndState, "applied" | "unknown">;
      readonly because: string | null;
    };

const run: Judgement = { run: true };
const end = (state: Exclude<EndState, "applied" | "unknown">, because: string | null): Judgement => ({
  run: false,
  end: state,
  because,
});

/**
 * May this change still be made, now that the person was read again? `state` null: could not be read, and without
 * a reading nothing is written.
 *
 * Drift is judged by what matters (membership, consent, the value itself), not by the record's version: a record
 * touched for another reason has not changed for us.
 */
export function judge(change: Change, open: SealedChange, state: PersonState | null): Judgement {
  if (state === null) return end("failed", "could not be read before writing; nothing was written");
  // nobody at all can be the answer of a system that is ill, and must not pass for "nothing to do"
  if (open.found === true && !state.found) return end("skipped_drift", "the record is gone since the read");
  if (hasEffect(change, open.value, state)) return end("already_so", null);
  switch (change.op) {
    case "suppress":
    case "remove":
      return run;
    case "add":
      // An add to a list that excludes people carries evidence: it tightens, so an opt-out does not stop it.
      if (
        change.evidence === null &&
        isOptOut(state.consent) &&
        (open.consent === null || rank(state.consent) < rank(open.consent))
      ) {
        return end("skipped_consent", "opted out here since the read");
      }
      if (state.consent === "erased") return end("skipped_consent", "erased here since the read");
      return run;
    case "set":
      if (!state.found) return end("skipped_drift", "the record is gone since the read");
      if (state.consent === "erased") return end("skipped_consent", "erased here since the read");
      return fieldOf(state, change.attribute ?? "") === open.from
        ? run
        : end("skipped_drift", "the value changed since the read");
  }
}

/**
 * Did this person become easier to contact? Judged by effect, so that a vendor which subscribes people on an add is
 * caught. A person who was not there, or whose consent was not known, and is subscribed now counts as loosened.
 */
export function loosened(
  before: Pick<PersonState, "found" | "consent" | "mailable">,
  after: PersonState,
): boolean {
  if (after.consent !== "unknown" && rank(after.consent) > rank(before.consent)) return true;
  return after.mailable === true && (before.mailable === false || !before.found);
}

/** Nothing that we do takes a record away: a reading without it shows neither an effect nor that there is none. */
export const vanished = (before: Pick<PersonState, "found"> | undefined, after: PersonState): boolean =>
  before?.found === true && !after.found;

/** Unknown stands at `pending`: not an opt-out, but nothing that would excuse a `subscribed` after us. */
const rank = (c: ConsentState): number => CONSENT_ORDER.indexOf(c === "unknown" ? "pending" : c);

const fieldOf = (state: PersonState, attribute: string): string | null =>
  Object.hasOwn(state.attributes, attribute) ? (state.attributes[attribute] ?? null) : null;
