/** A small world for the repair's tests: virtual time, one vendor in memory, one audience. Nothing here is shipped. */
import { NOTHING } from "../../core/capabilities.ts";
import type { Clock } from "../../core/clock.ts";
import type { Audience, Config } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import {
  audienceId,
  type ConsentState,
  type Instant,
  instant,
  type PersonKey,
  personKey,
  runId,
  systemId,
} from "../../core/model.ts";
import type { Capabilities, Log, OpenChange, Sealer, Writer } from "../../core/ports.ts";
import type { PersonState, PlanDoc, WriteOutcome } from "../../core/repair.ts";
import type { Difference } from "../../members/differences.ts";
import type { SpooledRow } from "../../members/spool.ts";
import { isOptOut } from "../../sync/effect.ts";
import { planHash } from "../../sync/hash.ts";
import { type DraftInput, draftPlan } from "../../sync/plan.ts";
import type { ApplyInput } from "../../sync/run.ts";
import type { MemoryPlanStore } from "../setup/memory-plan-store.ts";

export const OWNER = systemId("warehouse");
export const DEST = systemId("ghost");
export const AUDIENCE = audienceId("active_customers");
export const START = "2026-11-24T06:00:00.000Z";

export const silent: Log = { info: () => undefined, warn: () => undefined };
/** Reversible and readable: what tests need of a seal. */
export const plainSealer: Sealer = {
  seal: (s) => Buffer.from(s).toString("base64url"),
  open: (s) => Buffer.from(s, "base64url").toString(),
};
export const keyOf = (i: number): PersonKey => personKey(i.toString(16).padStart(32, "0"));
export const mailOf = (i: number): string => `p${i}@example.com`;
export const print = (v: string | null | undefined): number =>
  v == null ? 1 : [...v].reduce((h, c) => (h * 31 + c.charCodeAt(0)) >>> 0, 7);

/** Time that moves only when everybody sleeps. */
export function virtualTime(): {
  clock: Clock;
  sleep: ApplyInput["sleep"];
  now(): number;
  advance(ms: number): void;
} {
  let now = Date.parse(START);
  const sleepers: { at: number; wake: () => void }[] = [];
  let pumping = false;
  const pump = (): void => {
    const next = sleepers.sort((a, b) => a.at - b.at).shift();
    if (next === undefined) {
      pumping = false;
      return;
    }
    now = Math.max(now, next.at);
    next.wake();
    setImmediate(pump);
  };
  return {
    clock: { now: () => new Date(now) },
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          signal.removeEventListener("abort", end);
          if (sleepers.includes(sleeper)) sleepers.splice(sleepers.indexOf(sleeper), 1);
          resolve();
        };
        const sleeper = { at: now + ms, wake: end };
        sleepers.push(sleeper);
        signal.addEventListener("abort", end);
        if (!pumping) {
          pumping = true;
          setImmediate(pump);
        }
      }),
  };
}

export type Rec = { inSegment: boolean; consent: ConsentState; mailable: boolean; plan: string | null };
export type Fault =
  | "none"
  | "retry"
  | "retry_late"
  | "lost_before"
  | "lost_after"
  | "throw_before"
  | "throw_after"
  | "ghost"
  | "refuse"
  | "accept"
  | "lie_retry"
  | "subscribe";
export type Mutation = { readonly key: string; readonly journalAt: number; readonly n: number };

/** A vendor that behaves as told, call by call; `lagMs` is how far its reads are behind its writes. */
export class Vendor {
  readonly recs = new Map<string, Rec>();
  readonly history: { at: number; mail: string; rec: Rec | null }[] = [];
  readonly mutations: Mutation[] = [];
  loosenedByUs = 0;
  fault: () => Fault = () => "none";
  unreadable: () => boolean = () => false;
  onCall: () => void = () => undefined;
  lagMs = 0;
  calls = 0;
  readonly now: () => number;
  readonly store: () => MemoryPlanStore;

  constructor(now: () => number, store: () => MemoryPlanStore) {
    this.now = now;
    this.store = store;
  }

  put(mail: string, rec: Rec): void {
    this.history.push({ at: this.now(), mail, rec: { ...rec } });
    this.recs.set(mail, rec);
  }

  private seen(mail: string): Rec | null {
    if (this.lagMs === 0) return this.recs.get(mail) ?? null;
    const until = this.now() - this.lagMs;
    return this.history.filter((h) => h.mail === mail && h.at <= until).at(-1)?.rec ?? null;
  }

  state(mail: string): PersonState {
    const rec = this.seen(mail);
    if (rec === null)
      return {
        found: false,
        inSegment: false,
        consent: "unknown",
        mailable: null,
        attributes: {},
        version: null,
      };
    return {
      found: true,
      inSegment: rec.inSegment,
      consent: rec.consent,
      mailable: rec.mailable,
      attributes: { plan: rec.plan },
      version: null,
    };
  }

