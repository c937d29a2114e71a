import type { AudienceId, Instant, RunId, SystemId } from "./model.ts";

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
