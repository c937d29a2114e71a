import type { KnownBlock, PlainTextElement } from "@slack/types";
import { count } from "../counts.ts";
import { dotted, firstSentence, withoutSend } from "../sentences.ts";
import { clockTime, dayAndTime, duration } from "../when.ts";
import { buttons, fallback, header, LIMIT, lines, plainText, type Run } from "./elements.ts";
import type { IncidentFacts } from "./facts.ts";

export type SlackContent = { readonly text: string; readonly blocks: readonly KnownBlock[] };
/** Where the message stood before it was posted anew; null: this is the first. */
export type LinkBack = { readonly url: string; readonly because: "escalated" | "regressed" } | null;

/** ◆ open, ◇ taken or snoozed, ✓ resolved, ↻ again, ○ can't tell. Shape says the state, so that colour need not. */
export function markOf({ incident }: Pick<IncidentFacts, "incident">): string {
  if (incident.state === "resolved") return "✓";
  if (incident.finding.cantTell) return "○";
  if (incident.state === "regressed") return "↻";
  return incident.state === "open" ? "◆" : "◇";
}

/**
 * An incident as one Slack message. Names that others chose stand only where Slack parses nothing, every limit is
 * kept by cutting, and there are at most 5 blocks and 4,000 characters.
 */
export function incidentMessage(facts: IncidentFacts, linkBack: LinkBack = null): SlackContent {
  const { incident } = facts;
  const title = titleOf(facts);
  const body = incident.state === "resolved" ? resolvedLines(facts) : openLines(facts, linkBack);
  const withFields = incident.state === "open" || incident.state === "regressed";
  if (linkBack !== null)
    body.push([{ text: "Told before: " }, { text: "earlier message", url: linkBack.url }]);
  const actions = buttons(buttonsOf(facts));
  const blocks: KnownBlock[] = [
    header(markOf(facts), title),
    lines(body),
    ...(withFields ? [{ type: "section" as const, fields: fieldsOf(facts) }] : []),
    ...(actions === null ? [] : [actions]),
    { type: "context", elements: [plainText(contextOf(facts), LIMIT.context)] },
  ];
  return { text: fallback(`${markOf(facts)} ${title}. ${plainOf(body)}`), blocks };
}

/** What is left of a message that was told anew further down: one state per incident in the channel. */
export function movedMessage(facts: IncidentFacts, newer: string): SlackContent {
  const row: Run[] = [
    { text: "Told again further down: " },
    { text: `INC-${facts.incident.id}`, url: newer },
  ];
  return {
    text: fallback(`${facts.incident.finding.title}. Told again further down.`),
    blocks: [header("→", facts.incident.finding.title), lines([row])],
  };
}

function titleOf({ incident, audienceTitle, systemTitle }: IncidentFacts): string {
  const { finding, state } = incident;
  if (state !== "resolved") return finding.cantTell ? `Can’t tell: ${finding.title}` : finding.title;
  if (finding.check === "size_anomaly" && audienceTitle !== null)
    return `${audienceTitle} is back to normal in ${systemTitle}`;
  if (finding.cantTell) return `${systemTitle} is read completely again`;
  return `Resolved: ${finding.title}`;
}

function openLines({ incident, actor, timezone }: IncidentFacts, linkBack: LinkBack): Run[][] {
  const { finding, state } = incident;
  const [first, rest] = firstSentence(finding.moved);
  const why =
    linkBack?.because === "escalated"
      ? "Worse than when last told. "
      : state === "regressed"
        ? "It was resolved and is back. "
        : "";
  const rows: Run[][] = [[{ text: why }, { text: `${first} `, bold: true }, { text: rest }]];
  const who = actor ?? incident.owner;
  if (state === "acknowledged") return [...rows, [{ text: `${who ?? "Somebody"} is on it.`, bold: true }]];
  if (state === "snoozed") {
    const until =
      incident.snoozedUntil === null ? "" : ` until ${dayAndTime(incident.snoozedUntil, timezone)}`;
    return [...rows, [{ text: `Snoozed${who === null ? "" : ` by ${who}`}${until}.`, bold: true }]];
  }
  rows.push([{ text: withoutSend(finding.means) }]);
  if (finding.cause.text !== null)
    rows.push([
      {
        text: `${finding.cause.certainty === "confirmed" ? "Cause" : "Likely cause"}: ${dotted(finding.cause.text)}`,
      },
    ]);
  return rows;
}

