import { CONSENT_ORDER, type ConsentState } from "../../core/model.ts";
import type { Lease, OpenChange } from "../../core/ports.ts";
import type { Change, EndState, Plan, PlanDoc, PlanState } from "../../core/repair.ts";
import type { Rec } from "../property/sync-world.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import { mailOfChange, type SimVendor } from "./vendor.ts";

/** What the judge knows of one change of one plan, from what it saw itself. */
export type Seen = {
  intents: number;
  end: EndState | null;
  /** Moments of its mutations. */
  readonly mutations: number[];
  /** Sent, and neither read since nor answered "not done". */
  open: boolean;
};

/** One process working on one plan, from the moment it got the lease. */
type Turn = {
  readonly process: Process;
  readonly fence: number;
  over: boolean;
  mustStop: boolean;
  readonly sent: Map<string, Set<number>>;
  /** Operations whose first round is over; it may have been a small one, when people dropped out of it unsent. */
  readonly pastCanary: Set<string>;
};

/** A person is read again right before the write when the last read is a minute old; reading and sending take their time. */
const LONGEST_UNREAD_MS = 60_000 + 30_000;
export const DAY = 86_400_000;

export const rank = (c: ConsentState): number => CONSENT_ORDER.indexOf(c === "unknown" ? "subscribed" : c);

/** Looks at every step, from outside: what was sent, what it did, what was journaled. It shares no code with `sync/`. */
export class Judge {
  readonly broken: string[] = [];
  readonly plans = new Map<number, PlanDoc>();
  readonly seen = new Map<string, Seen>();
  readonly mutations: { readonly at: number; readonly planId: number; readonly change: OpenChange }[] = [];
  /** Plans whose stop was asked for, and when that stood in the store. */
  readonly stops = new Map<number, number>();
  canary = 25;
  /** People whom the owner really has, by address: a removal of one of them came from a bad read. */
  ownerHas: (mail: string) => boolean = () => false;
  /** Has anything hindered this process from hearing of a stop since then? */
  hindered: (process: Process, since: number) => boolean = () => false;
  readonly #turns = new Map<number, Turn>();
  readonly #s: Scheduler;
  readonly #vendor: SimVendor;

  constructor(s: Scheduler, vendor: SimVendor) {
    this.#s = s;
    this.#vendor = vendor;
  }

  fail(what: string): void {
    this.#s.say("judge", `BROKEN ${what}`);
    this.broken.push(what);
  }

  of(planId: number, n: number): Seen {
    const key = `${planId} ${n}`;
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    const fresh: Seen = { intents: 0, end: null, mutations: [], open: false };
    this.seen.set(key, fresh);
    return fresh;
  }

  /** A person read this document and approved it. */
  approved(plan: Plan): void {
    this.plans.set(plan.id, structuredClone(plan.doc));
  }

