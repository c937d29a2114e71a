import { AuditorError } from "../../core/errors.ts";
import type { Instant } from "../../core/model.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import type { Batch } from "../../systems/postgres/cursor.ts";

/** The answer to a `differenceQuery`. */
export type Told = {
  /** People whom both sides have alike. */
  readonly same: number;
  /** Per attribute, of how many of them it is empty. */
  readonly empties: readonly number[];
  /** Rows of the others, of the first side and then of the second: to be read in this order, each once. */
  readonly tables: readonly [TableFile, TableFile];
};

/**
 * Takes the answer apart as it arrives.
 *
 * @param asOf the moment that the rows show
 * @throws AuditorError permanent when the answer does not begin as it should
 */
export async function toldRows(
  batches: AsyncIterator<Batch>,
  asOf: Instant,
  labels: readonly [string, string],
): Promise<Told> {
  let batch = await nextOf(batches);
  let at = 0;
  const head = batch?.rows[at++];
  if (head?.[0] !== "-1")
    throw new AuditorError("permanent", labels[0], "the answer has no head", "report this");
  const table = (side: 0 | 1): TableFile => {
    let rows = 0;
    let done = false;
    return {
      label: labels[side],
      asOf,
      columns: (head ?? []).slice(1).map((_, c) => `c${c}`),
      declaredRows: null,
      async *rows() {
        for (; batch !== null; batch = await nextOf(batches), at = 0) {
          const from = at;
          while (batch.rows[at]?.[0] === String(side)) at++;
          const mine = batch.rows.slice(from, at).map((row) => row.slice(1).map((value) => value ?? ""));
          rows += mine.length;
          if (mine.length > 0) yield mine;
          if (at < batch.rows.length) break;
        }
        done = true;
      },
      end: () => (done ? { rows, footer: true } : null),
      close: async () => undefined,
    };
  };
  const [, same, ...empties] = head.map(Number);
  return { same: same ?? 0, empties, tables: [table(0), table(1)] };
}

async function nextOf(batches: AsyncIterator<Batch>): Promise<Batch | null> {
  const next = await batches.next();
  return next.done ? null : next.value;
}
