import { AuditorError } from "../../core/errors.ts";
import type { Call } from "./connector-deps.ts";
import { type Exchange, exchange, type HttpRequest } from "./exchange.ts";
import { waitMs } from "./retry.ts";
import { safePath } from "./safe-path.ts";
import { checkedBase, type HttpSettings } from "./settings.ts";

/** A list stands for its name once per value. */
export type Query = Readonly<Record<string, string | number | readonly string[]>>;

/** All that a collector holds: it can GET, and POST where the vendor reads by POST; there is nothing else to call. */
export type ReadClient = {
  /**
   * The parsed JSON of one GET. Waits and tries again on 429, 5xx, timeouts and broken connections, but never within a
   * Retry-After, and not at all where that is longer than `maxWaitMs`.
   *
   * @throws AuditorError auth | permanent | rate_limited | transient | bad_data | config | interrupted
   */
  get(path: string, query: Query, call: Call): Promise<unknown>;
  /**
   * The same for a whole address that the vendor gave ("next"). It must lie below the base: a key must not travel.
   *
   * @throws AuditorError bad_data when it leads elsewhere
   */
  getNext(url: string, call: Call): Promise<unknown>;
  getNextWithHeaders(url: string, call: Call): Promise<{ body: unknown; headers: Headers }>;
  /** The same for one of the POSTs that only read (`readPosts`). @throws RangeError for any other path */
  readPost(path: string, query: Query, body: unknown, call: Call): Promise<unknown>;
  /** As `get`, with the headers of the answer, for vendors that page by header. */
  getWithHeaders(path: string, query: Query, call: Call): Promise<{ body: unknown; headers: Headers }>;
};

/** @throws AuditorError config when the base address cannot be used */
export function readClient(s: HttpSettings): ReadClient {
  const base = checkedBase(s.where, s.baseUrl);
  let skewMs = 0;
  const ask = async (
    request: Pick<HttpRequest, "method" | "url" | "body">,
    { signal, log }: Call,
  ): Promise<{ body: unknown; headers: Headers }> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await exchange(s, { ...request, signal, skewMs, reads: true });
      if (answer.ok) return answer;
      const skew = learnedSkew(answer, skewMs);
      if (skew !== null && attempt < s.attempts) {
        // a token with our time can be refused by a server whose clock differs; its Date header tells by how much
        log.warn("http.clock_skew", { system: s.where, seconds: Math.round(skew / 1000) });
        skewMs = skew;
        continue;
      }
      if (attempt >= s.attempts || !mayRetry(answer.error, s.maxWaitMs)) throw answer.error;
      const wait = waitMs(attempt, answer.error.retryAfterMs, s.random(), s.maxWaitMs);
      log.warn("http.retry", {
        system: s.where,
        path: safePath(request.url),
        status: answer.status,
        kind: answer.error.kind,
        attempt,
        waitMs: wait,
      });
      await s.sleep(wait, signal);
    }
  };
  const get = (path: string, query: Query, call: Call) =>
    ask({ method: "GET", url: urlOf(base, path, query), body: null }, call);
  const getNext = async (url: string, call: Call) =>
    ask({ method: "GET", url: nextUrl(s.where, base, url), body: null }, call);
  return {
    get: async (path, query, call) => (await get(path, query, call)).body,
    getWithHeaders: get,
    getNext: async (url, call) => (await getNext(url, call)).body,
    getNextWithHeaders: getNext,
    async readPost(path, query, body, call) {
      if (!(s.readPosts ?? []).some((p) => p.test(path)))
        throw new RangeError(`${s.where}: POST ${path} is not one of those that only read`);
      const url = urlOf(base, path, query);
      return (await ask({ method: "POST", url, body: JSON.stringify(body) }, call)).body;
    },
  };
}

export function urlOf(base: URL, path: string, query: Query): URL {
  const url = new URL(base.href.replace(/\/+$/, "") + path);
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const v of value) url.searchParams.append(name, v);
    else url.searchParams.set(name, String(value));
  }
  return url;
}

function nextUrl(where: string, base: URL, next: string): URL {
  const prefix = `${base.pathname.replace(/\/+$/, "")}/`;
  const url = URL.canParse(next, base.href) ? new URL(next, base) : null;
  if (url === null || url.origin !== base.origin || !url.pathname.startsWith(prefix) || url.username !== "") {
    throw new AuditorError(
      "bad_data",
      where,
      "the address of the next page leads elsewhere",
      "check that the url is the vendor's own address and not a proxy's",
    );
  }
  return url;
}

/** Waiting less than the server asks for would break its limit again; longer than we may, the next run has to try. */
const mayRetry = (e: AuditorError, maxWaitMs: number): boolean =>
  (e.kind === "rate_limited" || e.kind === "transient") && (e.retryAfterMs ?? 0) <= maxWaitMs;

/** More than a minute apart, and not what we already reckon with: worth one more try with the server's time. */
export function learnedSkew(answer: Exchange, known: number): number | null {
  if (answer.ok || answer.status !== 401 || answer.skewMs === null) return null;
  return Math.abs(answer.skewMs - known) > 60_000 ? answer.skewMs : null;
}
