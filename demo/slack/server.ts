import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Clock } from "../../core/clock.ts";
import { blockProblems } from "./block-limits.ts";
import { ChannelLog, type SlackMessage } from "./channel-log.ts";

export type SlackFault = {
  /** Web API method, `chat.update`; absent: any. */
  readonly method?: string;
  /** `rate_limited` answers 429; `http_500` and `reset` as they say; anything else is `ok: false` with that error. */
  readonly error: string;
  /** Seconds, with `rate_limited`; default 1. */
  readonly retryAfter?: number;
  /** Carry the call out before failing: the client cannot know that it worked. */
  readonly afterEffect?: boolean;
  /** Default 1. */
  readonly times?: number;
};

export type SlackServer = {
  /** For `slackApiUrl` of the client; ends in `/api/`. */
  readonly apiUrl: string;
  /** GET: `{messages: SlackMessage[]}`. */
  readonly messagesUrl: string;
  readonly token: string;
  messages(): readonly SlackMessage[];
  /** Calls so far, refused ones too. */
  calls(): readonly string[];
  fault(fault: SlackFault): void;
  delete(channel: string, ts: string): boolean;
  close(): Promise<void>;
};

type Answer = Readonly<Record<string, unknown>>;
type Content = { readonly text: string; readonly blocks: readonly unknown[] };
type Args = Readonly<Record<string, unknown>>;

const MAX_TEXT = 40_000;
const failure = (error: string, messages?: readonly string[]): Answer => ({
  ok: false,
  error,
  ...(messages ? { response_metadata: { messages } } : {}),
});

export type SlackOptions = {
  readonly port?: number;
  readonly token?: string;
  /** Absent: every channel exists. */
  readonly channels?: readonly string[];
  readonly clock?: Clock;
  /** Keeps the messages over a restart. */
  readonly file?: string;
};

