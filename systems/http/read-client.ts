import type { AuditorError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { waitMs } from "./retry.ts";
import { safePath } from "./safe-path.ts";
import { checkedBase, type HttpSettings } from "./settings.ts";

export type Query = Readonly<Record<string, string | number>>;

/** All that a collector holds: it can GET, and there is nothing else on it to call. */
export type ReadClient = {
  /**
   * The parsed JSON of one GET. Waits and tries again on 429, 5xx, timeouts and broken connections.
   *
   * @throws AuditorError auth | permanent | rate_limited | transient | bad_data | config | interrupted
   */
  get(
    path: string,
    query: Query,
    call: { readonly signal: AbortSignal; readonly log: Log },
  ): Promise<unknown>;
};

/** @throws AuditorError config when the base address cannot be used */
export function readClient(s: HttpSettings): ReadClient {
  const base = checkedBase(s.where, s.baseUrl);
  let skewMs = 0;
  return {
    async get(path, query, { signal, log }) {
      const url = urlOf(base, path, query);
      for (let attempt = 1; ; attempt++) {
        const answer = await exchange(s, { method: "GET", url, body: null, signal, skewMs });
        if (answer.ok) return answer.body;
        const skew = learnedSkew(answer, skewMs);
        if (skew !== null && attempt < s.attempts) {
          // a token with our time can be refused by a server whose clock differs; its Date header tells by how much
          log.warn("http.clock_skew", { system: s.where, seconds: Math.round(skew / 1000) });
          skewMs = skew;
          continue;
        }
        if (attempt >= s.attempts || !mayRetry(answer.error)) throw answer.error;
        const wait = waitMs(attempt, answer.error.retryAfterMs, s.random(), s.maxWaitMs);
        log.warn("http.retry", {
          system: s.where,
          path: safePath(url),
          status: answer.status,
          kind: answer.error.kind,
          attempt,
          waitMs: wait,
        });
        await s.sleep(wait, signal);
      }
    },
  };
}

export function urlOf(base: URL, path: string, query: Query): URL {
  const url = new URL(base.href.replace(/\/+$/, "") + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

const mayRetry = (e: AuditorError): boolean => e.kind === "rate_limited" || e.kind === "transient";

/** More than a minute apart, and not what we already reckon with: worth one more try with the server's time. */
export function learnedSkew(answer: Exchange, known: number): number | null {
  if (answer.ok || answer.status !== 401 || answer.skewMs === null) return null;
  return Math.abs(answer.skewMs - known) > 60_000 ? answer.skewMs : null;
}
