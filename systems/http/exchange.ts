import { AuditorError, type ErrorKind } from "../../core/errors.ts";
import { safePath } from "./safe-path.ts";
import type { HttpSettings } from "./settings.ts";
import { sortAnswer } from "./sort-answer.ts";

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  /** JSON, or a form where it is URLSearchParams; null: none. */
  readonly body: string | URLSearchParams | null;
  /** Does it only read? A POST may; then a lost answer is no doubt. */
  readonly reads: boolean;
  readonly signal: AbortSignal;
  /** Added to our clock for the token: the server's time minus ours. */
  readonly skewMs: number;
};

/** One request and what became of it. `effect`: could the server have acted on it? */
export type Exchange =
  | { readonly ok: true; readonly status: number; readonly body: unknown; readonly headers: Headers }
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
      ...(more.status === undefined ? {} : { status: more.status }),
    }),
  });
  const stopped = () => fail("interrupted", "stopped before it was sent", "run it again", "none");
  if (r.signal.aborted) return stopped();
  let headers: Readonly<Record<string, string>>;
  try {
    await s.guard?.(r.url, s.where);
    headers = await s.headers(s.clock.now().getTime() + r.skewMs, r.signal);
  } catch (error) {
    if (!(error instanceof AuditorError)) throw error;
    return { ok: false, status: null, body: null, error, effect: "none", skewMs: null };
  }
  const paused = s.gate?.pausedMs() ?? 0;
  if (paused > s.maxWaitMs) {
    const what = `asked to be left alone for ${Math.ceil(paused / 1000)} s more`;
    return fail("rate_limited", what, "try again after that", "none", { wait: paused });
  }
  const leave = await s.gate?.enter(r.method, r.url.pathname, r.signal);
  if (r.signal.aborted) {
    leave?.();
    return stopped();
  }

  const stop = new AbortController();
  const onAbort = () => stop.abort();
  r.signal.addEventListener("abort", onAbort);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop.abort();
  }, s.timeoutMs);
  let status: number | null = null;
  const startedMs = performance.now();
  try {
    const response = await fetch(r.url, {
      method: r.method,
      body: r.body,
      redirect: "manual",
      signal: stop.signal,
      headers: {
        accept: "application/json",
        "user-agent": "plumbline",
        // fetch itself names the type of a form
        ...(typeof r.body === "string" ? { "content-type": "application/json" } : {}),
        ...headers,
      },
    });
    status = response.status;
    const text = await boundedText(response, s.maxBytes);
    s.observe?.({
      method: r.method,
      path: r.url.pathname,
      status,
      headers: response.headers,
      durationMs: performance.now() - startedMs,
    });
    if (text === null)
      return fail(
        "bad_data",
        `the answer is larger than ${s.maxBytes} bytes`,
        "ask for smaller pages",
        "unknown",
        { status },
      );
    const answer = sortAnswer(s, r, response, text, fail);
    // whoever else talks to this system waits too
    if (!answer.ok && answer.error.retryAfterMs !== null) s.gate?.pause(answer.error.retryAfterMs);
    return answer;
  } catch (cause) {
    const effect = r.reads ? "none" : "unknown";
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
    leave?.();
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
