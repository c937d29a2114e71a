import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import type { HubspotContact } from "../../systems/hubspot/wire.ts";
import { type HubspotIntent, isIntent, judge } from "./hubspot-judge.ts";
import { changeList } from "./hubspot-lists.ts";
import { optOut } from "./hubspot-opt-out.ts";
import { contactsOf, type Entry, emailOf, type Session, unsent } from "./hubspot-session.ts";
import { setProperties } from "./hubspot-set.ts";
import { failed, notSent, retry, WAITS } from "./outcome.ts";

/** Runs of one operation, in order, of at most `most`. */
export function batchesOf(changes: readonly OpenChange[], most: number): readonly (readonly OpenChange[])[] {
  const batches: OpenChange[][] = [];
  for (const change of changes) {
    const last = batches.at(-1);
    if (last !== undefined && last[0]?.op === change.op && last.length < most) last.push(change);
    else batches.push([change]);
  }
  return batches;
}

/** One outcome per change, in order. Throws nothing that HubSpot can cause. */
export async function applyAll(
  open: () => Promise<Session>,
  changes: readonly OpenChange[],
  source: SegmentSource,
): Promise<readonly WriteOutcome[]> {
  let session: Session;
  try {
    session = await open();
  } catch (e) {
    const outcome = notSent(e);
    return changes.map(() => outcome);
  }
  const outcomes: WriteOutcome[] = [];
  let halt: WriteOutcome | null = null;
  for (const run of batchesOf(changes, changes.length)) {
    const answered: readonly WriteOutcome[] =
      halt === null ? await applyRun(session, run, source) : run.map(() => halt ?? retry("not sent"));
    outcomes.push(...answered);
    const waits = answered.some((o) => o.status === "retry");
    // it refuses or is away: asking again for others would only hammer it
    if (halt === null && waits) halt = WAITS;
    if (halt === null && session.refused)
      halt = answered.find((o) => o.status === "failed") ?? failed("the token was refused");
  }
  return outcomes;
}

type Ready = { readonly at: number; readonly email: string; readonly intent: HubspotIntent };

/** Changes of one operation: read, judge, write, read again. */
async function applyRun(
  s: Session,
  changes: readonly OpenChange[],
  source: SegmentSource,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = changes.map(() => failed("not looked at"));
  const ready: Ready[] = [];
  for (const [at, change] of changes.entries()) {
    const intent = judge(change, source, s.config.attributes);
    const email = emailOf(change.identifiers);
    if (!isIntent(intent)) outcomes[at] = intent;
    else if (email === null)
      outcomes[at] = failed("the person has no usable e-mail address, and HubSpot is asked for people by it");
    else ready.push({ at, email, intent });
  }
  if (ready.length === 0) return outcomes;
  const answered = await readAndWrite(s, ready);
  ready.forEach((r, i) => {
    outcomes[r.at] = answered[i] ?? failed("HubSpot gave no answer for this person");
  });
  return outcomes;
}

async function readAndWrite(s: Session, ready: readonly Ready[]): Promise<readonly WriteOutcome[]> {
  let found: ReadonlyMap<string, HubspotContact>;
  try {
    // read right before the write: HubSpot has no If-Match, so this is as small as the gap gets
    found = await contactsOf(
      s,
      ready.map((r) => r.email),
    );
  } catch (e) {
    const outcome = unsent(e, s);
    return ready.map(() => outcome);
  }
  return write(
    s,
    ready.map((r) => ({ ...r, contact: found.get(r.email) ?? null })),
  );
}

/** All of one operation and one segment, hence of one kind of intent. */
function write(s: Session, ready: readonly (Ready & Entry)[]): Promise<readonly WriteOutcome[]> {
  const first = ready[0]?.intent;
  if (first?.kind === "list") return changeList(s, ready, first.list, first.on);
  if (first?.kind === "opt_out") return optOut(s, ready);
  return setProperties(
    s,
    ready.flatMap((r) =>
      r.intent.kind === "property" ? [{ ...r, property: r.intent.property, value: r.intent.value }] : [],
    ),
  );
}
