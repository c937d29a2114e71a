import type { IncidentRow, Status } from "../../app/api/contract.ts";
import type { Shape } from "./mark.tsx";

/** One wording for each state, in every place that shows it. */
export const incidentName = (id: number): string => `INC-${id}`;
export const planName = (id: number): string => `PL-${id}`;

export const incidentMark = (incident: Pick<IncidentRow, "state" | "severity" | "cantTell">): Shape => {
  if (incident.state === "resolved") return "fine";
  return incident.cantTell ? "cant_tell" : incident.severity;
};

export const incidentState = (incident: Pick<IncidentRow, "state" | "owner" | "markedFalse">): string => {
  switch (incident.state) {
    case "open":
      return "open";
    case "acknowledged":
      return incident.owner ? `taken by ${incident.owner}` : "taken";
    case "snoozed":
      return "snoozed";
    case "resolved":
      return incident.markedFalse ? "not a problem" : "resolved";
    case "regressed":
      return "back again";
  }
};

export const severityWord = (severity: IncidentRow["severity"]): string =>
  severity === "act" ? "Act now" : "Look at it";

export const modeWord = (mode: Status["mode"]): string =>
  ({ demo: "DEMO", read_only: "READ-ONLY", writes_on: "WRITES ON" })[mode];

const PURPOSE: Record<string, string> = {
  suppression: "do not contact",
  ineligible: "not eligible",
  consent: "consent",
  lifecycle: "lifecycle",
  marketing: "marketing",
};
export const purposeWord = (purpose: string): string => PURPOSE[purpose] ?? purpose;

const PLAN_STATE: Record<string, string> = {
  draft: "draft",
  checked: "waits for approval",
  approved: "approved",
  applying: "applying",
  verifying: "reading back",
  done: "done",
  stopped: "stopped",
  expired: "expired",
  refused: "refused by a safeguard",
  stale: "out of date",
};
export const planState = (state: string): string => PLAN_STATE[state] ?? state;
export const isRunning = (state: string): boolean => state === "applying" || state === "verifying";
export const isOver = (state: string): boolean =>
  ["done", "stopped", "expired", "refused", "stale"].includes(state);

const READ: Record<string, string> = {
  stream: "every record, page by page",
  export: "export files",
  count: "counts only",
  none: "not possible",
};
const WRITE: Record<string, string> = {
  member: "person by person",
  batch: "in batches",
  job: "as a job of the vendor",
  none: "never; read-only",
};
export const readWord = (read: string): string => READ[read] ?? read;
export const writeWord = (write: string): string => WRITE[write] ?? write;

const OP: Record<string, string> = {
  suppress: "suppress",
  remove: "remove from lists",
  add: "add to lists",
  set: "set fields",
};
export const opWord = (op: string): string => OP[op] ?? op;
