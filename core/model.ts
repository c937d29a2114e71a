/**
 * The words of Plumbline as types. No IO, no clock, no randomness.
 *
 * Terminology: docs/glossary.md. A *system* holds *segments*, the copies of an *audience*;
 * a *member row* is one record as the system returned it; a *member set* is all identity keys
 * of one segment at one time; a *snapshot* is one reading of one segment with its verdict.
 */

type Brand<T, B extends string> = T & { readonly __brand: B };

export type SystemId = Brand<string, "SystemId">;
export type AudienceId = Brand<string, "AudienceId">;
/** One audit, apply or report; the same id in every log line and row that it causes. */
export type RunId = Brand<string, "RunId">;
/** ISO-8601 with milliseconds, UTC: `2026-11-23T06:04:00.000Z`. */
export type Instant = Brand<string, "Instant">;
/** A person at rest: 32 lower-case hex digits of a keyed 128-bit hash. Still personal data. */
export type PersonKey = Brand<string, "PersonKey">;

export const systemId = (s: string): SystemId => s as SystemId;
export const audienceId = (s: string): AudienceId => s as AudienceId;
export const runId = (s: string): RunId => s as RunId;
export const personKey = (s: string): PersonKey => s as PersonKey;
export const instant = (d: Date): Instant => d.toISOString() as Instant;

/** Only `complete` is ever compared; `partial` is shown; `unusable` is a reading that failed. */
export type Coverage = "complete" | "partial" | "unusable";

export type IdentifierKind = "email" | "phone" | "customer_id";

/** From most to least restrictive. Nothing that Plumbline does moves a person to the right. */
export const CONSENT_ORDER = ["erased", "complained", "unsubscribed", "pending", "subscribed"] as const;
export type KnownConsent = (typeof CONSENT_ORDER)[number];
/** `unknown` contributes nothing to a merge. */
export type ConsentState = KnownConsent | "unknown";

/** One consent as a system keeps it: per channel and scope, with method and time where it tells. */
export type ConsentRecord = {
  readonly channel: "email" | "sms" | "push" | "whatsapp";
  readonly scope: "global" | "brand" | "topic" | "list";
  /** The vendor's id of the brand, topic or list; null for global. */
  readonly scopeId: string | null;
  readonly state: ConsentState;
  readonly at: Instant | null;
  /** The vendor's word for how it was given or taken back: "form", "API", "complaint". */
  readonly method: string | null;
};

/** One record as a system returned it. Raw values: in memory or sealed only. */
export type MemberRow = {
  /** The vendor's own record id. */
  readonly id: string;
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, string>>>;
  /** Tracked attributes by their canonical name; null: there, but empty; absent key: the system has no such field. */
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly consent: ConsentState;
  readonly consentAt?: Instant;
  /** May this record be mailed from this system now? null when the system does not send or cannot tell. */
  readonly mailable: boolean | null;
  readonly bounced?: boolean;
  /** When this record joined the segment; only from a read of one segment, absent: the system does not tell. */
  readonly joinedAt?: Instant;
  /** What the system knows of consent in detail; `consent` above is what counts for mail from this system. */
  readonly consents?: readonly ConsentRecord[];
  readonly updatedAt?: Instant;
  /** Indexes into the targets of the read that this record belongs to; never empty. */
  readonly of: readonly number[];
};

/** What to read of a system: the copy of one audience, or every record that it holds. */
export type ReadTarget =
  | { readonly kind: "segment"; readonly audience: AudienceId; readonly source: SegmentSource }
  | { readonly kind: "base" };

/** Where a segment lives in its system; the shape depends on the system's kind. */
export type SegmentSource =
  | { readonly sql: string }
  | { readonly file: string; readonly filter?: Readonly<Record<string, readonly string[]>> }
  | { readonly label: string }
  | { readonly newsletter: string }
  | { readonly list: string }
  | { readonly segment: string }
  | { readonly tag: string }
  /** Who may be mailed: everywhere (`true`), or through one subscription, topic or channel by name or id. */
  | { readonly subscribed: true | string }
  | { readonly suppressed: true }
  | { readonly all: true };

