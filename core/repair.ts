import type { AudienceId, ConsentState, Instant, PersonKey, SystemId } from "./model.ts";

/** Set-like operations only. There is no verb that grants consent, counts up, sends or deletes a person. */
export type Op = "suppress" | "remove" | "add" | "set";
/** Order of apply and of the page. */
export const OP_ORDER: readonly Op[] = ["suppress", "remove", "add", "set"];

export type PlanState =
  | "draft"
  | "checked"
  | "approved"
  | "applying"
  | "verifying"
  | "done"
  | "stopped"
  | "expired"
  | "refused"
  | "stale";

/** Exactly one per change; they sum to the plan. */
export type EndState = "applied" | "already_so" | "skipped_consent" | "skipped_drift" | "failed" | "unknown";

/** What we know of a person in one segment of one system. */
export type PersonState = {
  readonly found: boolean;
  readonly inSegment: boolean;
  readonly consent: ConsentState;
  readonly mailable: boolean | null;
  readonly attributes: Readonly<Record<string, string | null>>;
  /** The vendor's version or updated-at of the record; null: none. */
  readonly version: string | null;
};

/** Part of the immutable plan. Holds no raw identifier: `sealed` opens only at apply and for masked samples. */
export type Change = {
  /** Place in the plan, from 0. */
  readonly n: number;
  readonly system: SystemId;
  readonly audience: AudienceId;
  readonly person: PersonKey;
  readonly op: Op;
  readonly attribute: string | null; // only `set`
  /** Keyed fingerprints of values (8 hex digits), never the values; null where there is none. */
  readonly before: {
    readonly inSegment: boolean;
    readonly value: string | null;
    readonly version: string | null;
  };
  /** The deciding rule in words: "not in Warehouse for 2 reads", "opted out in CRM, 3 Mar 2025". */
  readonly rule: string;
  readonly reversible: boolean;
  /** Evidence of the opt-out for `suppress`: system and time; else null. */
  readonly evidence: { readonly system: SystemId; readonly at: Instant | null } | null;
  /** AES-256-GCM of JSON {identifiers, value}: base64url. */
  readonly sealed: string;
};

/** A person the plan leaves out, with the reason in words. Nothing happens to them. */
export type LeftOut = {
  readonly system: SystemId;
  readonly audience: AudienceId;
  readonly person: PersonKey;
  readonly reason: string;
  /** Their identifiers, sealed as a change's are: of at most 20 a system and reason, for the page; else absent. */
  readonly sealed?: string;
};

/** One thing that the adds to a segment may set off beyond automations, as told when the plan was drafted. */
export type ForecastLine = {
  /** mails: asking people to confirm; contacts: new records, against the plan's limit; hooks: others that are told. */
  readonly what: "mails" | "contacts" | "hooks";
  readonly verdict: "none" | "some" | "cant_tell";
  /** How many at most; null: cannot tell. */
  readonly count: number | null;
  /** "added without a mail; the list's own forms ask to confirm". No full stop. */
  readonly text: string;
};

export type PlanDoc = {
  readonly audience: AudienceId;
  readonly incidentId: number | null;
  /** Undo of this plan; null for a repair. */
  readonly undoes: number | null;
  /** The plan that this one was drafted to take the place of, from newer reads; absent: none. */
  readonly replaces?: number;
  /** Only this system's copy and these operations were asked for (null: all); absent: not known. */
  readonly asked?: { readonly system: SystemId | null; readonly only: readonly Op[] | null };
  readonly author: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Readings that it rests on: snapshot id, system, as-of. */
  readonly basedOn: readonly {
    readonly snapshot: string;
    readonly system: SystemId;
    readonly asOf: Instant;
    readonly size: number;
  }[];
  readonly changes: readonly Change[];
  readonly leftOut: readonly LeftOut[];
  /** Size of each touched segment now. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Where to repair: the rule, a resync in the sync tool, or the destination, and why. */
  readonly place: { readonly where: "rule" | "resync" | "destination"; readonly because: string };
  /** Live automations that an add may start, per system; null: cannot tell. */
  readonly automations: Readonly<Record<string, readonly string[] | null>>;
  /** The vendor's list that is written to, per system (sync/list-key.ts): audiences may share one, or be renamed. Absent: not kept. */
  readonly lists?: Readonly<Record<string, string>>;
  /** What else the adds may set off, per system with adds; absent: drafted before this was asked. */
  readonly forecast?: Readonly<Record<string, readonly ForecastLine[]>>;
};

