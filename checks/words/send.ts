import type { CheckInput } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import { type NextSend, nextSend } from "../next-send.ts";
import { localTime } from "../zone.ts";
import { clockTime, dateOf, weekdayName } from "./when.ts";

/** "today 10:00 CET", "tomorrow 07:00 CET", "Thu 09:00 CET", "12 Dec 09:00 CET". */
export function comingTime(at: Instant, now: Instant, timezone: string): string {
  const then = localTime(Date.parse(at), timezone);
  const days = then.day - localTime(Date.parse(now), timezone).day;
  const time = clockTime(at, timezone);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `tomorrow ${time}`;
  return days < 7 ? `${weekdayName(then.weekday).slice(0, 3)} ${time}` : `${dateOf(at, timezone)} ${time}`;
}

/** The send that this finding touches: from this system, to this audience. Systems that do not send have none. */
export const sendOf = (input: CheckInput): NextSend | null =>
  input.system.sends
    ? nextSend(input.config, input.audience.id, input.system.id, input.now)
    : nextSend(input.config, input.audience.id, null, input.now);

/** Second half of "what it means": the next send, or that it is not known. No full stop. */
export function sendWords(input: CheckInput): string {
  const send = sendOf(input);
  if (send === null) return "the next send is not known";
  const where = send.system === input.system.id ? "" : ` from ${titleOf(input, send.system)}`;
  const to = input.audience.purpose === "suppression" ? "is the next send" : "goes to this audience";
  return `“${send.name}”${where} ${to}, ${comingTime(send.at, input.now, input.config.timezone)}`;
}

export const titleOf = (input: CheckInput, system: string): string =>
  input.config.systems.find((s) => s.id === system)?.title ?? system;
