import type { Instant } from "../core/model.ts";
import type {
  ApprovalNeed,
  Change,
  GuardVerdict,
  Plan,
  PlanDoc,
  PlanState,
  SizeOverride,
} from "../core/repair.ts";

export const PLAN_COLUMNS = `id, hash, state, doc, guards, need, stop_requested_by as "stopRequestedBy", started_at as "startedAt",
  ended_at as "endedAt", because`;

/** A plan without its changes and approvals, as its row holds it; `doc.changes` is empty. */
export type PlanRow = {
  id: number;
  hash: string;
  state: PlanState;
  doc: PlanDoc;
  guards: readonly GuardVerdict[];
  need: ApprovalNeed;
  stopRequestedBy: string | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  because: string | null;
};

export type Approval = Plan["approvals"][number];

/** `changes` keeps its place among the fields of the document, so that it reads back byte for byte. */
export const assemble = (
  row: PlanRow,
  changes: readonly Change[],
  approvals: readonly Approval[],
  override: SizeOverride | null = null,
): Plan => ({
  ...row,
  doc: { ...row.doc, changes },
  approvals,
  override,
});