/** The end of one target of a read, with the proof that nothing is missing. */
export type TargetEnd = {
  readonly target: number;
  readonly coverage: Coverage;
  /** Total that the system itself declares, if it does. */
  readonly declaredTotal: number | null;
  /** Rows that we enumerated, duplicates included. */
  readonly enumerated: number;
  /** In words, why this is the whole (or what is missing): "last page said next: null". */
  readonly because: string;
  /** Field names as the system returned them with a type guess; feeds the schema check. */
  readonly fields: Readonly<Record<string, FieldType>>;
};

export type FieldType = "text" | "number" | "boolean" | "timestamp" | "json" | "empty";

export type Page = {
  readonly items: readonly MemberRow[];
  /** The moment whose truth the rows show. */
  readonly asOf: Instant;
  /** Targets that ended with this page; a target without an end is partial. */
  readonly ends: readonly TargetEnd[];
  /** How far the list is read of which this is a page, in the vendor's own records; total null: not declared. */
  readonly progress?: { readonly read: number; readonly total: number | null };
};

/** Counts, not ratios: counts re-aggregate and carry their own sample size. Unknown is null, never 0. */
export type Measured = {
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly quality: "exact" | "estimated" | "bucketed" | "lower_bound";
  readonly settled: boolean;
  readonly observedAt: Instant;
};

/**
 * Counts of one reading. `size`: distinct persons. `records`: rows. `duplicates`: records − persons with a valid
 * identity. `invalid`: rows without a usable identity. `entries`/`exits`: against the previous complete scheduled
 * snapshot. `matched`: members of the owner's set that exist anywhere in this system (match rate). `latency_ms`:
 * duration of the read. `declared`: records that the system itself says there are. `base`: persons in the system.
 * `complete:<attribute>`: valid values / members; `complete_all`: members with every required attribute valid.
 * `value:<attribute>:<value>`: records with that value, of attributes whose rule lists values. `accepted`: records that
 * the platform says it took of those sent, where it tells. Of the whole system's read: `throttled`: requests that it
 * turned away for being too many (429) / requests; `waited_ms`: time that it asked us to wait / duration of the read.
 * `shared_inbox`: customer ids on an e-mail address that carries several / pairs of both; `…_addresses` such addresses,
 * `…_most` ids on the fullest. `over_merge`: e-mail addresses on a customer id that carries several / pairs; `…_ids`
 * such ids, `…_most` addresses on the fullest. `look_alike`: people whose address looks like another's / persons.
 */
export type MetricName =
  | "size"
  | "records"
  | "duplicates"
  | "invalid"
  | "entries"
  | "exits"
  | "matched"
  | "base"
  | "mailable"
  | "latency_ms"
  | "complete_all"
  | "accepted"
  | "throttled"
  | "waited_ms"
  | "declared"
  | `value:${string}`
  | "shared_inbox"
  | "shared_inbox_addresses"
  | "shared_inbox_most"
  | "over_merge"
  | "over_merge_ids"
  | "over_merge_most"
  | "look_alike"
  | `complete:${string}`;

/** States of one required attribute over the members of one segment; they sum to the members. */
export type AttributeStates = {
  readonly valid: number;
  readonly null: number;
  readonly empty: number;
  readonly placeholder: number;
  readonly invalid: number;
  readonly missing: number;
};

/** What the checks see of one reading; the members themselves live in a member set. */
export type Snapshot = {
  readonly id: string;
  readonly runId: RunId;
  readonly audience: AudienceId | null; // null: the system's base
  readonly system: SystemId;
  /** Place in the segment's history of complete scheduled snapshots; null when it has no presence bit. */
  readonly ordinal: number | null;
  readonly trigger: "scheduled" | "manual" | "readback";
  readonly asOf: Instant;
  readonly takenAt: Instant;
  readonly coverage: Coverage;
  /** Why it is not complete, or the proof that it is. */
  readonly because: string;
  /** Error kind when the read failed, for wording and for the failure metrics. */
  readonly failure: string | null;
  readonly metrics: Readonly<Partial<Record<MetricName, Measured>>>;
  readonly attributes: Readonly<Record<string, AttributeStates>>;
  /**
   * People per value of each counted attribute; values that fewer than ten people have are pooled as "other", "" is no
   * value. null: too many values to be groups. Absent: read by a version that did not count.
   */
  readonly distributions?: Readonly<Record<string, Readonly<Record<string, number>> | null>>;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** Set file relative to the data folder; null when nothing usable was read. */
  readonly setFile: string | null;
  readonly epoch: number;
};

