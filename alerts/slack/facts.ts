import type { Incident } from "../../core/finding.ts";
import type { Coverage, Instant } from "../../core/model.ts";
import type { PlanState } from "../../core/repair.ts";

/** What a message says beside the incident itself; gathered in app/alerts, so that rendering stays pure. */
export type IncidentFacts = {
  readonly incident: Incident;
  readonly audienceTitle: string | null;
  readonly systemTitle: string;
  readonly nextSend: { readonly name: string; readonly at: Instant; readonly systemTitle: string } | null;
  /** Other incidents of the same moment. */
  readonly alsoMoved: readonly { readonly title: string; readonly sameCause: boolean }[];
  /** Latest reading behind it; null: there is none. */
  readonly data: { readonly coverage: Coverage; readonly asOf: Instant } | null;
  readonly plans: readonly { readonly id: number; readonly state: PlanState }[];
  /** Who took, snoozed or resolved it; null: Plumbline did. */
  readonly actor: string | null;
  readonly timezone: string;
  /** Where the dashboard is, without a slash at the end. */
  readonly publicUrl: string;
};
