/**
 * What happened since owner and copy last agreed: the nine cases of docs/repair.md. Of membership `added` and `removed`
 * say what they say; of a value `added` is a new or changed value and `removed` an emptied one.
 */
export const MOVES = ["same", "added", "removed"] as const;
/** One side against what was last agreed. */
export type Move = (typeof MOVES)[number];

export const CASES = [
  "agreed",
  "added_here",
  "removed_here",
  "added_at_owner",
  "added_at_both",
  "added_at_owner_removed_here",
  "removed_at_owner",
  "removed_at_owner_added_here",
  "removed_at_both",
] as const;
export type Case = (typeof CASES)[number];

export const caseOf = (owner: Move, here: Move): Case =>
  CASES[MOVES.indexOf(owner) * MOVES.length + MOVES.indexOf(here)] as Case;

/**
 * What owner and copy last agreed about one person: both had them, neither did, or they never agreed since we look.
 * `none`: nothing is kept for this copy (the first audit, a file that was lost), so nobody can tell what happened.
 */
export type LastAgreed = "in" | "out" | "never" | "none";

/** The case of one person's membership; null: what happened cannot be told. */
export function memberCase(agreed: LastAgreed, atOwner: boolean, here: boolean): Case | null {
  if (agreed === "none" || agreed === "never") return null;
  const before = agreed === "in";
  const move = (now: boolean): Move => (now === before ? "same" : now ? "added" : "removed");
  return caseOf(move(atOwner), move(here));
}

/**
 * How a value moved against the one last agreed, by fingerprint.
 *
 * @param agreed 0: none was ever agreed
 * @param empty largest fingerprint that is no value
 * @returns null: cannot be told
 */
export function moveOf(agreed: number, now: number, empty: number): Move | null {
  if (agreed === 0 || now === 0) return null;
  if (agreed === now) return "same";
  return now <= empty ? "removed" : "added";
}
