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
  /** Records that went to the context's `intake` since the page before, by target; they are not among the items. */
  readonly taken?: readonly { readonly target: number; readonly records: number }[];
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
