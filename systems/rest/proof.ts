import type { Next } from "./paging.ts";

/** What a walk over all pages saw. */
export type Tally = {
  /** Distinct ids. */
  readonly read: number;
  /** As the first and the last page declared it; null: not declared. */
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
  if (last === null) {
    if (first !== null)
      return {
        complete: false,
        because: `${first} records were declared at first, and no number at the end`,
      };
    return ending.kind === "end"
      ? { complete: true, because: `${read} records read; ${ending.because}; no total is declared` }
      : { complete: false, because: `${read} records read; ${ending.because}; nothing proves the end` };
  }
  const declared =
    first === last || first === null
      ? `${last} declared`
      : `${first} declared at first and ${last} at the end`;
  if (read < last || (read > last && first === last))
    return { complete: false, because: `${read} records read, but ${declared}; ${ending.because}` };
  return { complete: true, because: `${read} records read, ${declared}; ${ending.because}` };
}
