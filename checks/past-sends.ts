import type { Send } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import type { AudienceId } from "../core/model.ts";
import { nextFire, parseCron } from "./cron.ts";

/** A send that went out, or by the calendar should have. */
export type PastSend = {
  readonly name: string;
  readonly at: number;
  readonly to: readonly AudienceId[];
  /** It went to lists that are no audience of ours as well, so who else got it is not known. */
  readonly others: boolean;
  readonly leftOut: readonly AudienceId[];
  /** The system told that it went out; else only the calendar says so. */
  readonly told: boolean;
};

/** Of a repeated send, at most this many times. */
const MOST = 200;

/**
 * Sends of this system between two moments, oldest first. What the system tells of its campaigns; where it tells of
 * none, what the calendar planned. Receipts and notices, which the calendar calls transactional, are left out.
 */
export function pastSends(input: CheckInput, from: number, until: number): PastSend[] {
  const planned = input.config.calendar.filter((s) => s.system === input.system.id);
  const transactional = new Set(planned.filter((s) => s.transactional === true).map((s) => s.name));
  const inside = (at: number) => at > from && at <= until;
  const told = input.campaigns.flatMap((c): PastSend[] => {
    if ((c.state !== "sent" && c.state !== "sending") || c.at === null || transactional.has(c.name))
      return [];
    const at = Date.parse(c.at);
    if (!inside(at)) return [];
    const to = c.includes.flatMap((r) => r.audiences);
    const others = c.includes.length === 0 || c.includes.some((r) => r.audiences.length === 0);
    return [
      {
        name: c.name,
        at,
        to,
        others,
        leftOut: c.excludes.flatMap((r) => r.audiences),
        told: true,
      },
    ];
  });
  const sends =
    input.campaigns.length > 0
      ? told
      : planned.filter((s) => s.transactional !== true).flatMap((s) => plannedTimes(input, s, from, until));
  return sends.sort((a, b) => a.at - b.at);
}

function plannedTimes(input: CheckInput, send: Send, from: number, until: number): PastSend[] {
  const times: number[] = [];
  if (send.at !== null) times.push(Date.parse(send.at));
  const cron = send.cron === null ? null : parseCron(send.cron);
  for (let at: number | null = from; cron !== null && times.length < MOST; ) {
    at = nextFire(cron, at, input.config.timezone);
    if (at === null || at > until) break;
    times.push(at);
  }
  return times
    .filter((at) => at > from && at <= until)
    .map((at) => ({
      name: send.name,
      at,
      to: send.audience === null ? [] : [send.audience],
      others: send.audience === null,
      leftOut: send.excludes ?? [],
      told: false,
    }));
}
