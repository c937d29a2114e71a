import type { ForecastLine } from "../../core/repair.ts";

/** No writer of ours adds people in a way that asks them to confirm; the reason says how it is avoided. */
export const noMails = (text: string): ForecastLine => ({ what: "mails", verdict: "none", count: 0, text });

/** At most so many new records; whether the account has room for them cannot be told. */
export const upTo = (adds: number, one: string, limit: string): ForecastLine => ({
  what: "contacts",
  verdict: "cant_tell",
  count: null,
  text: `up to ${adds.toLocaleString("en-US")} new ${adds === 1 ? one : `${one}s`}; ${limit}`,
});

/** Others that are told of an add. `names` null: cannot tell, and `text` says why; else what they do: "is told of it". */
export function hooks(names: readonly string[] | null, text: string): ForecastLine {
  if (names === null) return { what: "hooks", verdict: "cant_tell", count: null, text };
  if (names.length === 0) return { what: "hooks", verdict: "none", count: 0, text: `nobody else ${text}` };
  return {
    what: "hooks",
    verdict: "some",
    count: names.length,
    text: `${[...new Set(names)].sort().join(", ")} ${text}`,
  };
}
