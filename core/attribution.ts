import type { AudienceId, Instant, RunId, SystemId } from "./model.ts";

/** People who came and who left. */
export type Flow = { readonly came: number; readonly left: number };

/**
 * What moved a segment. `rule`: its definition changed and nothing about the people did; `data`: they, or what is
 * known of them, changed; `identity`: the same record under another identifier; `snapshot`: the reading, not the
 * world; `unexplained`: nothing about them changed and no rule is known to have. Together they are the whole change.
 */
export const CHANGE_PARTS = ["rule", "data", "identity", "snapshot", "unexplained"] as const;
export type ChangePart = (typeof CHANGE_PARTS)[number];

/** What most of those who moved have in common and the others do not. */
export type Telling = {
  /** A tracked attribute, or `consent`, `mailable`, `bounced`. */
  readonly attribute: string;
  /** Empty now; now this value of the configured ones; only another one than before. */
  readonly state: "empty" | "value" | "changed";
  /** For `value`: which. */
  readonly value: string | null;
  /** Of `of` people who moved and could be looked up. */
  readonly people: number;
  readonly of: number;
  /** Of `people`, had something else in the reading before. */
  readonly changed: number;
  /** The same among `ofOthers` people who did not move. */
  readonly others: number;
  readonly ofOthers: number;
};

/** Why a segment moved between two complete readings: counts of people, Σ came − Σ left = now − before. */
export type Attribution = {
  readonly audience: AudienceId;
  readonly system: SystemId;
  readonly runId: RunId;
  readonly from: Instant;
  readonly to: Instant;
  readonly before: number;
  readonly now: number;
  readonly parts: Readonly<Record<ChangePart, Flow>>;
  /** Could people be looked up in the whole system? Without, `data` and `identity` are not known and count 0. */
  readonly lookedUp: boolean;
  /** Within `data`, and not exclusive: records made and deleted; another value that tells; as the owner says now. */
  readonly data: { readonly records: Flow; readonly values: Flow; readonly owner: Flow | null };
  /** What `snapshot` rests on: fewer records than the system itself declares, or an older copy than before. */
  readonly odd: "short" | "older" | null;
  /** The change of the definition that `rule` rests on. */
  readonly rule: {
    readonly at: Instant;
    readonly certainty: "confirmed" | "likely";
    readonly text: string;
  } | null;
  readonly left: Telling | null;
  readonly came: Telling | null;
};
