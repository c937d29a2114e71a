import type { AudienceId, Instant, SystemId } from "./model.ts";

/**
 * What a system knows beyond its members. Each part is null when the system cannot tell (no such API, scope missing,
 * or the call failed: `notes` says which), and an empty list when it told that there is none.
 */
export type SystemFacts = {
  readonly campaigns: readonly CampaignFact[] | null;
  readonly definitions: readonly DefinitionFact[] | null;
  readonly automations: readonly AutomationFact[] | null;
  readonly deliverability: readonly DeliveryFact[] | null;
  readonly changes: readonly ChangeFact[] | null;
  /** Why a part is null, in words: "campaigns: the key lacks the scope campaigns:read". */
  readonly notes: readonly string[];
};

/** A list, segment or tag as a campaign names it. */
export type AudienceRef = {
  /** The vendor's name of it, for people. */
  readonly name: string;
  /** Index into the targets of the read that it is; null: none of them. */
  readonly target: number | null;
};

/** A send that the system itself has planned or made. */
export type CampaignFact = {
  readonly id: string;
  readonly name: string;
  readonly state: "draft" | "scheduled" | "sending" | "sent" | "cancelled";
  /** When it goes out, or went; null: not set. */
  readonly at: Instant | null;
  readonly includes: readonly AudienceRef[];
  /** Who is left out: a list used here must never lose people by a repair. */
  readonly excludes: readonly AudienceRef[];
};

/** The rule behind a segment. */
export type DefinitionFact = {
  readonly target: number;
  readonly name: string;
  /** Canonical text of the rule, one condition a line where it can be; equal text means an equal rule. */
  readonly definition: string;
  /** When the vendor says that it was changed last; null: it does not. */
  readonly changedAt: Instant | null;
};

/** Something that starts by itself when people enter a list, segment or tag. */
export type AutomationFact = {
  readonly name: string;
  readonly live: boolean;
  readonly startsOn: readonly AudienceRef[];
};

/** Counts of mail to one target, or of one campaign, over half-open [from, to). Unknown is null. */
export type DeliveryFact = {
  readonly target: number | null;
  readonly campaign: string | null;
  readonly from: Instant;
  readonly to: Instant;
  readonly sent: number | null;
  readonly delivered: number | null;
  readonly bounced: number | null;
  readonly complained: number | null;
  readonly unsubscribed: number | null;
};

/** The same of one audience's copy, by which it was kept. */
export type DeliveryCounts = Omit<DeliveryFact, "target">;

/** Who changed a field lately, by the vendor's own record, added up: names writers, never people. */
export type ChangeFact = {
  readonly attribute: string;
  /** The vendor's word: "INTEGRATION: Zapier", "IMPORT", "CRM_UI". */
  readonly source: string;
  readonly records: number;
  readonly latestAt: Instant;
};

/** A list, segment or tag with the audiences of ours whose copy it is; none: nothing that is audited here. */
export type KnownRef = { readonly name: string; readonly audiences: readonly AudienceId[] };

/** A campaign as it was last told, kept beyond the read that told it. */
export type KnownCampaign = Omit<CampaignFact, "includes" | "excludes"> & {
  readonly system: SystemId;
  readonly includes: readonly KnownRef[];
  readonly excludes: readonly KnownRef[];
  readonly lastSeen: Instant;
};

export type KnownAutomation = Omit<AutomationFact, "startsOn"> & { readonly startsOn: readonly KnownRef[] };

/** One wording of the rule behind a copy; a new version begins when the text changes. */
export type DefinitionVersion = {
  readonly audience: AudienceId;
  readonly system: SystemId;
  /** From 1 on. */
  readonly version: number;
  /** The vendor's name of the segment. */
  readonly name: string;
  readonly definition: string;
  /** First and last read that told this wording. */
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly changedAt: Instant | null;
};

/** A run of a sync tool, as the tool told us. `job` is a name of `writers:`. Rows are null when it did not say. */
export type SyncRun = {
  readonly job: string;
  readonly id: string;
  readonly state: "running" | "succeeded" | "failed";
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly rowsRead: number | null;
  readonly rowsWritten: number | null;
  readonly rowsFailed: number | null;
  readonly receivedAt: Instant;
};
