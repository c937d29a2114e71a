import type { Incident } from "../core/finding.ts";
import type { GateSend } from "../core/gate.ts";
import type { AudienceId, Coverage, Instant } from "../core/model.ts";
import type { GateCounts } from "../members/gate-panel.ts";

/** What is known of one list: its latest complete reading, and whether a later one failed. */
export type GateReading = {
  /** Of the latest complete reading; null: there is none. */
  readonly asOf: Instant | null;
  /** Older than this it is too old to say who is on it. */
  readonly allowedHours: number;
  readonly size: number | null;
  /** Sizes of the complete readings before it, oldest first. */
  readonly sizesBefore: readonly number[];
  /** The latest reading of all; null: it was never read. */
  readonly latest: { readonly at: Instant; readonly coverage: Coverage; readonly because: string } | null;
  /** Its member set can be opened and compared with the other lists. */
  readonly usable: boolean;
};

export type GateList = {
  /** "Active customers", or the vendor's name of a list that is none of ours. */
  readonly title: string;
  readonly audiences: readonly AudienceId[];
  /** null: a list that no audience here is a copy of. */
  readonly reading: GateReading | null;
};

/** A list that says who must not get it, by another system's word. */
export type GateSource = {
  readonly role: "suppression" | "kept_out" | "consent";
  readonly title: string;
  readonly systemTitle: string;
  readonly reading: GateReading;
};

/** Everything that the verdict rests on; counts are null when the lists could not be put together. */
export type GateInput = {
  readonly now: Instant;
  readonly timezone: string;
  readonly send: GateSend;
  /** Hours after which what the system told of the campaign is too old. */
  readonly campaignHours: number;
  readonly includes: readonly GateList[];
  readonly excludes: readonly GateList[];
  readonly sources: readonly GateSource[];
  readonly counts: GateCounts | null;
  /** Why they could not, in words; null: they could, or no list is known. */
  readonly countsBecause: string | null;
  /** Live incidents of any audience and system. */
  readonly incidents: readonly Incident[];
};

/** Lists that are left out and that nobody here knows: they can only make the counts smaller. */
export const unknownExcludes = (input: GateInput): readonly GateList[] =>
  input.excludes.filter((l) => l.reading === null || !l.reading.usable);

/** Is it old enough that people may have joined or left unseen? */
export const isStale = (reading: GateReading, now: Instant): boolean =>
  reading.asOf !== null && Date.parse(now) - Date.parse(reading.asOf) > reading.allowedHours * 3_600_000;
