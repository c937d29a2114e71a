import type { Clock } from "./clock.ts";
import type { Comparison } from "./comparison.ts";
import type { AuditorError } from "./errors.ts";
import type { SystemFacts } from "./facts.ts";
import type { CheckResult, Incident, IncidentEvent, Transition } from "./finding.ts";
import type {
  AudienceId,
  IdentifierKind,
  Instant,
  Page,
  PersonKey,
  ReadTarget,
  RunId,
  SegmentSource,
  Snapshot,
  SystemId,
} from "./model.ts";
import type {
  ApprovalNeed,
  Change,
  ChangeProgress,
  EndState,
  ForecastLine,
  GuardVerdict,
  ListRef,
  Most,
  Op,
  PersonState,
  Plan,
  PlanDoc,
  PlanState,
  Repaired,
  SizeOverride,
  Touched,
  WriteOutcome,
} from "./repair.ts";
import type { RawIntake } from "./row-plan.ts";

/** Structured log; fields carry no personal data. `app/` gives the real one. */
export type Log = {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
};

export type Context = {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  readonly runId: RunId;
  /** Absent: every record is given as a row. */
  readonly intake?: RawIntake;
};

/** Requests to one system since this process began, whoever made them: always growing, so a difference is a span. */
export type Traffic = {
  readonly requests: number;
  /** Answered 429. */
  readonly throttled: number;
  /** Milliseconds that the system asked to be left alone. */
  readonly waitedMs: number;
};

/** What a system can and cannot do; shown as such, never silently skipped. */
export type Capabilities = {
  /** stream: pages of members; export: a job whose file is read; count: sizes only; none. */
  readonly read: "stream" | "export" | "count" | "none";
  /** member: one call a person; batch: one call for many; job: many, done later; none. */
  readonly write: "member" | "batch" | "job" | "none";
  readonly ops: readonly Op[];
  /** Most changes of one kind in one call; absent: one. */
  readonly maxBatch: Readonly<Partial<Record<Op, number>>>;
  readonly identifiers: readonly IdentifierKind[];
  /** Identifiers are told hashed only. */
  readonly hashed: boolean;
  /** What a consent in this system covers; null: it keeps none. */
  readonly consentScope: "global" | "channel" | "topic" | "list" | null;
  readonly joinedAt: boolean;
  /** Can it be asked for what changed since a time, removals included? */
  readonly deltaRead: boolean;
  /** Can a write be tried without effect? */
  readonly dryRun: boolean;
  readonly baseReadable: boolean;
  /** Whoever is taken off their last list has no record any more; absent: records outlive every list. */
  readonly leavesNoRecord?: true;
  /** Milliseconds after a write until a read shows it. */
  readonly settle: { readonly typicalMs: number; readonly maxMs: number };
  /** What is not possible here, in words for people: "Segments are rules: nobody can be added or removed". */
  readonly cannot: readonly string[];
};

/**
 * The read side of one system. Pages arrive as the system gives them; every target gets one `TargetEnd`.
 * A target that has none when the generator returns is partial. Throws AuditorError when the whole read fails
 * (auth, config, transient after retries); pages that were yielded before stay valid, as partial.
 */
export type Collector = {
  readonly system: SystemId;
  readonly capabilities: Capabilities;
  read(targets: readonly ReadTarget[], context: Context): AsyncGenerator<Page>;
  /**
   * What the system knows beyond members: campaigns, definitions, automations, deliverability, who changed what.
   * Absent: it has nothing of the kind. Read after the members; a failure here never harms the reads.
   */
  facts?(targets: readonly ReadTarget[], context: Context): Promise<SystemFacts>;
  /** Something a person should know before trusting the reads: "this role can write". */
  warnings(context: Context): Promise<readonly string[]>;
  /** Absent: it makes no requests that can be counted. */
  traffic?(): Traffic;
  close(): Promise<void>;
};

/** A change with the raw identifiers and value that a writer needs; lives in memory only. */
export type OpenChange = Change & {
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, string>>>;
  /** New value of the attribute for `set`, else null. */
  readonly value: string | null;
};

export type PersonRef = {
  readonly person: PersonKey;
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, string>>>;
};

/**
 * The write side. `plan` is pure: it groups changes into vendor calls and keeps their order. `apply` answers one
 * outcome per change, in the same order, and never retries a write whose effect is not known (`unknown`).
 * There is no subscribe and no unsuppress.
 */
export type Writer = {
  readonly system: SystemId;
  readonly capabilities: Capabilities;
  batches(changes: readonly OpenChange[]): readonly (readonly OpenChange[])[];
  /** State of these people in the segment, in the same order; null: could not be read. */
  readBack(
    people: readonly PersonRef[],
    source: SegmentSource,
    context: Context,
  ): Promise<readonly (PersonState | null)[]>;
  apply(
    batch: readonly OpenChange[],
    source: SegmentSource,
    context: Context,
  ): Promise<readonly WriteOutcome[]>;
  /** Names of live automations that an add to this segment may start; null: cannot tell. */
  automations(source: SegmentSource, context: Context): Promise<readonly string[] | null>;
  /**
   * What so many adds to this segment may set off beyond automations: mails that ask to confirm, new contacts against
   * the account's plan, webhooks. Only reads. Absent: cannot tell.
   */
  forecast?(source: SegmentSource, adds: number, context: Context): Promise<readonly ForecastLine[]>;
  /** Proves that the credential can write, without writing. Throws AuditorError if not. */
  probe(context: Context): Promise<void>;
  close(): Promise<void>;
};

/** Seals and opens small secrets with the `seal` key (AES-256-GCM). `open` throws bad_data when tampered with. */
export type Sealer = { seal(plain: string): string; open(sealed: string): string };

