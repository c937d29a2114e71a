import type { KnownBlock } from "@slack/types";
import type { Incident } from "../../core/finding.ts";
import { clockTime } from "../when.ts";
import { buttons, fallback, header, LIMIT, lines, plainText, type Run } from "./elements.ts";
import { markOf, type SlackContent } from "./message.ts";

const SHOWN = 12;
const PER_LINE = 130;

/**
 * One message for many incidents that came at once, worst first; edited as they change. A channel that gets a
 * dozen alarms in a minute is a channel that people mute.
 */
export function rollUpMessage(
  incidents: readonly Incident[],
  o: { readonly publicUrl: string; readonly timezone: string },
): SlackContent {
  const sorted = [...incidents].sort(byWeight);
  const open = sorted.filter((i) => i.state !== "resolved").length;
  const act = sorted.filter((i) => i.severity === "act" && i.state !== "resolved").length;
  const many = sorted.length === 1 ? "1 more incident" : `${sorted.length} incidents`;
  const title =
    open === 0 ? `Resolved: ${many}` : `${many} at once${act > 0 ? `, ${act} to act on now` : ""}`;
  const rows: Run[][] = sorted
    .slice(0, SHOWN)
    .map((i) => [
      { text: `${markOf({ incident: i })} ` },
      { text: `INC-${i.id}`, url: `${o.publicUrl}/incidents/${i.id}` },
      { text: ` ${i.finding.title}`, bold: i.severity === "act" },
    ]);
  if (sorted.length > SHOWN) rows.push([{ text: `and ${sorted.length - SHOWN} more` }]);
  const since = sorted.map((i) => i.openedAt).sort()[0];
  const actions = buttons([
    { id: "inc.list", text: "Open incidents", url: `${o.publicUrl}/incidents`, primary: act > 0 },
  ]);
  const blocks: KnownBlock[] = [
    header(open === 0 ? "✓" : "◆", title),
    lines(rows, PER_LINE),
    ...(actions === null ? [] : [actions]),
    {
      type: "context",
      elements: [
        plainText(
          `${open} of ${sorted.length} open${since === undefined ? "" : `, first seen ${clockTime(since, o.timezone)}`}. One message for all, since more than 5 came within 10 minutes.`,
          LIMIT.context,
        ),
      ],
    },
  ];
  return {
    text: fallback(
      `${title}: ${sorted
        .slice(0, 3)
        .map((i) => i.finding.title)
        .join("; ")}`,
    ),
    blocks,
  };
}

function byWeight(a: Incident, b: Incident): number {
  const rank = (i: Incident) =>
    i.state === "resolved" ? 3 : i.severity === "act" ? 0 : i.finding.cantTell ? 1 : 2;
  return rank(a) - rank(b) || (b.finding.people ?? 0) - (a.finding.people ?? 0) || a.id - b.id;
}
