import type { Exchange, Fail, HttpRequest } from "./exchange.ts";
import { retryAfterMs } from "./retry.ts";
import { safePath } from "./safe-path.ts";
import type { HttpSettings } from "./settings.ts";

/** What an answer means, by its status; `fail` knows the place to name. */
export function sortAnswer(
  s: HttpSettings,
  r: HttpRequest,
  response: Response,
  text: string,
  fail: Fail,
): Exchange {
  const status = response.status;
  const json = parsed(text);
  const body = json.ok ? json.value : null;
  const nowMs = s.clock.now().getTime();
  const serverDate = Date.parse(response.headers.get("date") ?? "");
  const skewMs = Number.isNaN(serverDate) ? {} : { skewMs: serverDate - nowMs };
  const { headers } = response;
  if (status === 204) return { ok: true, status, body: null, headers };
  if (status >= 200 && status < 300) {
    if (json.ok) return { ok: true, status, body, headers };
    // a success without a word: many writes answer so
    if (text.trim() === "" && !r.reads) return { ok: true, status, body: null, headers };
    const what = /^\s*</.test(text)
      ? "answered with a web page instead of JSON"
      : "answered with something that is not JSON";
    return fail(
      "bad_data",
      what,
      "check the url, and that no login page or proxy stands in between",
      "unknown",
      { status },
    );
  }
  if (status >= 300 && status < 400) {
    const to = redirectTarget(response.headers.get("location"), r.url);
    return to !== null && to.origin === r.url.origin
      ? fail("config", `redirects to ${safePath(to)}`, "correct the url", "none", { status })
      : fail(
          "config",
          `redirects to another host (${to?.origin ?? "unreadable"}); the key is not sent there`,
          "set the url to the right host",
          "none",
          { status },
        );
  }
  const code = vendorCode(body);
  const said = code === null ? `${status}` : `${status} ${code}`;
  if (status === 401 || status === 403)
    return fail("auth", `the key was refused (${said})`, s.authFix, "none", { status, body, ...skewMs });
  if (status === 429) {
    const wait = retryAfterMs(response.headers.get("retry-after"), nowMs);
    return fail("rate_limited", "too many requests (429)", "wait, or lower the load on this system", "none", {
      status,
      body,
      ...(wait === null ? {} : { wait }),
    });
  }
  if (status === 404)
    return fail("permanent", `not found (${said})`, "check the url and what is asked for", "none", {
      status,
      body,
    });
  if (status >= 500 || status === 408 || status === 425) {
    const wait = retryAfterMs(response.headers.get("retry-after"), nowMs);
    return fail("transient", `the server failed (${said})`, "try again later", r.reads ? "none" : "unknown", {
      status,
      body,
      ...(wait === null ? {} : { wait }),
    });
  }
  return fail(
    "permanent",
    `the request was refused (${said})`,
    "check the configuration of this system",
    "none",
    { status, body },
  );
}

/** A vendor's error type or code, never its message: that one can quote what was sent. */
function vendorCode(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors))
    return null;
  const first: unknown = body.errors[0];
  if (typeof first !== "object" || first === null) return null;
  const code =
    "code" in first && typeof first.code === "string"
      ? first.code
      : "type" in first && typeof first.type === "string"
        ? first.type
        : null;
  return code !== null && /^[A-Za-z0-9_.-]{1,60}$/.test(code) ? code : null;
}

function redirectTarget(location: string | null, from: URL): URL | null {
  return location !== null && URL.canParse(location, from.href) ? new URL(location, from) : null;
}

function parsed(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (cause) {
    if (cause instanceof SyntaxError) return { ok: false };
    throw cause;
  }
}
