import type {
  ActionsBlock,
  HeaderBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
} from "@slack/types";
import { clean } from "../clean.ts";

/**
 * Slack's limits and ours, in characters. Slack: header 150, field 2000, button 75, text 3000.
 * @see https://docs.slack.dev/reference/block-kit/blocks (read 2026-11-23)
 * Ours add up to less than 4,000 for the whole message, so that nobody has to scroll over an alarm.
 */
export const LIMIT = {
  header: 150,
  sentence: 480,
  field: 220,
  button: 75,
  context: 240,
  fallback: 600,
  url: 3000,
} as const;

export const plainText = (text: string, max: number): PlainTextElement => ({
  type: "plain_text",
  emoji: false,
  text: clean(text, max) || "–",
});

export const header = (mark: string, title: string): HeaderBlock => ({
  type: "header",
  text: plainText(`${mark} ${title}`, LIMIT.header),
});

export type Run = { readonly text: string; readonly bold?: boolean; readonly url?: string };

/** One rich-text section; each inner list is a line. Nothing in it is parsed as markup, whatever it says. */
export function lines(rows: readonly (readonly Run[])[], max: number = LIMIT.sentence): RichTextBlock {
  const elements: RichTextElement[] = rows
    .map((row) => row.map((run) => elementOf(run, max)).filter((e) => e !== null))
    .filter((row) => row.length > 0)
    .flatMap((row, i): RichTextElement[] => (i === 0 ? row : [{ type: "text", text: "\n" }, ...row]));
  return {
    type: "rich_text",
    elements: [
      { type: "rich_text_section", elements: elements.length > 0 ? elements : [{ type: "text", text: "–" }] },
    ],
  };
}

function elementOf(run: Run, max: number): RichTextElement | null {
  const text = clean(run.text, max - 2);
  if (text === "") return null;
  if (run.url !== undefined && safeUrl(run.url)) return { type: "link", url: run.url, text };
  // blanks between the runs of a line were trimmed with the text
  const [before, after] = [run.text.startsWith(" ") ? " " : "", run.text.endsWith(" ") ? " " : ""];
  return {
    type: "text",
    text: `${before}${text}${after}`,
    ...(run.bold === true ? { style: { bold: true } } : {}),
  };
}

/** Slack refuses a whole message for one bad address. */
export const safeUrl = (url: string): boolean =>
  url.length <= LIMIT.url && /^https?:\/\/[^\s<>"]+$/.test(url);

/** URL buttons only: nothing is approved or applied from Slack. null: no button has an address that Slack takes. */
export function buttons(
  items: readonly {
    readonly id: string;
    readonly text: string;
    readonly url: string;
    readonly primary?: boolean;
  }[],
): ActionsBlock | null {
  const elements = items
    .filter((b) => safeUrl(b.url))
    .map((b) => ({
      type: "button" as const,
      action_id: b.id,
      url: b.url,
      text: plainText(b.text, LIMIT.button),
      ...(b.primary === true ? { style: "primary" as const } : {}),
    }));
  return elements.length === 0 ? null : { type: "actions", elements };
}

/** For the `text` of a message, which notifications show and Slack parses: no mention, no link, no markup. */
export const fallback = (text: string): string =>
  clean(text, LIMIT.fallback).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