  private write(c: OpenChange, subscribe: boolean): boolean {
    const mail = c.identifiers.email ?? "";
    const old = this.recs.get(mail);
    const rec: Rec =
      old === undefined
        ? { inSegment: false, consent: "unsubscribed", mailable: false, plan: null }
        : { ...old };
    if (old === undefined && c.op !== "add") return false;
    if (c.op === "add") rec.inSegment = true;
    if (c.op === "remove") rec.inSegment = false;
    if (c.op === "set") rec.plan = c.value;
    if (c.op === "suppress" && (rec.mailable || !isOptOut(rec.consent)))
      Object.assign(rec, { consent: "unsubscribed", mailable: false });
    if (subscribe && rec.consent !== "subscribed") {
      Object.assign(rec, { consent: "subscribed", mailable: true });
      this.loosenedByUs += 1;
    }
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(rec)) return false;
    this.put(mail, rec);
    this.mutations.push({
      key: `${c.person} ${c.op} ${c.attribute ?? ""}`,
      journalAt: this.store().journal.length,
      n: c.n,
    });
    return true;
  }

  call(c: OpenChange, fault: Fault): WriteOutcome {
    const said = (status: WriteOutcome["status"], consent = false): WriteOutcome => ({
      status,
      consent,
      because: status,
    });
    if (fault === "retry") return { ...said("retry"), retryAfterMs: 2_000 };
    if (fault === "retry_late") return { ...said("retry"), retryAfterMs: 120_000 };
    if (fault === "lost_before") return said("unknown");
    if (fault === "ghost") return said("applied");
    if (fault === "refuse") return said("refused", true);
    const changed = this.write(c, fault === "subscribe");
    if (fault === "lost_after") return said("unknown");
    if (fault === "lie_retry") return said("retry");
    if (fault === "accept") return said("accepted");
    return said(changed ? "applied" : "noop");
  }
}

export const CAPABILITIES: Capabilities = {
  ...NOTHING,
  read: "stream",
  write: "member",
  identifiers: ["email"],
  ops: ["suppress", "remove", "add", "set"],
  baseReadable: true,
  settle: { typicalMs: 500, maxMs: 500 },
};

export function vendorWriter(vendor: Vendor, batchSize = 7): Writer {
  return {
    system: DEST,
    capabilities: CAPABILITIES,
    batches: (changes) =>
      Array.from({ length: Math.ceil(changes.length / batchSize) }, (_, i) =>
        changes.slice(i * batchSize, (i + 1) * batchSize),
      ),
    async readBack(people) {
      if (vendor.unreadable()) throw new AuditorError("transient", "vendor", "reset", "try again");
      return people.map((p) => vendor.state(p.identifiers.email ?? ""));
    },
    async apply(batch) {
      vendor.calls += 1;
      vendor.onCall();
      const faults = batch.map(() => vendor.fault());
      if (faults.includes("throw_before"))
        throw new AuditorError("transient", "vendor", "reset", "try again");
      const answers = batch.map((c, i) => vendor.call(c, faults[i] ?? "none"));
      if (faults.includes("throw_after"))
        throw new AuditorError("transient", "vendor", "timeout", "try again");
      return answers;
    },
    automations: async () => [],
    probe: async () => undefined,
    close: async () => undefined,
  };
}

const system = (id: typeof OWNER, title: string): Config["systems"][number] => ({
  kind: "files",
  id,
  title,
  sends: true,
  attributes: { plan: "plan" },
  folder: ".",
  base: null,
  columns: {},
});

export function testConfig(change: Partial<Config> = {}, audience: Partial<Audience> = {}): Config {
  return {
    company: "Harbour & Pine",
    timezone: "Europe/Berlin",
    server: { host: "127.0.0.1", port: 0, publicUrl: null },
    systems: [system(OWNER, "Warehouse"), system(DEST, "Ghost"), system(systemId("crm"), "CRM")],
    audiences: [
      {
        id: AUDIENCE,
        title: "Active customers",
        purpose: "marketing",
        owner: OWNER,
        identity: "email",
        segments: [OWNER, DEST].map((s) => ({
          system: s,
          source: { label: "active" },
          where: null,
          latencyBudgetHours: null,
        })),
        requiredAttributes: ["plan"],
        cadence: "0 6 * * *",
        latencyBudgetHours: 24,
        direction: "one_way",
        repair: "manual",
        holdout: null,
        exclusiveWith: [],
        proposedBy: "person",
        approvedBy: null,
        reason: null,
        ...audience,
      },
    ],
    attributes: [
      {
        name: "plan",
        title: "Plan",
        owners: [OWNER],
        merge: "owner_wins",
        class: "plain",
        values: null,
        pattern: null,
      },
    ],
    dictionary: {},
    writers: [],
    calendar: [],
    people: [],
    checks: {},
    routes: { slack: null, mail: null },
    safeguards: {
      alonePeople: 500,
      aloneShare: 0.05,
      refusePeople: 5000,
      refuseShare: 0.2,
      refuseSmallList: 20,
      coolingOffMinutes: 15,
      freshMinutes: 60,
      planExpiresMinutes: 60,
      undoDays: 30,
      sendMarginMinutes: 30,
      leaseSeconds: 15,
    },
    retention: { spoolDays: 7, snapshotDays: 90 },
    ...change,
  };
}