  granted(process: Process, lease: Lease): void {
    const before = this.#turns.get(lease.planId);
    if (before !== undefined && lease.fence <= before.fence)
      this.fail(`fence ${lease.fence} was given twice`);
    this.#turns.set(lease.planId, {
      process,
      fence: lease.fence,
      over: false,
      mustStop: false,
      sent: new Map(),
      pastCanary: new Set(),
    });
  }

  released(lease: Lease): void {
    const turn = this.#turns.get(lease.planId);
    if (turn?.fence === lease.fence) turn.over = true;
  }

  /** The process that holds a plan's lease, as far as it knows; null: none does. */
  working(): Process | null {
    return [...this.#turns.values()].findLast((t) => !t.over && t.process.alive)?.process ?? null;
  }

  /** People of the plans under way whose change has not ended. */
  pending(): readonly number[] {
    return [...this.#turns].flatMap(([planId, turn]) =>
      turn.over
        ? []
        : (this.plans.get(planId)?.changes ?? [])
            .filter((c) => this.of(planId, c.n).end === null)
            .map((c) => Number.parseInt(c.person, 16)),
    );
  }

  /** A journal write that the store took. */
  journaled(lease: Lease, ends: readonly { n: number; end: EndState | null }[]): void {
    const turn = this.#turns.get(lease.planId);
    if (turn?.fence !== lease.fence)
      this.fail(`fencing: PL-${lease.planId} was journaled with fence ${lease.fence} of ${turn?.fence}`);
    for (const { n, end } of ends) {
      const seen = this.of(lease.planId, n);
      if (end === null) seen.intents += 1;
      else if (seen.end !== null) this.fail(`I1: change ${n} of PL-${lease.planId} has two ends`);
      else seen.end = end;
      if (end === "applied" && seen.open)
        this.fail(`read-back: change ${n} of PL-${lease.planId} is applied, and nobody looked`);
    }
  }

  /** A process moved a plan's state. */
  moved(process: Process, planId: number, to: PlanState): void {
    if (to === "checked" || process.name === "desk") return;
    const turn = this.#turns.get(planId);
    if (turn?.process !== process || turn.over)
      this.fail(`fencing: ${process.name} makes PL-${planId} ${to} without its lease`);
  }

  /** A write request leaves the process. */
  sent(process: Process, planId: number, changes: readonly OpenChange[]): void {
    const turn = this.#turns.get(planId);
    if (turn?.process !== process || turn.over)
      this.fail(`fencing: ${process.name} writes for PL-${planId} without its lease`);
    const stop = this.stops.get(planId);
    if (stop !== undefined && this.#s.now - stop > 5_000 && !this.hindered(process, stop))
      this.fail(`stop: PL-${planId} writes ${this.#s.now - stop} ms after it was stopped`);
    if (turn?.mustStop === true) this.fail(`breaker: PL-${planId} goes on although too many failed`);
    for (const c of changes) {
      const seen = this.of(planId, c.n);
      if (seen.intents === 0) this.fail(`I6: change ${c.n} of PL-${planId} was sent without an intent`);
      if (seen.end !== null) this.fail(`I2: change ${c.n} of PL-${planId} was sent after it ended`);
      if (seen.open) this.fail(`I2: change ${c.n} of PL-${planId} was sent again, and nobody looked`);
      seen.open = true;
      this.#consent(planId, c);
      if (turn !== undefined) this.#canary(planId, turn, c);
    }
  }

  #consent(planId: number, c: OpenChange): void {
    if (c.op !== "add" || c.evidence !== null || this.plans.get(planId)?.undoes != null) return;
    // a record that an unanswered try of ours made reads as opted out from then on
    if (this.of(planId, c.n).mutations.length > 0) return;
    if (this.#vendor.optedOutSince(mailOfChange(c), this.#s.now - LONGEST_UNREAD_MS))
      this.fail(`I3: change ${c.n} of PL-${planId} adds somebody who opted out long before`);
  }

  #canary(planId: number, turn: Turn, c: OpenChange): void {
    const sent = turn.sent.get(c.op) ?? new Set<number>();
    turn.sent.set(c.op, sent);
    if (sent.has(c.n) || turn.pastCanary.has(c.op)) return;
    const first = [...sent].slice(0, this.canary);
    if (sent.size >= this.canary && first.some((n) => this.of(planId, n).end === null))
      this.fail(`canary: PL-${planId} goes on before its first ${this.canary} were read back`);
    sent.add(c.n);
  }

  /** The vendor's "not done, ask later", or a read of these people, answers what became of a call. */
  settled(planId: number, ns: readonly number[]): void {
    for (const n of ns) this.of(planId, n).open = false;
  }

  /** After a round: did too many fail? Counted here, from the journal. */
  round(planId: number): void {
    const turn = this.#turns.get(planId);
    const ends = (this.plans.get(planId)?.changes ?? []).flatMap((c) => this.of(planId, c.n).end ?? []);
    const failed = ends.filter((e) => e === "failed" || e === "unknown").length;
    for (const [op, sent] of turn?.sent ?? [])
      if ([...sent].every((n) => this.of(planId, n).end !== null)) turn?.pastCanary.add(op);
    if (turn !== undefined && failed >= 5 && failed > ends.length / 100) turn.mustStop = true;
  }

  /** Something changed at the vendor because of us. */
  mutated(planId: number, c: OpenChange, before: Rec | null, after: Rec): void {
    const doc = this.plans.get(planId);
    const planned = doc?.changes[c.n];
    const mail = mailOfChange(c);
    const name = `change ${c.n} of PL-${planId}`;
    if (planned === undefined || !isSame(planned, c)) this.fail(`I4: ${name} is not in what was approved`);
    const looser = before !== null && rank(after.consent) > rank(before.consent);
    if (looser || (after.mailable && before?.mailable !== true)) this.fail(`I3: ${name} loosens consent`);
    if (c.op === "remove" && doc?.undoes === null && this.ownerHas(mail))
      this.fail(`I9: ${name} removes somebody whom the owner has`);
    const seen = this.of(planId, c.n);
    const last = seen.mutations.at(-1);
    const between = (this.#vendor.edits.get(mail) ?? []).some((e) => last !== undefined && e.at >= last);
    if (last !== undefined && !between) this.fail(`I2: ${name} took effect twice`);
    seen.mutations.push(this.#s.now);
    this.mutations.push({ at: this.#s.now, planId, change: c });
    if (doc !== undefined) this.#limits(doc, c);
  }

  /** I5, counted at the vendor in people: whatever plans are called, the last 24 h hold the limit. */
  #limits(doc: PlanDoc, c: OpenChange): void {
    if (doc.undoes !== null || c.op === "suppress") return;
    const size = doc.sizes[c.system] ?? 0;
    const recent = new Set(
      this.mutations
        .filter((m) => m.at > this.#s.now - DAY && m.change.op !== "suppress")
        .map((m) => m.change.person),
    ).size;
    const limit = this.wide ? Number.POSITIVE_INFINITY : size < 100 ? 20 : size * 0.2 + 1e-9;
    if (recent > limit) this.fail(`I5: ${recent} people in 24 h on a list of ${size}`);
  }

  /** The last phase lifts the limits, to see that nothing is left to do. */
  wide = false;
}

const isSame = (planned: Change, c: OpenChange): boolean =>
  planned.person === c.person &&
  planned.op === c.op &&
  planned.attribute === c.attribute &&
  planned.system === c.system &&
  planned.sealed === c.sealed;
