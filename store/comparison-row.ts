import type { Comparison } from "../core/comparison.ts";

export const COMPARISON_COLUMNS = `run_id as "runId", audience, as_of as "asOf", owner, systems, masks, per_system as "perSystem", cant_tell as "cantTell", people`;

export type ComparisonRow = Comparison & Record<string, unknown>;
