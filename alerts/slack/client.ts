import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import { AuditorError } from "../../core/errors.ts";
import { codeOf, EVENT, findByKey } from "./find.ts";
import type { Posted, SlackPort } from "./port.ts";

export type SlackClientOptions = {
  /** Resolved at each use, so that a renewed token counts without a restart. */
  readonly token: () => Promise<string>;
  /** null: https://slack.com/api/ */
  readonly apiUrl: string | null;
  readonly wait: (ms: number) => Promise<void>;
};

/** Longer waits than this are the outbox's. */
const MAX_WAIT_MS = 5_000;
const GONE: readonly string[] = [
  "message_not_found",
  "cant_update_message",
  "edit_window_closed",
  "is_inactive",
];

/** By Slack's error code: what kind of failure it is and what a person can do. */
const FIXES: Readonly<Record<string, readonly [AuditorError["kind"], string]>> = {
  not_authed: ["auth", "set the token that routes.slack.token names"],
  invalid_auth: ["auth", "renew the bot token that routes.slack.token names"],
  token_revoked: ["auth", "renew the bot token that routes.slack.token names"],
  token_expired: ["auth", "renew the bot token that routes.slack.token names"],
  account_inactive: ["auth", "renew the bot token that routes.slack.token names"],
  missing_scope: ["auth", "give the app the scope chat:write and install it again"],
  no_permission: ["auth", "give the app the scope chat:write and install it again"],
  channel_not_found: ["config", "check routes.slack.channel: use the channel’s id"],
  not_in_channel: ["config", "invite the app to the channel in routes.slack.channel"],
  is_archived: ["config", "name a channel in routes.slack.channel that is not archived"],
  restricted_action: ["config", "allow the app to post in this channel"],
  invalid_blocks: ["bad_data", "report this as a fault of Plumbline, with the incident’s number"],
  msg_too_long: ["bad_data", "report this as a fault of Plumbline, with the incident’s number"],
  internal_error: ["transient", "nothing: it is tried again"],
  fatal_error: ["transient", "nothing: it is tried again"],
  service_unavailable: ["transient", "nothing: it is tried again"],
  ratelimited: ["rate_limited", "nothing: it is tried again"],
};

/**
 * Slack's Web API. It never repeats a call whose effect is not known: posting twice is worse than posting late, so
 * everything but a short 429 goes back to the outbox.
 */
export function slackClient(o: SlackClientOptions): SlackPort {
  async function call<T>(method: string, work: (client: WebClient) => Promise<T>): Promise<T> {
    const token = await o.token();
    const client = new WebClient(token, {
      ...(o.apiUrl === null ? {} : { slackApiUrl: o.apiUrl }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
      allowAbsoluteUrls: false,
      logLevel: LogLevel.ERROR,
      logger: SILENT,
    });
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(client);
      } catch (error) {
        const failed = toAuditorError(error, method);
        const wait = failed.kind === "rate_limited" ? failed.retryAfterMs : null;
        if (wait === null || wait > MAX_WAIT_MS || attempt === 3) throw failed;
        await o.wait(wait);
      }
    }
  }

  return {
    async post(channel, content, { key, thread } = {}) {
      const answer = await call("chat.postMessage", (c) =>
        c.chat.postMessage({
          channel,
          text: content.text,
          blocks: [...content.blocks],
          mrkdwn: false,
          unfurl_links: false,
          unfurl_media: false,
          ...(key === undefined ? {} : { metadata: { event_type: EVENT, event_payload: { key } } }),
          ...(thread === undefined
            ? {}
            : thread.broadcast
              ? { thread_ts: thread.ts, reply_broadcast: true }
              : { thread_ts: thread.ts }),
        }),
      );
      if (typeof answer.ts !== "string")
        throw new AuditorError(
          "permanent",
          "slack",
          "chat.postMessage answered without a message id",
          "check routes.slack.api_url",
        );
      return { channel: answer.channel ?? channel, ts: answer.ts };
    },
    find: (channel, key, about) =>
      findByKey(channel, key, about, (page) =>
        call("conversations.history", (c) =>
          c.conversations.history({ ...page, include_all_metadata: true }),
        ),
      ),
    async update({ channel, ts }, content) {
      try {
        await call("chat.update", (c) =>
          c.chat.update({ channel, ts, text: content.text, blocks: [...content.blocks] }),
        );
        return "updated";
      } catch (error) {
        if (GONE.includes(codeOf(error))) return "gone";
        throw error;
      }
    },
    async permalink({ channel, ts }: Posted) {
      try {
        return (
          (await call("chat.getPermalink", (c) => c.chat.getPermalink({ channel, message_ts: ts })))
            .permalink ?? null
        );
      } catch (error) {
        if (GONE.includes(codeOf(error))) return null;
        throw error;
      }
    },
  };
}

function toAuditorError(error: unknown, method: string): AuditorError {
  if (error instanceof AuditorError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    return new AuditorError(
      "rate_limited",
      "slack",
      `${method} has to wait ${error.retryAfter} s`,
      "nothing: it is tried again",
      { cause: error, retryAfterMs: error.retryAfter * 1000 },
    );
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    const [kind, fix] =
      FIXES[code] ?? (["permanent", "look the code up in Slack’s documentation of the method"] as const);
    return new AuditorError(kind, "slack", `${method} was refused (${code.slice(0, 60)})`, fix, {
      cause: error,
    });
  }
  if (error instanceof WebAPIHTTPError) {
    return new AuditorError(
      error.statusCode >= 500 ? "transient" : "permanent",
      "slack",
      `${method} was answered with status ${error.statusCode}`,
      error.statusCode >= 500 ? "nothing: it is tried again" : "check routes.slack.api_url",
      { cause: error },
    );
  }
  if (error instanceof WebAPIRequestError) {
    return new AuditorError(
      "transient",
      "slack",
      `${method} got no answer`,
      "nothing: it is tried again; check the network if it stays so",
      { cause: error },
    );
  }
  return new AuditorError("transient", "slack", `${method} failed`, "nothing: it is tried again", {
    cause: error,
  });
}

/** The client's own log repeats requests, which hold names; ours says which call failed and why. */
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};