/**
 * Counts of one system against the owner. `settled*`: seen in at least two snapshots or older than the budget.
 * `expected`, `missing`, `settledMissing` are null for a suppression audience in a system whose base cannot be read:
 * only people with a record there belong on its list, and who has one is not known. The owner's own row has
 * missing 0 and extra 0.
 */
export type SystemDifference = {
  readonly size: number;
  readonly expected: number | null;
  readonly missing: number | null;
  readonly extra: number;
  readonly settledMissing: number | null;
  readonly settledExtra: number;
  /** People of a suppression or opt-out who can be mailed from this system now; null: cannot tell. */
  readonly mailableOptedOut: number | null;
  /** Members mailable here whom another system of the audience calls unsubscribed, complained or erased, those of `mailableOptedOut` not counted again; null: cannot tell. */
  readonly consentConflict: number | null;
  /** Of the owner's people, those that exist anywhere in this system's base; null: base not readable. */
  readonly matched: number | null;
  readonly attributes: Readonly<Record<string, FieldAgreement>>;
  /** Members of this segment who left and came back soon at least 3 times in the last 20 complete reads. */
  readonly flipping: number;
  /** What those did, read by read; absent in comparisons made before it was counted. */
  readonly flips?: FlipCounts;
  /**
   * Readings in a row, this one included, in which the owner had a person and this system did not, for whoever waits
   * longest; 0: nobody waits; at most 32. null: not known, or the owner itself.
   */
  readonly oldestPendingReads: number | null;
  /**
   * Of the expected people, less those who are missing for the first time and may be on their way, those with a
   * record anywhere in this system; null: base not readable. Absent: an older comparison.
   */
  readonly matchedDue?: number | null;
  /** How long changes of the owner take to show here. null: not known, or the owner itself; absent: an older comparison. */
  readonly waits?: Waits | null;
};

/**
 * People by the number of readings that they waited: index → people, trailing zeros left out. 0: the owner's reading
 * that first showed the change was made in the same run. The presence history reaches 32 readings back; whose change
 * is older than that is counted by `missing` and `extra` only, in its last place.
 */
export type Waits = {
  /** Joined at the owner and show here since this reading. */
  readonly arrived: readonly number[];
  /** Left the owner and are gone here since this reading. */
  readonly left: readonly number[];
  /** Joined at the owner within its history, and never were here since. */
  readonly arriving: readonly number[];
  /** Left the owner within its history, and are here still. */
  readonly leaving: readonly number[];
  /** All who are missing, whatever the reason, by readings in a row before this one. */
  readonly missing: readonly number[];
  /** All extra whom the owner does not have, or who are excluded, by readings in a row before this one. */
  readonly extra: readonly number[];
};

/** The flip-flops of one segment over its latest complete reads: counts only, never people. */
export type FlipCounts = {
  /** Reads looked at, at most 20; hours between two of them; reads that somebody may be away for and still return. */
  readonly reads: number;
  readonly hours: number;
  readonly within: number;
  /** Members who came back once, twice, three times … */
  readonly returners: readonly number[];
  /** Returns of the flipping members. */
  readonly returns: number;
  /** Flipping members who came and went between each two reads, oldest first: `reads` − 1 numbers. */
  readonly entries: readonly number[];
  readonly exits: readonly number[];
  /** Of the flipping members: whom the owner had in all these reads, who flips there too, whom it ever had. null: the owner itself. */
  readonly atOwner: {
    readonly steady: number;
    readonly flipping: number;
    readonly known: number;
  } | null;
  /** Flipping members whose record flips in the whole system too; null: base not readable. */
  readonly inBase: number | null;
  /** What a rule would have made of these reads; null: cannot be told. */
  readonly replay: FlipReplay | null;
};

