import type { CheckName } from "../../core/finding.ts";

/** Under which heading a check stands. */
export type CheckGroup = "People and consent" | "Lists" | "Data" | "Systems" | "Rules";

type Titles = Readonly<Record<CheckName, readonly [group: CheckGroup, title: string]>>;

/** What holds when a check passes, in words, so that a tick beside it says yes. In the order in which they are read: a heading stands where its first check does. */
export const TITLES: Titles = {
  suppression_leak: ["People and consent", "The suppression list is kept"],
  consent_violation: ["People and consent", "Opt-outs are respected"],
  consent_exposure: ["People and consent", "Opt-outs arrive in time"],
  over_suppression: ["People and consent", "Nobody is held back against a newer yes"],
  unmapped_scope: ["People and consent", "What an opt-out covers is known"],
  size_anomaly: ["Lists", "The size is normal"],
  disagreement: ["Lists", "The same people as the owner has"],
  funnel: ["Lists", "Nobody is lost on the way"],
  latency: ["Lists", "Changes arrive in time"],
  stuck_members: ["Lists", "Nobody is stuck"],
  flip_flop: ["Lists", "Nobody comes and goes"],
  match_rate: ["Lists", "The match rate holds"],
  over_segmentation: ["Lists", "Neither tiny nor the twin of another list"],
  completeness: ["Data", "Required fields are filled"],
  attribute_shift: ["Data", "Values spread as usual"],
  duplicates: ["Data", "Nobody is there twice"],
  identity_conflict: ["Data", "One address is one person"],
  schema_drift: ["Data", "Fields and values are the known ones"],
  run_failure: ["Systems", "It was read completely"],
  freshness: ["Systems", "It is fresh"],
  sync_failure: ["Systems", "Sync jobs and reads work"],
  deliverability: ["Systems", "Mail arrives and is welcome"],
  ineligible: ["Rules", "Nobody who is not eligible"],
  holdout: ["Rules", "Held-out people stay out"],
  exclusive_overlap: ["Rules", "Nobody in lists that exclude each other"],
  sensitive_attribute: ["Rules", "Sensitive data only where it may be"],
};
