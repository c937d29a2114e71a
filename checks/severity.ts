import type { CheckInput, Severity } from "../core/finding.ts";
import { nextSend } from "./next-send.ts";

const SOON_MS = 24 * 3_600_000;

/** Does this copy decide who gets mail within a day? Then what is wrong with it cannot wait. */
export function touchesSend(input: CheckInput): boolean {
  if (!input.system.sends) return false;
  const send = nextSend(input.config, input.audience.id, input.system.id, input.now);
  return send !== null && Date.parse(send.at) - Date.parse(input.now) <= SOON_MS;
}

export const urgentIf = (urgent: boolean): Severity => (urgent ? "act" : "look");