function resolvedLines({ incident, actor, plans, timezone }: IncidentFacts): Run[][] {
  const end = incident.resolvedAt ?? incident.changedAt;
  const lasted = duration(Date.parse(end) - Date.parse(incident.openedAt));
  const no = (incident.markedFalseAt ?? null) !== null;
  const by =
    actor === null ? "a complete read shows it" : no ? `not a problem, says ${actor}` : `by ${actor}`;
  const done = plans.filter((p) => p.state === "done").map((p) => `PL-${p.id}`);
  return [
    [
      { text: `Resolved after ${lasted}, ${dayAndTime(end, timezone)}; ${by}. ` },
      ...(incident.peak === null || incident.finding.cantTell
        ? []
        : [{ text: `Peak: ${count(incident.peak)} people.`, bold: true }]),
    ],
    ...(done.length === 0 ? [] : [[{ text: `${done.join(", ")} applied and read back.` }]]),
  ];
}

function fieldsOf(facts: IncidentFacts): PlainTextElement[] {
  const { incident, nextSend, alsoMoved, data, timezone } = facts;
  const send = nextSend === null ? "not known" : `${dayAndTime(nextSend.at, timezone)}, “${nextSend.name}”`;
  const fields: [string, string][] = [["Next send", send]];
  if (alsoMoved.length > 0) {
    const more = alsoMoved.length > 2 ? ` and ${alsoMoved.length - 2} more` : "";
    fields.push([
      alsoMoved.every((a) => a.sameCause) ? "Also moved, same cause" : "Also moved",
      `${alsoMoved
        .slice(0, 2)
        .map((a) => a.title)
        .join("; ")}${more}`,
    ]);
  }
  fields.push(["Owner", incident.owner ?? "nobody yet"]);
  fields.push([
    "Data",
    data === null
      ? "not read yet"
      : `${data.coverage === "complete" ? "complete as of" : "not complete,"} ${dayAndTime(data.asOf, timezone)}`,
  ]);
  // the label ends a line of its own, which cleaning would join
  return fields.map(([label, value]) => ({
    type: "plain_text",
    emoji: false,
    text: `${label}\n${plainText(value, LIMIT.field - label.length - 1).text}`,
  }));
}

function buttonsOf({
  incident,
  publicUrl,
}: IncidentFacts): { id: string; text: string; url: string; primary?: boolean }[] {
  const url = `${publicUrl}/incidents/${incident.id}`;
  const repairable =
    incident.finding.repair !== null && incident.finding.audience !== null && incident.state !== "resolved";
  return [
    {
      id: "inc.open",
      text: `Open INC-${incident.id}`,
      url,
      primary: !repairable && incident.state === "open",
    },
    ...(repairable ? [{ id: "inc.draft", text: "Draft repair (review first)", url }] : []),
  ];
}

function contextOf({ incident, timezone }: IncidentFacts): string {
  const severity = incident.finding.cantTell
    ? "can’t tell"
    : incident.severity === "act"
      ? "act now"
      : "look at it";
  const rule = incident.finding.check.replaceAll("_", " ");
  return `INC-${incident.id}, ${severity}, rule ${rule}, since ${dayAndTime(incident.openedAt, timezone)}, seen ${clockTime(incident.lastSeenAt, timezone)}`;
}

const plainOf = (rows: readonly (readonly Run[])[]): string =>
  rows
    .flat()
    .map((r) => r.text)
    .join(" ");