/** A held lease; every journal write carries its fence and is refused when a newer fence exists. */
export type Lease = { readonly planId: number; readonly holder: string; readonly fence: number };

/** What the repair needs of the store. Passes test/contract/plan-store.ts. */
export type PlanStore = {
  create(doc: PlanDoc, hash: string, guards: readonly GuardVerdict[], need: ApprovalNeed): Promise<Plan>;
  get(id: number): Promise<Plan | null>;
  list(): Promise<readonly Plan[]>;
  /**
   * Moves the state if it is still `from`; false when someone else was first. With a lease it throws "stale" if the
   * fence is old: whoever lost a plan does not end it for the one who carries it out now.
   */
  move(
    id: number,
    from: readonly PlanState[],
    to: PlanState,
    at: Instant,
    because: string | null,
    lease?: Lease,
  ): Promise<boolean>;
  /** What the guards say now; nothing changes once the plan has started. */
  setGuards(id: number, guards: readonly GuardVerdict[], need: ApprovalNeed): Promise<void>;
  approve(
    id: number,
    approval: { person: string; at: Instant; hash: string; confirmed: string; most?: Most | null },
  ): Promise<void>;
  /** False when the plan has one already: one override per plan, ever. Throws "stale" for another document's hash. */
  override(id: number, o: Omit<SizeOverride, "usedAt">): Promise<boolean>;
  /** Uses the plan's override up; false when there is none or it was used before. */
  takeOverride(id: number, at: Instant): Promise<boolean>;
  requestStop(id: number, by: string): Promise<void>;
  stopRequested(id: number): Promise<boolean>;
  /** Takes or takes over the lease; null while another holder's has not run out. Database clock. */
  acquire(planId: number, holder: string, seconds: number): Promise<Lease | null>;
  /** False when the lease was lost: the holder must stop writing at once. */
  renew(lease: Lease, seconds: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Commits the intent for these changes before the vendor call. Throws kind "stale" if the fence is old. */
  intent(
    lease: Lease,
    ns: readonly number[],
    at: Instant,
    undoSealed: readonly (string | null)[],
  ): Promise<void>;
  /** Commits the end state of a change. Throws "stale" if the fence is old; a second end state for a change is refused. */
  outcome(
    lease: Lease,
    ends: readonly { n: number; end: EndState; because: string | null }[],
    at: Instant,
  ): Promise<void>;
  progress(planId: number): Promise<readonly ChangeProgress[]>;
  counts(planId: number): Promise<Readonly<Record<EndState | "waiting" | "in_doubt", number>>>;
  /**
   * People on one list in one system on whom a change had, or may have had, an effect since `since` (applied, unknown, in
   * doubt): across plans, authors, audiences that share the list, whether the plan ended, was stopped or was undone.
   */
  touchedSince(list: ListRef, since: Instant): Promise<Touched>;
  /**
   * Who of an audience was repaired three times or more since `since`: adds, removals and changed fields that ended
   * `applied`. Suppressions, undo plans, and what an undo took back are no repairs.
   */
  repairedSince(audience: AudienceId, since: Instant): Promise<readonly Repaired[]>;
};

/** What the alerts need of the store. */
export type NoticeStore = {
  /** Root message of an incident; null: not posted yet. `generation` grows when it is posted anew. */
  slackMessage(
    incidentId: number,
  ): Promise<{ channel: string; ts: string; generation: number; version: number } | null>;
  saveSlackMessage(
    incidentId: number,
    m: { channel: string; ts: string; generation: number; version: number },
  ): Promise<void>;
  /** Roots posted since, for the storm rule (more than 5 in 10 minutes become one roll-up). */
  postedSince(at: Instant): Promise<number>;
  markPosted(incidentId: number, at: Instant): Promise<void>;
  /** Claims (recipient, week) once; false: that report went out already. */
  claimReport(recipient: string, week: string, at: Instant): Promise<boolean>;
  releaseReport(recipient: string, week: string): Promise<void>;
  /** Notifications that failed and wait for another try. */
  outbox(): Promise<readonly { id: number; incidentId: number; kind: string; attempts: number }[]>;
  enqueue(incidentId: number, kind: string, at: Instant): Promise<void>;
  done(id: number): Promise<void>;
  failed(id: number, because: string): Promise<void>;
};

/** What the audit needs of the store. */
export type AuditStore = {
  startRun(
    id: RunId,
    kind: "audit" | "readback" | "report",
    trigger: Snapshot["trigger"],
    at: Instant,
  ): Promise<void>;
  endRun(
    id: RunId,
    at: Instant,
    state: "done" | "failed" | "interrupted",
    summary: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  insertSnapshot(s: Snapshot): Promise<void>;
  /** Oldest first, at most `limit` latest; audience null reads the base. */
  snapshots(audience: AudienceId | null, system: SystemId, limit: number): Promise<readonly Snapshot[]>;
  insertComparison(c: Comparison): Promise<void>;
  comparisons(audience: AudienceId, limit: number): Promise<readonly Comparison[]>;
  insertResults(runId: RunId, at: Instant, results: readonly CheckResult[]): Promise<void>;
  /** One per fingerprint: the live one, else the one resolved last (`state` tells), since a finding may come back. */
  openIncidents(): Promise<readonly Incident[]>;
  /**
   * Carries out transitions in one transaction; answers the incidents as they are now, in the same order. What `tell`
   * answers waits in the outbox from the same moment.
   */
  applyTransitions(
    transitions: readonly Transition[],
    runId: RunId,
    at: Instant,
    tell?: (transition: Transition, incident: Incident) => { kind: string; at: Instant } | null,
  ): Promise<readonly Incident[]>;
  incidentEvents(id: number): Promise<readonly IncidentEvent[]>;
};

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: AuditorError };
