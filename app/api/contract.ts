/**
 * The HTTP contract: one schema each for validation, OpenAPI and the dashboard's types.
 * Times are ISO-8601 UTC. Counts are people unless named otherwise; null means "can't tell", never 0.
 * This file is the one import of the dashboard; each topic has a file of its own in contract/.
 */

export type * from "./contract/audience.ts";
export type * from "./contract/checks.ts";
export type * from "./contract/event.ts";
export type * from "./contract/gate.ts";
export type * from "./contract/incident.ts";
export type * from "./contract/overlap.ts";
export type * from "./contract/overview.ts";
export type * from "./contract/parts.ts";
export type * from "./contract/plan.ts";
export type * from "./contract/run.ts";
export type * from "./contract/score.ts";
export type * from "./contract/status.ts";
export type * from "./contract/system.ts";
