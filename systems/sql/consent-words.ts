import type { ConsentState } from "../../core/model.ts";

const WORDS: readonly (readonly [ConsentState, readonly string[]])[] = [
  ["erased", ["erased", "forgotten", "deleted"]],
  ["complained", ["complained", "complaint", "spam", "spam_report", "spam_complaint", "abuse"]],
  [
    "unsubscribed",
    [
      "unsubscribed",
      "unsubscribe",
      "opted_out",
      "opt_out",
      "optout",
      "denied",
      "withdrawn",
      "revoked",
      "suppressed",
      "false",
      "f",
      "no",
      "n",
      "0",
    ],
  ],
  ["pending", ["pending", "unconfirmed", "double_opt_in_pending", "awaiting_confirmation"]],
  [
    "subscribed",
    [
      "subscribed",
      "opted_in",
      "opt_in",
      "optin",
      "granted",
      "confirmed",
      "given",
      "true",
      "t",
      "yes",
      "y",
      "1",
    ],
  ],
];

const BY_WORD: ReadonlyMap<string, ConsentState> = new Map(
  WORDS.flatMap(([state, words]) => words.map((w) => [w, state] as const)),
);

/** Klaviyo's never_subscribed and Shopify's not_subscribed: nobody asked, so nobody opted out. */
const NOTHING_SAID: ReadonlySet<string> = new Set(["unknown", "null", "never_subscribed", "not_subscribed"]);

/**
 * A consent as people write it. null: a word that is not known, which is told to people and read as `unknown`.
 *
 * @example consentWord("Opted-In") // "subscribed"
 */
export function consentWord(raw: string | null): ConsentState | null {
  const word = (raw ?? "")
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  if (word === "" || NOTHING_SAID.has(word)) return "unknown";
  return BY_WORD.get(word) ?? null;
}