/** History over again, with one rule that decides for the flipping members. */
export type FlipReplay = {
  /** owner_wins: each is where the owner has them. first_writer: each stays where the first of these reads had them. */
  readonly rule: "owner_wins" | "first_writer";
  /** Returns that are left. */
  readonly returns: number;
  /** Flipping members who would be elsewhere now than they are. */
  readonly differs: number;
};

/** Of the people present in both: they sum to the overlap. */
export type FieldAgreement = {
  readonly equal: number;
  readonly differ: number;
  readonly nullHere: number;
  readonly nullAtOwner: number;
  readonly nullBoth: number;
  readonly missingHere: number;
};

/** Members of one copy who are on a list that keeps people out of it. */
export type KeptOut = {
  /** People on that list, by its owner. */
  readonly of: number;
  readonly here: number;
  /** Of those here, who can be mailed from this system; null: it does not tell. */
  readonly mailable: number | null;
  /** Here and on the list in the reading before too. */
  readonly settled: number;
};

/**
 * People who opted out and can be mailed, by when they opted out: after `after` (null: before anything that is known)
 * and at `by` at the latest.
 */
export type ExposedGroup = {
  readonly after: Instant | null;
  readonly by: Instant;
  readonly people: number;
  /** Of them, how many are in this system's copies of other audiences. */
  readonly among: Readonly<Record<string, number>>;
};

/** People whom a system holds back although the owner of consent says that they subscribed. */
export type OverSuppressed = {
  /** They said yes themselves, after this system began to hold them back. */
  readonly newer: number;
  /** They said yes by an import or an API, or earlier: that counts for nothing. */
  readonly notCounting: number;
  /** Nothing says when, or how, they said yes. */
  readonly undated: number;
};

/** What a comparison tells of people who should not be in a copy or get mail from it. Counts, never people. */
export type PeopleFigures = {
  /** Members of the copy who are suppressed, ineligible or held out, by list. */
  readonly keptOut: Readonly<Record<string, KeptOut>>;
  /** Of a suppression audience: who can be mailed here; null: cannot tell, or no suppression audience. */
  readonly exposed: readonly ExposedGroup[] | null;
  /**
   * Of a suppression audience: who can be mailed here and is not on the owner's list, although another system says
   * with a date (or as a complaint or an erasure) that they opted out; `undated`: it gives no date, which a contact who
   * was merely never subscribed has not either. null: cannot tell.
   */
  readonly optedOutElsewhere: { readonly people: number; readonly undated: number } | null;
  /** Of a suppression audience; null: cannot tell. */
  readonly overSuppressed: OverSuppressed | null;
};

/** One N-way comparison of an audience, from complete snapshots only. */
export type Comparison = {
  readonly runId: RunId;
  readonly audience: AudienceId;
  readonly asOf: Instant;
  readonly owner: SystemId;
  /** Systems in the order of the mask's bits, lowest first; only those read completely. */
  readonly systems: readonly SystemId[];
  /** Presence mask (decimal) → people. */
  readonly masks: Readonly<Record<string, number>>;
  readonly perSystem: Readonly<Record<string, SystemDifference>>;
  /** Systems of the audience that could not be compared, with the reason. */
  readonly cantTell: Readonly<Record<string, string>>;
  /** Per system. Absent or null: these were not counted yet when it was made. */
  readonly people?: Readonly<Record<string, PeopleFigures>> | null;
};

/**
 * How the copies of several audiences in one system overlap, from complete readings of one run under one kind of
 * identity. A system with more than 16 audiences has several, which share audiences: a pair may be in more than one.
 */
export type Overlap = {
  readonly runId: RunId;
  readonly system: SystemId;
  /** In the order of the mask's bits, lowest first. */
  readonly audiences: readonly AudienceId[];
  /** Presence mask (decimal) → people. */
  readonly masks: Readonly<Record<string, number>>;
  /** The same for people who were there in the reading before too. */
  readonly settled: Readonly<Record<string, number>>;
};
