import { AuditorError } from "../../core/errors.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { failed, WAITS } from "./outcome.ts";

/** Few, so that a stop takes effect within a second or two: each change is a read, a write and often a read. */
const BATCH = 10;

/** For a writer that changes one person at a time. */
export const batchesOfFew = (changes: readonly OpenChange[]): readonly (readonly OpenChange[])[] =>
  Array.from({ length: Math.ceil(changes.length / BATCH) }, (_, i) =>
    changes.slice(i * BATCH, (i + 1) * BATCH),
  );

/**
 * What allows writing to this system, apart from what allows reading it.
 *
 * @param setting what the configuration calls it, as `write_key`
 * @throws AuditorError config when it is not set
 */
export function writeCredential<T>(where: string, setting: string, value: T | null): T {
  if (value === null)
    throw new AuditorError(
      "config",
      where,
      `no ${setting} is set, so nothing is written here`,
      `set ${setting} to allow repairs`,
    );
  return value;
}

/**
 * One outcome per change, in order. After a change that has to wait, or a refused key, the others are not sent.
 *
 * @param session where `one` notes that the system refused the key
 */
export async function applyEach(
  batch: readonly OpenChange[],
  session: { readonly refusedKey?: boolean },
  one: (change: OpenChange) => Promise<WriteOutcome>,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  let halt: WriteOutcome | null = null;
  for (const change of batch) {
    const done: WriteOutcome = halt ?? (await one(change));
    outcomes.push(done);
    // the system refuses or is away: asking again for each person would only hammer it
    if (halt === null && done.status === "retry") halt = { ...done, because: WAITS.because };
    if (halt === null && done.because !== null && session.refusedKey === true) halt = failed(done.because);
  }
  return outcomes;
}

/** The `close` of a writer that speaks HTTP. */
export async function nothingOpen(): Promise<void> {
  // fetch keeps nothing of ours open
}