/** One vendor's list; `list` null: not known, so only the audience tells. */
export type ListRef = {
  readonly audience: AudienceId;
  readonly system: SystemId;
  readonly list: string | null;
};

/** People on one list whom plans touched, or may have touched, in a window; nobody is in it twice. */
export type Touched = {
  /** Removed, added, or a field of theirs was changed. */
  readonly listed: ReadonlySet<PersonKey>;
  /** Of `listed`: who was added. */
  readonly added: ReadonlySet<PersonKey>;
  readonly suppressed: ReadonlySet<PersonKey>;
};

/** Changes per system and operation: what an approval covers. */
export type Most = Readonly<Record<string, Readonly<Record<Op, number>>>>;

/** An admin, not the author, let a plan through that was refused for its size. Once, for the document with this hash. */
export type SizeOverride = {
  readonly person: string;
  readonly at: Instant;
  readonly hash: string;
  readonly reason: string;
  /** When the apply used it up; null: not yet. */
  readonly usedAt: Instant | null;
};

export type GuardName =
  | "complete_and_fresh"
  | "no_consent_loosened"
  | "opt_out_evidence"
  | "size_limit"
  | "source_not_empty"
  | "automations"
  | "next_send"
  | "write_access"
  | "no_other_plan"
  | "no_fighting"
  | "place_of_repair"
  | "accepted_base"
  | "holdout"
  | "writes_on";

/** pass; needs: a person has to do something (acknowledge, second person); fail: the plan cannot run. */
export type GuardVerdict = {
  readonly guard: GuardName;
  readonly verdict: "pass" | "needs" | "fail";
  readonly title: string; // "Size limit, Ghost"
  readonly because: string; // "removes 34 % of the list; the limit is 20 % in 24 h"
};

/** Who may approve: the author alone, a second person (or the cooling-off where there is only one), or nobody. */
export type ApprovalNeed = "author" | "second_person" | "refused";

export type Plan = {
  readonly id: number; // prints as PL-<id>
  readonly hash: string; // SHA-256 hex over the canonical JSON of doc
  readonly state: PlanState;
  readonly doc: PlanDoc;
  readonly guards: readonly GuardVerdict[];
  readonly need: ApprovalNeed;
  readonly approvals: readonly {
    readonly person: string;
    readonly at: Instant;
    readonly hash: string;
    readonly confirmed: string;
    /** At most so many changes; null or absent: approved before this was kept, the hash alone binds. */
    readonly most?: Most | null;
  }[];
  /** Null or absent: nobody overrode a refusal. */
  readonly override?: SizeOverride | null;
  readonly stopRequestedBy: string | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** Why it is stopped, expired, refused or stale; else null. */
  readonly because: string | null;
};

export type ChangeProgress = {
  readonly n: number;
  readonly end: EndState | null;
  readonly because: string | null;
  /** The intent is committed and no outcome is: the vendor may or may not have done it. */
  readonly inDoubt: boolean;
  /** What was there before, kept sealed for the undo; null when nothing was changed. */
  readonly undoSealed: string | null;
};

/** When Plumbline repaired one person in one place, oldest first; `attribute` null: their membership. */
export type Repaired = {
  readonly system: SystemId;
  readonly person: PersonKey;
  readonly attribute: string | null;
  readonly at: readonly Instant[];
};

/** What a writer answers for one change, in the order it was given. */
export type WriteOutcome = {
  readonly status: "applied" | "noop" | "accepted" | "refused" | "retry" | "failed" | "unknown";
  /** Refused because of consent: ends as skipped_consent, otherwise failed. */
  readonly consent: boolean;
  readonly because: string | null;
  /** With `retry`: milliseconds that the vendor asked to wait (Retry-After); absent or null when it named none. */
  readonly retryAfterMs?: number | null;
};