/** A Slack workspace on loopback: the Web API methods that Plumbline uses, with Slack's limits and errors. */
export async function startSlack(options: SlackOptions = {}): Promise<SlackServer> {
  const token = options.token ?? "xoxb-demo-token";
  const log = new ChannelLog(options.file ?? null);
  const faults: { fault: SlackFault; left: number }[] = [];
  const calls: string[] = [];
  const now = (): Date => options.clock?.now() ?? new Date();

  function content(args: Args): Content | { refused: Answer } {
    const text = typeof args.text === "string" ? args.text : "";
    const given = parsed(args.blocks);
    if (given !== undefined) {
      const problems = blockProblems(given);
      if (problems.length > 0) return { refused: failure("invalid_blocks", problems) };
    }
    const blocks: readonly unknown[] = Array.isArray(given) ? given : [];
    if (text === "" && blocks.length === 0) return { refused: failure("no_text") };
    if (text.length > MAX_TEXT || JSON.stringify(blocks).length > MAX_TEXT)
      return { refused: failure("msg_too_long") };
    return { text, blocks };
  }

  const methods: Readonly<Record<string, (args: Args) => Answer>> = {
    "auth.test": () => ({
      ok: true,
      url: "https://harbour-pine.slack.example/",
      team: "Harbour & Pine",
      user: "plumbline",
      team_id: "T0DEMO",
      user_id: "U0DEMO",
      bot_id: "B0DEMO",
    }),
    "chat.postMessage"(args) {
      const channel = String(args.channel ?? "");
      if (channel === "" || (options.channels && !options.channels.includes(channel)))
        return failure("channel_not_found");
      const c = content(args);
      if ("refused" in c) return c.refused;
      const threadTs = typeof args.thread_ts === "string" ? args.thread_ts : null;
      if (threadTs && !log.find(channel, threadTs)) return failure("thread_not_found");
      const m = log.post(channel, c.text, c.blocks, threadTs, now(), parsed(args.metadata));
      return { ok: true, channel, ts: m.ts, message: told(m) };
    },
    "chat.update"(args) {
      const [channel, ts] = [String(args.channel ?? ""), String(args.ts ?? "")];
      const c = content(args);
      if ("refused" in c) return c.refused;
      const m = log.edit(channel, ts, c.text, c.blocks, now());
      return m ? { ok: true, channel, ts, text: m.text, message: told(m) } : failure("message_not_found");
    },
    "conversations.history"(args) {
      const channel = String(args.channel ?? "");
      if (channel === "" || (options.channels && !options.channels.includes(channel)))
        return failure("channel_not_found");
      const messages = log
        .all()
        .filter((m) => m.channel === channel && m.threadTs === null)
        .filter((m) => Number(m.ts) >= Number(args.oldest ?? 0))
        .filter((m) => Number(m.ts) <= Number(args.latest ?? Number.POSITIVE_INFINITY))
        .toReversed();
      const from = Number(args.cursor ?? 0);
      const to = from + Math.min(Number(args.limit ?? 100), 999);
      return {
        ok: true,
        messages: messages
          .slice(from, to)
          .map((m) =>
            args.include_all_metadata && m.metadata !== undefined
              ? { ...told(m), metadata: m.metadata }
              : told(m),
          ),
        has_more: to < messages.length,
        response_metadata: { next_cursor: to < messages.length ? String(to) : "" },
      };
    },
    "chat.getPermalink"(args) {
      const [channel, ts] = [String(args.channel ?? ""), String(args.message_ts ?? "")];
      if (!log.find(channel, ts)) return failure("message_not_found");
      return {
        ok: true,
        channel,
        permalink: `https://harbour-pine.slack.example/archives/${channel}/p${ts.replace(".", "")}`,
      };
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    if (path === "/messages") {
      json(response, { messages: log.all() });
      return;
    }
    const method = path.replace(/^\/api\//, "");
    calls.push(method);
    const args = argsOf(Buffer.concat(chunks).toString("utf8"), request.headers["content-type"] ?? "");
    const waiting = faults.find((f) => f.left > 0 && (f.fault.method ?? method) === method);
    if (waiting) waiting.left -= 1;
    const run = methods[method];
    const given = request.headers.authorization?.replace(/^Bearer /, "") ?? args.token;
    const call = (): Answer => {
      if (!run) return failure("unknown_method");
      if (!given) return failure("not_authed");
      return given === token ? run(args) : failure("invalid_auth");
    };
    if (!waiting) {
      json(response, call());
      return;
    }
    if (waiting.fault.afterEffect) call();
    strike(waiting.fault, response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("fake Slack: no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    apiUrl: `${url}/api/`,
    messagesUrl: `${url}/messages`,
    token,
    messages: () => log.all(),
    calls: () => calls,
    fault: (fault) => faults.push({ fault, left: fault.times ?? 1 }),
    delete: (channel, ts) => log.delete(channel, ts),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const told = (m: SlackMessage): Answer => ({
  type: "message",
  user: "U0DEMO",
  bot_id: "B0DEMO",
  text: m.text,
  blocks: m.blocks,
  ts: m.ts,
  ...(m.threadTs ? { thread_ts: m.threadTs } : {}),
  ...(m.versions.length > 0 ? { edited: { user: "B0DEMO", ts: m.ts } } : {}),
});

function argsOf(body: string, type: string): Args {
  if (!type.includes("application/json")) return Object.fromEntries(new URLSearchParams(body));
  const value: unknown = parsed(body);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** JSON in a form field, or the value itself; text that is no JSON stays text, which is no list of blocks. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function json(response: ServerResponse, body: Answer): void {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

function strike(fault: SlackFault, response: ServerResponse): void {
  if (fault.error === "reset") response.destroy();
  else if (fault.error === "http_500")
    response.writeHead(500, { "content-type": "text/html" }).end("<html>Server Error</html>");
  else if (fault.error === "rate_limited") {
    response.writeHead(429, {
      "retry-after": String(fault.retryAfter ?? 1),
      "content-type": "application/json",
    });
    response.end(JSON.stringify(failure("ratelimited")));
  } else json(response, failure(fault.error));
}
