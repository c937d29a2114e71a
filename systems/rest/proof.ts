import type { Next } from "./paging.ts";

/** What a walk over all pages saw. */
export type Tally = {
  /** Distinct ids. */
  readonly read: number;
  /** As it was declared first and last; null: never. */
  readonly firstTotal: number | null;
  readonly lastTotal: number | null;
  /** Why pages may have slipped past somebody, in words; null: they did not. */
  readonly slipped: string | null;
};

export type Proof = { readonly complete: boolean; readonly because: string };

/**
 * Is this the whole list? A declared total must be reached by distinct ids; without one the vendor must have said that
 * nothing follows. Pure.
 */
export function proofOf(tally: Tally, ending: Exclude<Next, { kind: "page" }>): Proof {
  const { read, firstTotal: first, lastTotal: last, slipped } = tally;
  if (slipped !== null) return { complete: false, because: `${slipped}, after ${read} records` };
  if (last === null)
    return ending.kind === "end"
      ? { complete: true, because: `${read} records read; ${ending.because}; no total is declared` }
      : { complete: false, because: `${read} records read; ${ending.because}; nothing proves the end` };
  const declared =
    first === last || first === null
      ? `${last} declared`
      : `${first} declared at first and ${last} at the end`;
  if (read < last || (read > last && first === last))
    return { complete: false, because: `${read} records read, but ${declared}; ${ending.because}` };
  return { complete: true, because: `${read} records read, ${declared}; ${ending.because}` };
}
