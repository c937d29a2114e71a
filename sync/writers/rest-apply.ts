import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { PersonState, WriteOutcome } from "../../core/repair.ts";
import type { RestWrite } from "../../core/rest-config.ts";
import { isLooser } from "../../systems/rest/consent.ts";
import { accepted, applied, failed, noop, notSent, refusedForConsent, WAITS } from "./outcome.ts";
import { isIntent, judge, type RestIntent } from "./rest-judge.ts";
import { type Found, findPeople, isOptedOut, keyOf, stateOf } from "./rest-people.ts";
import { type Item, type Sent, type Session, sendTogether } from "./rest-send.ts";

/** A change that is to be sent, with what was there before. */
type Open = {
  readonly at: number;
  readonly change: OpenChange;
  readonly intent: RestIntent;
  readonly records: readonly Found[];
};

/**
 * Looks people up, leaves out what is so already or must not be, sends the rest, and looks them up again: what counts
 * is the effect. Changes of one batch share one operation. Throws nothing that the vendor can cause.
 */
export async function applyBatch(
  s: Session,
  write: RestWrite,
  batch: readonly OpenChange[],
  source: SegmentSource,
): Promise<readonly WriteOutcome[]> {
  const outcomes: (WriteOutcome | null)[] = batch.map(() => null);
  const intents = batch.map((change) => judge(change, source, s.system));
  const known = batch.flatMap((change, at) => {
    const intent = intents[at];
    if (intent === undefined || !isIntent(intent)) {
      outcomes[at] = intent ?? failed("nothing to do");
      return [];
    }
    if (keyOf(write, change.identifiers) === null) {
      outcomes[at] = failed(`the person has no usable ${write.find.by}, by which ${s.system.id} is searched`);
      return [];
    }
    return [{ at, change, intent }];
  });
  let found: readonly (readonly Found[])[];
  try {
    found = await lookUp(
      s,
      write,
      known.map((k) => k.change),
      source,
    );
  } catch (e) {
    const told = notSent(e);
    for (const { at } of known) outcomes[at] = told;
    return outcomes.map((o) => o ?? told);
  }
  const open: Open[] = [];
  for (const [i, k] of known.entries()) {
    const records = found[i] ?? [];
    const early = before(k.change, records);
    if (early === null) open.push({ ...k, records });
    else outcomes[k.at] = early;
  }
  await sendAll(s, write, open, source, outcomes);
  return outcomes.map((o) => o ?? WAITS);
}

const lookUp = (s: Session, write: RestWrite, changes: readonly OpenChange[], source: SegmentSource) =>
  findPeople(
    s.system,
    write,
    s.reader,
    changes.map((c) => c.identifiers),
    source,
    s.context,
  );

/** What needs no call: it is so already, nobody is there, or consent forbids it. */
function before(change: OpenChange, records: readonly Found[]): WriteOutcome | null {
  const state = stateOf(records);
  if (!state.found)
    return change.op === "suppress" || change.op === "remove"
      ? noop("not in this system")
      : failed("the person is not in this system, and Plumbline makes no records here");
  if (records.every((r) => isSo(change, r))) return noop("is so already");
  if (change.op === "add") {
    if (records.some((r) => r.inSegment === true)) return noop("is in the segment already");
    if (
      isOptedOut(state.consent) ||
      state.consent === "pending" ||
      (state.consent === "unknown" && state.mailable === false)
    )
      return refusedForConsent(
        `the person is ${state.consent} here; Plumbline adds nobody who has not opted in`,
      );
  }
  return null;
}

/** Does the record show what the change wants? */
function isSo(change: OpenChange, r: Found): boolean {
  const { op } = change;
  if (op === "add") return r.inSegment === true;
  if (op === "remove") return r.inSegment === false;
  if (op === "suppress")
    return r.person.consent === "unknown" ? r.person.mailable === false : isOptedOut(r.person.consent);
  return (r.person.attributes[change.attribute ?? ""] ?? null) === change.value;
}

/** In calls as large as the vendor takes; after each the people are looked up again. */
async function sendAll(
  s: Session,
  write: RestWrite,
  open: readonly Open[],
  source: SegmentSource,
  outcomes: (WriteOutcome | null)[],
): Promise<void> {
  const size = open[0]?.intent.call.batch ?? 1;
  let canary = open[0]?.change.op !== "suppress" && size > 1;
  for (let at = 0; at < open.length; ) {
    // a call that subscribes or lifts a suppression is seen at the first person, and goes no further
    const some = open.slice(at, at + (canary ? 1 : size));
    at += some.length;
    canary = false;
    const halt = await sendSome(s, write, some, source, outcomes);
    if (halt !== null) {
      for (const o of open.slice(at)) outcomes[o.at] = halt;
      return;
    }
  }
}

