import type { KnownBlock } from "@slack/types";
import type { GateAnswer, GateReason } from "../../core/gate.ts";
import { count, listed, people } from "../counts.ts";
import { clockTime, dayAndTime } from "../when.ts";
import { buttons, fallback, header, LIMIT, lines, plainText, type Run } from "./elements.ts";
import type { SlackContent } from "./message.ts";

/** Nobody reads a list before a send. */
const SHOWN = 4;
const MARK = { no_go: "◆", cant_tell: "○", note: "" } as const;

/** Is there something to say? Go says nothing, and Can't tell only when there is no other look to come. */
export const isTold = (verdict: GateAnswer["verdict"], lastLook: boolean): boolean =>
  verdict === "no_go" || (verdict === "cant_tell" && lastLook);

/** A send that should not go out as it is, or of which nobody can say. Counts and names of lists, never of people. */
export function gateMessage(
  answer: GateAnswer,
  o: { readonly minutesBefore: number; readonly publicUrl: string; readonly timezone: string },
): SlackContent {
  const { send } = answer;
  const mark = answer.verdict === "no_go" ? "◆" : "○";
  const word = answer.verdict === "no_go" ? "No-go" : "Can’t tell";
  const title = `${word}: “${send.name}” goes out ${send.at === null ? "soon" : `at ${clockTime(send.at, o.timezone)}`}`;
  const decisive = answer.reasons.filter((r) => r.weight !== "note");
  const body: Run[][] = decisive
    .slice(0, SHOWN)
    .map((r) => [{ text: `${MARK[r.weight]} ` }, ...reasonRuns(r, o.publicUrl)]);
  if (decisive.length > SHOWN) body.push([{ text: `and ${decisive.length - SHOWN} more` }]);
  body.push([
    { text: recipientsOf(answer) },
    { text: ` Plumbline stops nothing: pause it in ${send.systemTitle}, or let it go.` },
  ]);
  const first = send.includes.flatMap((r) => r.audiences)[0];
  const incident = decisive.find((r) => r.incident !== null)?.incident;
  const actions = buttons([
    ...(incident == null
      ? []
      : [
          {
            id: "gate.incident",
            text: `Open INC-${incident}`,
            url: `${o.publicUrl}/incidents/${incident}`,
            primary: true,
          },
        ]),
    ...(first === undefined
      ? []
      : [
          {
            id: "gate.audience",
            text: "Open the audience",
            url: `${o.publicUrl}/audiences/${encodeURIComponent(first)}`,
            primary: incident == null,
          },
        ]),
  ]);
  const blocks: KnownBlock[] = [
    header(mark, title),
    lines(body, 320),
    ...(actions === null ? [] : [actions]),
    { type: "context", elements: [plainText(contextOf(answer, o), LIMIT.context)] },
  ];
  return { text: fallback(`${mark} ${title}. ${decisive[0]?.text ?? ""}`), blocks };
}

/** The number of the incident leads to it; what follows is bold where it decides. */
function reasonRuns(r: GateReason, publicUrl: string): Run[] {
  const bold = r.weight === "no_go";
  const match = r.incident === null ? null : /^INC-\d+/.exec(r.text);
  if (match === null) return [{ text: r.text, bold }];
  return [
    { text: match[0], url: `${publicUrl}/incidents/${r.incident}` },
    { text: r.text.slice(match[0].length), bold },
  ];
}

function recipientsOf({ recipients, atMost }: GateAnswer): string {
  if (recipients === null) return "How many would get it is not known.";
  return `${atMost ? "Up to " : ""}${people(recipients)} would get it.`;
}

function contextOf(answer: GateAnswer, o: { minutesBefore: number; timezone: string }): string {
  const { send, asOf } = answer;
  const names = (refs: typeof send.includes) => listed(refs.map((r) => r.name));
  const without = send.excludes.length === 0 ? "" : `, without ${names(send.excludes)}`;
  const to = send.includes.length === 0 ? "" : ` to ${names(send.includes)}${without}`;
  const read = asOf === null ? "no list could be read" : `lists as of ${dayAndTime(asOf, o.timezone)}`;
  return `${send.systemTitle}${to}; ${count(o.minutesBefore)} minutes before, ${read}`;
}
