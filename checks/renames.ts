/** Names this much alike may be one name changed. */
const ALIKE = 0.4;
/** Enough where one went and one came and there is nothing else to choose from: "First name", "Given name". */
const ALIKE_ALONE = 0.3;

/**
 * Which of the names that are gone became which of those that came: each the likest of the other, alike at all, and no
 * third as like. Otherwise nothing is guessed. The order of the names does not matter, and neither does the direction:
 * the way back gives the same pairs.
 *
 * @param fits what else must hold of a pair, whichever way round: the same type, about as many records
 * @returns gone → came
 */
export function renames(
  gone: readonly string[],
  came: readonly string[],
  fits: (gone: string, came: string) => boolean,
): ReadonlyMap<string, string> {
  const score = (g: string, c: string): number => (fits(g, c) ? likeness(g, c) : 0);
  const least = gone.length === 1 && came.length === 1 ? ALIKE_ALONE : ALIKE;
  const pairs = new Map<string, string>();
  for (const g of gone) {
    const best = likest(came, least, (c) => score(g, c));
    if (best !== null && likest(gone, least, (other) => score(other, best)) === g) pairs.set(g, best);
  }
  return pairs;
}

/** The one that is alike and more so than any other; null: there is none. */
function likest(names: readonly string[], least: number, score: (name: string) => number): string | null {
  let [best, most, second]: [string | null, number, number] = [null, 0, 0];
  for (const name of names) {
    const s = score(name);
    if (s > most) [best, most, second] = [name, s, most];
    else second = Math.max(second, s);
  }
  return most >= least && most > second ? best : null;
}

/**
 * Share of letter pairs that two names have in common (Dice's coefficient), 0 to 1; capitals and punctuation do not
 * count.
 *
 * @example likeness("Plan", "plan_name") // 0.6
 */
function likeness(a: string, b: string): number {
  const [x, y] = [pairsOf(a), pairsOf(b)];
  if (x.length + y.length === 0) return 0;
  const rest = [...y];
  let common = 0;
  for (const pair of x) {
    const i = rest.indexOf(pair);
    if (i < 0) continue;
    common++;
    rest.splice(i, 1);
  }
  return (2 * common) / (x.length + y.length);
}

function pairsOf(name: string): string[] {
  const letters = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .slice(0, 100);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2));
}
