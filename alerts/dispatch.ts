import type { Incident, Transition } from "../core/finding.ts";

/** What happened to an incident, as far as people are told of it. Stored in the outbox by this name. */
export const NOTICE_KINDS = [
  "opened",
  "seen",
  "escalated",
  "regressed",
  "woken",
  "taken",
  "snoozed",
  "resolved",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The message an incident has; generation 0 is a place in a roll-up that several incidents share. */
export type Told = {
  readonly channel: string;
  readonly ts: string;
  readonly generation: number;
  readonly version: number;
};

export type Dispatch =
  | { readonly do: "post"; readonly because: "first" | "not_told_before" }
  | {
      readonly do: "update";
      readonly because: "changed" | "state_changed";
      readonly reply: boolean;
      readonly broadcast: boolean;
    }
  /** A new root that links back; the old one says so. */
  | { readonly do: "post_anew"; readonly because: "escalated" | "regressed" }
  /** Its line in the roll-up is drawn again. */
  | { readonly do: "update_roll_up"; readonly because: "changed" | "state_changed"; readonly reply: boolean }
  | { readonly do: "nothing"; readonly because: "told_already" | "never_told" | "told_with_its_system" };

/** More than this many roots in the window become one roll-up. */
export const STORM_LIMIT = 5;
export const STORM_WINDOW_MS = 10 * 60_000;

export type DispatchInput = {
  readonly kind: NoticeKind;
  readonly incident: Incident;
  readonly told: Told | null;
  /** Another can't-tell of the same system has its message already. */
  readonly systemTold: boolean;
};

/** What the audit or a person did, in the words of a notice. */
export function kindOf(transition: Transition, incident: Incident): NoticeKind {
  switch (transition.kind) {
    case "open":
      return "opened";
    case "regress":
      return "regressed";
    case "unsnooze":
      return "woken";
    case "resolve":
      return "resolved";
    case "update":
      if (incident.state === "resolved") return "resolved";
      if (transition.escalated) return "escalated";
      // a person's change arrives as an update of the incident by itself; the audit's carries the state before it
      if (transition.incident.version !== incident.version) return "seen";
      return incident.state === "acknowledged" ? "taken" : incident.state === "snoozed" ? "snoozed" : "seen";
  }
}

/** One root message per incident: this is the only place that decides to post another one. */
export function dispatch({ kind, incident, told, systemTold }: DispatchInput): Dispatch {
  if (told === null) {
    if (incident.state === "resolved") return { do: "nothing", because: "never_told" };
    if (incident.finding.cantTell && incident.finding.audience !== null && systemTold)
      return { do: "nothing", because: "told_with_its_system" };
    return { do: "post", because: kind === "opened" ? "first" : "not_told_before" };
  }
  if (told.version >= incident.version) return { do: "nothing", because: "told_already" };
  const live = incident.state !== "resolved";
  if (live && (kind === "regressed" || kind === "escalated")) return { do: "post_anew", because: kind };
  const because = kind === "seen" || kind === "opened" ? "changed" : "state_changed";
  const reply = because === "state_changed";
  if (told.generation === 0) return { do: "update_roll_up", because, reply };
  return { do: "update", because, reply, broadcast: live && kind === "woken" };
}

/** Of several things that happened to one incident while it waited, the one that people must hear of. */
export function loudest(kinds: readonly NoticeKind[]): NoticeKind {
  const order: readonly NoticeKind[] = [
    "regressed",
    "escalated",
    "opened",
    "woken",
    "resolved",
    "snoozed",
    "taken",
    "seen",
  ];
  return order.find((k) => kinds.includes(k)) ?? "seen";
}

/** Do these new incidents, after those told in the last ten minutes, make a storm? */
export const isStorm = (toPost: number, posted: number): boolean =>
  toPost > 0 && toPost + posted > STORM_LIMIT;
