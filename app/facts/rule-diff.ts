export type RuleLine = { readonly kind: "same" | "removed" | "added"; readonly text: string };

/**
 * How one wording of a rule differs from the one before, line by line (longest common subsequence), in reading order:
 * where lines were replaced, what went stands before what came.
 *
 * @example ruleDiff("a\nb", "a\nc") // a same, b removed, c added
 */
export function ruleDiff(before: string, after: string): RuleLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const common = commonLengths(old, now);
  const lines: RuleLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [a, b] = [old[i], now[j]];
    if (a !== undefined && a === b) {
      lines.push({ kind: "same", text: a });
      i += 1;
      j += 1;
    } else if (a !== undefined && (b === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: "removed", text: a });
      i += 1;
    } else if (b !== undefined) {
      lines.push({ kind: "added", text: b });
      j += 1;
    }
  }
  return lines;
}

/** Length of the longest common subsequence of every pair of ends; rules have at most a few hundred lines. */
function commonLengths(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const rows: number[][] = Array.from({ length: old.length + 1 }, () => []);
  for (let i = old.length; i >= 0; i--) {
    const row = rows[i] ?? [];
    for (let j = now.length; j >= 0; j--) {
      row[j] =
        i === old.length || j === now.length
          ? 0
          : old[i] === now[j]
            ? at(rows, i + 1, j + 1) + 1
            : Math.max(at(rows, i + 1, j), row[j + 1] ?? 0);
    }
  }
  return rows;
}

const at = (rows: readonly (readonly number[])[], i: number, j: number): number => rows[i]?.[j] ?? 0;

/** The first changed lines in a few words, for the end of a sentence: "−status = active, +region = EU". */
export function diffInWords(lines: readonly RuleLine[]): string {
  const changed = lines.filter((l) => l.kind !== "same" && l.text.trim() !== "");
  const shown = changed
    .slice(0, 2)
    .map((l) => `${l.kind === "removed" ? "−" : "+"}${l.text.trim().slice(0, 60)}`);
  const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more lines` : "";
  return shown.join(", ") + more;
}
