import { AuditorError, isKind } from "../core/errors.ts";
import type { PersonRef } from "../core/ports.ts";
import type { Change, PersonState } from "../core/repair.ts";
import { askedFor, looksOf } from "./patience.ts";
import { contextOf, openedOf, personAt, type Run, writerOf } from "./run.ts";
import { pause } from "./watch.ts";

const CHUNK = 100;
const TRIES = 4;

/**
 * Reads the people of these changes from their systems and keeps their states in the run.
 *
 * @param signal `halt` when reading may end early, `firm` when it must be finished to know what was done
 * @throws the last error when a system cannot be read after 4 tries; interrupted when `signal` is aborted
 */
export async function readPeople(run: Run, changes: readonly Change[], signal: AbortSignal): Promise<void> {
  const segments = new Map<string, Change[]>();
  const seen = new Set<string>();
  for (const c of changes) {
    if (seen.has(`${personAt(c)} ${c.audience}`)) continue;
    seen.add(`${personAt(c)} ${c.audience}`);
    const key = `${c.system} ${c.audience}`;
    const people = segments.get(key);
    if (people === undefined) segments.set(key, [c]);
    else people.push(c);
  }
  for (const people of segments.values()) {
    for (let i = 0; i < people.length; i += CHUNK) await readChunk(run, people.slice(i, i + CHUNK), signal);
  }
}

/** Whoever could not be read (null) is asked for again a few times: one hiccup of a system is no unknown person. */
async function readChunk(run: Run, chunk: readonly Change[], signal: AbortSignal): Promise<void> {
  let open = chunk;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const states = await readOnce(run, open, signal);
    const now = run.clock.now().getTime();
    open.forEach((c, i) => {
      run.states.set(personAt(c), { state: states[i] ?? null, at: now });
    });
    open = open.filter((_, i) => (states[i] ?? null) === null);
    if (attempt === TRIES) return;
    if (open.length > 0) await pause(run.sleep, backoff(attempt), signal);
  }
}

async function readOnce(
  run: Run,
  chunk: readonly Change[],
  signal: AbortSignal,
): Promise<readonly (PersonState | null)[]> {
  const first = chunk[0];
  if (first === undefined) return [];
  const writer = writerOf(run, first.system);
  const source = run.sources(first.system, first.audience);
  const refs: PersonRef[] = chunk.map((c) => ({
    person: c.person,
    identifiers: openedOf(run, c).identifiers,
  }));
  const states = await retryRead(run, signal, () => writer.readBack(refs, source, contextOf(run, signal)));
  if (states.length === chunk.length) return states;
  throw new AuditorError(
    "bad_data",
    `system ${first.system}`,
    `answered ${states.length} of ${chunk.length} people`,
    "report this as a fault of Plumbline",
  );
}

const backoff = (attempt: number): number => 1_000 * 2 ** (attempt - 1);

/** Reads change nothing, so they may be repeated; the writes never are without a read in between. */
async function retryRead<T>(run: Run, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) throw interrupted(run);
    try {
      return await read();
    } catch (cause) {
      if (signal.aborted) throw interrupted(run);
      if (!isKind(cause, "rate_limited", "transient", "bad_data") || attempt === TRIES) throw cause;
      // whoever decides about the plan decides about so long a wait
      if (askedFor(cause) !== null) throw cause;
      await pause(run.sleep, cause.retryAfterMs ?? backoff(attempt), signal);
    }
  }
}

const interrupted = (run: Run): AuditorError =>
  new AuditorError("interrupted", `PL-${run.planId}`, "reading was interrupted", "resume the plan");

/** Milliseconds to wait before each look for effects in these systems: as long as the slowest of them needs. */
export function looksFor(run: Run, changes: readonly Change[]): readonly number[] {
  const systems = [...new Set(changes.map((c) => c.system))];
  const settles = systems.map((s) => writerOf(run, s).capabilities.settle);
  return looksOf({
    typicalMs: Math.max(0, ...settles.map((s) => s.typicalMs)),
    maxMs: Math.max(0, ...settles.map((s) => s.maxMs)),
  });
}

/** Waits until a read usually shows what was written to these systems. */
export async function settle(run: Run, changes: readonly Change[]): Promise<void> {
  await pause(run.sleep, looksFor(run, changes)[0] ?? 0, run.watch.firm);
}

/** What was read of these people does not count any more. */
export function forget(run: Run, changes: readonly Change[]): void {
  const at = run.clock.now().getTime();
  for (const c of changes) run.states.set(personAt(c), { state: null, at });
}

/** Last known state; null when it was never read or could not be. */
export const stateOf = (run: Run, c: Pick<Change, "system" | "person">): PersonState | null =>
  run.states.get(personAt(c))?.state ?? null;
