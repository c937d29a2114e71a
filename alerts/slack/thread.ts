import { count } from "../counts.ts";
import type { NoticeKind } from "../dispatch.ts";
import { dayAndTime } from "../when.ts";
import { fallback, lines } from "./elements.ts";
import type { IncidentFacts } from "./facts.ts";
import type { SlackContent } from "./message.ts";

/** One line of an incident's history, for the thread under its message. */
export function threadReply(facts: IncidentFacts, kind: NoticeKind, prefix = ""): SlackContent {
  const text = `${prefix}${textOf(facts, kind)}`;
  return { text: fallback(text), blocks: [lines([[{ text }]])] };
}

function textOf({ incident, actor, timezone }: IncidentFacts, kind: NoticeKind): string {
  const { finding } = incident;
  const who = actor ?? "Plumbline";
  switch (kind) {
    case "taken":
      return `${who} is on it.`;
    case "snoozed":
      return `Snoozed by ${who}${incident.snoozedUntil === null ? "" : ` until ${dayAndTime(incident.snoozedUntil, timezone)}`}.`;
    case "resolved":
      return actor === null
        ? "Resolved: a complete read does not show it any more."
        : (incident.markedFalseAt ?? null) === null
          ? `Resolved by ${actor}.`
          : `Not a problem, says ${actor}.`;
    case "woken":
      return `The snooze is over and it is still there. ${finding.moved}`;
    case "escalated":
      return `Worse: ${finding.people === null ? finding.moved : `${count(finding.people)} people now.`}`;
    case "regressed":
      return "It is back.";
    default:
      return finding.moved;
  }
}