/** One call for these changes. Answers what to say of all that follow, when nothing more must be sent. */
async function sendSome(
  s: Session,
  write: RestWrite,
  some: readonly Open[],
  source: SegmentSource,
  outcomes: (WriteOutcome | null)[],
): Promise<WriteOutcome | null> {
  const items = some.flatMap((o) =>
    recordsOf(o).map((r): Item & { at: number } => ({ person: r.person, intent: o.intent, at: o.at })),
  );
  const sent = await sendInCalls(s, items);
  const took = some.filter((o) => {
    const mine = sent.filter((_, i) => items[i]?.at === o.at);
    const bad = mine.find((x) => x.said !== "ok" && x.said.status !== "noop");
    const noops = mine.find((x) => x.said !== "ok");
    if (bad !== undefined && bad.said !== "ok") outcomes[o.at] = bad.said;
    else if (mine.every((x) => x.said !== "ok") && noops !== undefined && noops.said !== "ok")
      outcomes[o.at] = noops.said;
    return outcomes[o.at] === null;
  });
  const harmed = await verify(s, write, took, source, outcomes);
  if (harmed !== null) return harmed;
  const halted = sent.find((x) => x.halt);
  if (halted === undefined || halted.said === "ok") return null;
  return halted.said.status === "failed" ? halted.said : WAITS;
}

/** Somebody with several records makes more items than changes, and one call takes no more than it takes. */
async function sendInCalls(s: Session, items: readonly Item[]): Promise<readonly Sent[]> {
  const size = items[0]?.intent.call.batch ?? 1;
  const sent: Sent[] = [];
  while (sent.length < items.length) {
    const some = items.slice(sent.length, sent.length + size);
    if (sent.some((x) => x.halt)) sent.push(...some.map(() => ({ said: WAITS, halt: true })));
    else sent.push(...(await sendFitting(s, some)));
  }
  return sent;
}

/** A value that cannot stand in a call is an error before anything is sent, and that person's own. */
async function sendFitting(s: Session, items: readonly Item[]): Promise<readonly Sent[]> {
  try {
    return await sendTogether(s, items);
  } catch (e) {
    if (items.length <= 1) return items.map(() => ({ said: notSent(e), halt: false }));
    if (!(e instanceof AuditorError)) throw e;
    const each: Sent[] = [];
    for (const item of items)
      each.push(...(each.some((x) => x.halt) ? [{ said: WAITS, halt: true }] : await sendFitting(s, [item])));
    return each;
  }
}

/** Of several records an add concerns the first, anything else all that are not so yet. */
function recordsOf(o: Open): readonly Found[] {
  const open = o.records.filter((r) => !isSo(o.change, r));
  return o.change.op === "add" ? open.slice(0, 1) : open;
}

/** Looks at the effect. Answers what stops the rest: somebody is easier to reach than before, or cannot be looked up. */
async function verify(
  s: Session,
  write: RestWrite,
  took: readonly Open[],
  source: SegmentSource,
  outcomes: (WriteOutcome | null)[],
): Promise<WriteOutcome | null> {
  if (took.length === 0) return null;
  let found: readonly (readonly Found[])[];
  try {
    found = await lookUp(
      s,
      write,
      took.map((o) => o.change),
      source,
    );
  } catch (e) {
    if (!(e instanceof AuditorError)) throw e;
    for (const o of took)
      outcomes[o.at] = accepted(`the vendor said yes, but could not be read again (${e.message})`);
    return WAITS;
  }
  let harmed: WriteOutcome | null = null;
  for (const [i, o] of took.entries()) {
    const records = found[i] ?? [];
    if (isHarmed(stateOf(o.records), stateOf(records))) {
      outcomes[o.at] = failed(
        `${o.change.op} made the person easier to reach, against the evidence in the configuration: take this call out of write, and see to the person`,
      );
      harmed = failed(`not sent: ${o.change.op} made somebody easier to reach a moment ago`);
      continue;
    }
    const done =
      o.change.op === "add"
        ? records.some((r) => isSo(o.change, r))
        : records.every((r) => isSo(o.change, r));
    outcomes[o.at] = done ? applied : accepted("the vendor said yes, but the record is unchanged");
  }
  return harmed;
}

const isHarmed = (was: PersonState, is: PersonState): boolean =>
  isLooser(was.consent, is.consent) || (was.mailable === false && is.mailable === true);
