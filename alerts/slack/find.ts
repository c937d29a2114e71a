import { WebAPIPlatformError } from "@slack/web-api";
import { AuditorError } from "../../core/errors.ts";
import type { Instant } from "../../core/model.ts";
import type { Posted } from "./port.ts";

/** `event_type` of the metadata that our messages carry; only apps see it. */
export const EVENT = "plumbline_message";
/** Their clock and ours, and how long a post may take. */
const MARGIN_S = 600;
const PAGES = 10;
/** What Slack answers when the app may not read the channel: it needs channels:history (private: groups:history). */
const MAY_NOT_READ: readonly string[] = [
  "missing_scope",
  "no_permission",
  "not_in_channel",
  "channel_not_found",
  "unknown_method",
];

type Page = { channel: string; oldest: string; latest: string; limit: number; cursor?: string };
type History = {
  readonly messages?: readonly {
    readonly ts?: string;
    readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
  }[];
  readonly response_metadata?: { readonly next_cursor?: string };
};

/**
 * Looks through the channel around one moment for our message with this key.
 *
 * @see https://docs.slack.dev/messaging/message-metadata and /reference/methods/conversations.history (read 2026-11-26)
 */
export async function findByKey(
  channel: string,
  key: string,
  about: Instant,
  read: (page: Page) => Promise<History>,
): Promise<Posted | null | "unreadable"> {
  const moment = Date.parse(about) / 1_000;
  let cursor: string | undefined;
  for (let n = 0; n < PAGES; n += 1) {
    let answer: History;
    try {
      answer = await read({
        channel,
        oldest: String(moment - MARGIN_S),
        latest: String(moment + MARGIN_S),
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      });
    } catch (error) {
      if (MAY_NOT_READ.includes(codeOf(error))) return "unreadable";
      throw error;
    }
    for (const { ts, metadata } of answer.messages ?? [])
      if (ts !== undefined && metadata?.event_type === EVENT && keyOf(metadata.event_payload) === key)
        return { channel, ts };
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) return null;
  }
  return "unreadable";
}

const keyOf = (payload: object | undefined): unknown =>
  payload !== undefined && "key" in payload ? payload.key : null;

/** Slack's own code of a failure that we have translated; "": it was no answer of Slack. */
export function codeOf(error: unknown): string {
  const cause = error instanceof AuditorError ? error.cause : error;
  return cause instanceof WebAPIPlatformError ? cause.data.error : "";
}
