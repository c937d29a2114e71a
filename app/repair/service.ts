import type { Person } from "../../core/config.ts";
import type { Incident } from "../../core/finding.ts";
import type { AudienceId, SystemId } from "../../core/model.ts";
import type { Op, Plan } from "../../core/repair.ts";
import type { ApproveRequest, OverrideRequest, PlanDetail, PlanRow } from "../api/contract.ts";

export type DraftRequest = {
  readonly author: Person;
  readonly audience: AudienceId;
  readonly incident: Incident | null;
  /** Only this system's copy; null: every copy of the audience. */
  readonly system: SystemId | null;
  readonly only?: readonly Op[];
  /** The plan that this one takes the place of. */
  readonly replaces?: number;
};

/** The repair as people use it, from the dashboard and the command line alike. */
export type Repair = {
  /** Drafts a plan and runs its safeguards; nothing is written to any system. */
  draft(request: DraftRequest): Promise<Plan>;
  plans(): Promise<readonly PlanRow[]>;
  detail(id: number, me: Person): Promise<PlanDetail>;
  /** Every change of the plan with unmasked identifiers: an export that a person asked for, logged. */
  exportCsv(id: number, me: Person): Promise<string>;
  approve(id: number, me: Person, request: ApproveRequest): Promise<void>;
  /** An admin who is not the author lets a plan through that was refused for its size alone. */
  override(id: number, me: Person, request: OverrideRequest): Promise<void>;
  /** Somebody else has looked at suppressions that their author carried out alone. */
  review(id: number, me: Person): Promise<void>;
  /** Starts the apply in the background. */
  start(id: number, me: Person): Promise<void>;
  /** Carries an approved plan out and answers when it has ended. */
  run(id: number, me: Person, signal: AbortSignal): Promise<Plan>;
  stop(id: number, me: Person): Promise<void>;
  undo(id: number, me: Person): Promise<Plan>;
  /** The same repair from the latest reads. */
  redraft(id: number, me: Person, only?: readonly Op[]): Promise<Plan>;
  /** Plans that were being applied when a process died: finishes them. */
  resumeAll(): Promise<void>;
  close(): Promise<void>;
};
