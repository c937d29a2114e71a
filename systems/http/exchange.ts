import { AuditorError, type ErrorKind } from "../../core/errors.ts";
import { safePath } from "./safe-path.ts";
import type { HttpSettings } from "./settings.ts";
import { sortAnswer } from "./sort-answer.ts";

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly body: string | null;
  readonly signal: AbortSignal;
  /** Added to our clock for the token: the server's time minus ours. */
  readonly skewMs: number;
};

/** One request and what became of it. `effect`: could the server have acted on it? */
export type Exchange =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | {
      readonly ok: false;
      readonly status: number | null;
      readonly body: unknown;
      readonly error: AuditorError;
      readonly effect: "none" | "unknown";
      /** The server's clock minus ours, where it said. */
      readonly skewMs: number | null;
    };

/** Makes a failed exchange that names the request. `wait` and `skewMs` in milliseconds. */
export type Fail = (
  kind: ErrorKind,
  what: string,
  fix: string,
  effect: "none" | "unknown",
  more?: { status?: number; body?: unknown; wait?: number; skewMs?: number; cause?: unknown },
) => Exchange;

const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "BAD_PORT",
]);

/**
 * Sends one request and sorts the answer. Never throws and never retries. Redirects are not followed: a key must not
 * travel to another host.
 */
export async function exchange(s: HttpSettings, r: HttpRequest): Promise<Exchange> {
  const at = `${s.where}: ${r.method} ${safePath(r.url)}`;
  const fail: Fail = (kind, what, fix, effect, more = {}) => ({
    ok: false,
    status: more.status ?? null,
    body: more.body ?? null,
    effect,
    skewMs: more.skewMs ?? null,
    error: new AuditorError(kind, at, what, fix, {
      cause: more.cause,
      ...(more.wait === undefined ? {} : { retryAfterMs: more.wait }),
    }),
  });
  if (r.signal.aborted) return fail("interrupted", "stopped before it was sent", "run it again", "none");

  const stop = new AbortController();
  const onAbort = () => stop.abort();
  r.signal.addEventListener("abort", onAbort);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop.abort();
  }, s.timeoutMs);
  let status: number | null = null;
  try {
    const response = await fetch(r.url, {
      method: r.method,
      body: r.body,
      redirect: "manual",
      signal: stop.signal,
      headers: {
        accept: "application/json",
        "user-agent": "plumbline",
        ...(r.body === null ? {} : { "content-type": "application/json" }),
        ...s.headers(s.clock.now().getTime() + r.skewMs),
      },
    });
    status = response.status;
    const text = await boundedText(response, s.maxBytes);
    if (text === null)
      return fail(
        "bad_data",
        `the answer is larger than ${s.maxBytes} bytes`,
        "ask for smaller pages",
        "unknown",
        { status },
      );
    return sortAnswer(s, r, response, text, fail);
  } catch (cause) {
    const effect = r.method === "GET" ? "none" : "unknown";
    if (timedOut)
      return fail(
        "transient",
        `no whole answer within ${s.timeoutMs / 1000} s`,
        "try again later, or see why it is slow",
        effect,
      );
    if (r.signal.aborted) return fail("interrupted", "stopped", "run it again", effect);
    const code = causeCode(cause);
    if (NOT_SENT.has(code))
      return fail(
        "transient",
        `cannot be reached (${code})`,
        `check that ${r.url.host} is up and the url is right`,
        "none",
      );
    return fail(
      "transient",
      status === null
        ? `the connection broke (${code})`
        : `the connection broke in the middle of the answer (${code})`,
      "try again later",
      effect,
    );
  } finally {
    clearTimeout(timer);
    r.signal.removeEventListener("abort", onAbort);
  }
}

/** The body as text, or null once it is larger than `max`; a lying Content-Length changes nothing. */
async function boundedText(response: Response, max: number): Promise<string | null> {
  if (response.body === null) return "";
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > max) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function causeCode(e: unknown): string {
  for (let at: unknown = e, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  // fetch refuses ports of other services (9, 25 …) before it sends anything, with no code
  if (e instanceof Error && e.cause instanceof Error && e.cause.message === "bad port") return "BAD_PORT";
  return e instanceof Error ? e.name : "unknown";
}