export const audienceOf = (config: Config): Audience => {
  const a = config.audiences[0];
  if (a === undefined) throw new Error("no audience");
  return a;
};

export const at = (ms: number): Instant => instant(new Date(ms));

export const row = (
  i: number,
  plan: string | null,
  consent: ConsentState = "subscribed",
  consentAt: Instant | null = null,
): SpooledRow => ({
  id: String(i),
  identifiers: { email: mailOf(i) },
  attributes: { plan },
  consent,
  consentAt,
  updatedAt: null,
  method: null,
});

export const difference = (
  i: number,
  kind: Difference["kind"],
  more: Partial<Difference> = {},
): Difference => ({
  kind,
  system: DEST,
  person: keyOf(i),
  attribute: kind === "differs" ? "plan" : null,
  nullHere: false,
  settled: true,
  consentHere: null,
  consentOwner: null,
  mailableHere: null,
  inBaseHere: true,
  consentFrom: null,
  agreed: "never",
  atOwner: false,
  agreedAt: null,
  case: null,
  ...more,
});

/** One person at the owner and in the destination; null: no record. */
export type Twin = {
  readonly owner: { readonly plan: string; readonly optedOut: boolean } | null;
  readonly dest: Rec | null;
};

/** What the comparison would say about these twins, naively; the person's number is the index. */
export function draftInput(twins: readonly Twin[], config: Config, now: Instant, author = "Ana"): DraftInput {
  const differences: Difference[] = [];
  const owner = new Map<PersonKey, SpooledRow>();
  const dest = new Map<PersonKey, SpooledRow>();
  twins.forEach((t, i) => {
    const optedOut = t.owner?.optedOut === true;
    if (t.owner !== null)
      owner.set(
        keyOf(i),
        row(
          i,
          t.owner.plan,
          optedOut ? "unsubscribed" : "subscribed",
          optedOut ? at(Date.parse(START) - 86_400_000) : null,
        ),
      );
    if (t.dest !== null) dest.set(keyOf(i), row(i, t.dest.plan, t.dest.consent));
    const consent = {
      consentHere: t.dest?.consent ?? null,
      consentOwner: optedOut ? ("unsubscribed" as const) : null,
      mailableHere: t.dest?.mailable ?? null,
      inBaseHere: t.dest !== null,
      consentFrom: optedOut ? OWNER : null,
    };
    const held = t.dest?.inSegment === true;
    if (t.owner !== null && !held) differences.push(difference(i, "missing", consent));
    if (t.owner === null && held) differences.push(difference(i, "extra", consent));
    if (optedOut && t.dest?.mailable === true)
      differences.push(difference(i, "consent_conflict", { ...consent, settled: false }));
    if (t.owner !== null && held && t.owner.plan !== t.dest?.plan)
      differences.push(difference(i, "differs", consent));
  });
  const size = twins.filter((t) => t.dest?.inSegment).length;
  return {
    config,
    audience: audienceOf(config),
    author,
    now,
    incidentId: null,
    differences,
    rows: new Map([
      [OWNER, owner],
      [DEST, dest],
    ]),
    optedOut: new Map(),
    baseAccepted: true,
    leftOutBy: null,
    basedOn: [
      { snapshot: "s1", system: OWNER, asOf: now, size: owner.size },
      { snapshot: "s2", system: DEST, asOf: now, size },
    ],
    sizes: { [DEST]: size },
    capabilities: new Map([[DEST, CAPABILITIES]]),
    sealer: plainSealer,
    fingerprint: print,
    automations: { [DEST]: [] },
  };
}

export const draft = (twins: readonly Twin[], config: Config, now: Instant): PlanDoc =>
  draftPlan(draftInput(twins, config, now));

/** Stores a plan and approves it, as a second person; answers its id. */
export async function approved(store: MemoryPlanStore, doc: PlanDoc, now: Instant): Promise<number> {
  const plan = await store.create(doc, planHash(doc), [], "second_person");
  await store.move(plan.id, ["draft"], "checked", now, null);
  await store.approve(plan.id, {
    person: "Ben",
    at: now,
    hash: plan.hash,
    confirmed: `PL-${plan.id} ${doc.changes.length}`,
  });
  await store.move(plan.id, ["checked"], "approved", now, null);
  return plan.id;
}

/** Limits so wide that they do not get in the way of what a test is about. */
export const WIDE = {
  alonePeople: 1e6,
  aloneShare: 1e6,
  refusePeople: 1e6,
  refuseShare: 1e6,
  refuseSmallList: 1e6,
} as const;

export const applyInput = (
  time: ReturnType<typeof virtualTime>,
  store: MemoryPlanStore,
  vendor: Vendor,
  planId: number,
  more: Partial<ApplyInput> = {},
): ApplyInput => ({
  planId,
  store,
  writers: new Map([[DEST, vendorWriter(vendor)]]),
  sources: () => ({ label: "active" }),
  sealer: plainSealer,
  safeguards: { ...testConfig().safeguards, ...WIDE },
  clock: time.clock,
  log: silent,
  runId: runId("run-1"),
  signal: new AbortController().signal,
  holder: "one",
  sleep: time.sleep,
  canary: 5,
  ...more,
});
