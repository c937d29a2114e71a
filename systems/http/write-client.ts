import type { Call } from "./connector-deps.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { learnedSkew, type Query, type ReadClient, readClient, urlOf } from "./read-client.ts";
import { waitMs } from "./retry.ts";
import { checkedBase, type HttpSettings } from "./settings.ts";

/**
 * Only `sync/writers/` holds one. A DELETE goes only where the vendor takes a membership away with it
 * (`membershipDeletes`): nothing that Plumbline does deletes a record.
 */
export type WriteClient = ReadClient & {
  /**
   * Sends one write. It is sent again only after a 429, which surely had no effect (at most 4 times, never within a
   * Retry-After). The answer says whether the server can have acted on it; after `effect: "unknown"` only reading back
   * can tell. A body of URLSearchParams goes as a form; null: none.
   *
   * @throws RangeError for a DELETE that is not listed
   */
  send(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    query: Query,
    body: unknown,
    call: Call,
  ): Promise<Exchange>;
};

/** Tries of a write that surely had no effect yet. */
const TRIES = 4;

export function writeClient(s: HttpSettings): WriteClient {
  const base = checkedBase(s.where, s.baseUrl);
  let skewMs = 0;
  return {
    ...readClient(s),
    async send(method, path, query, body, call) {
      if (method === "DELETE" && !(s.membershipDeletes ?? []).some((p) => p.test(path)))
        throw new RangeError(`${s.where}: DELETE ${path} is not one that takes only a membership away`);
      const url = urlOf(base, path, query);
      const text = body === null || body instanceof URLSearchParams ? body : JSON.stringify(body);
      // the call is asked for its signal before each try: it may have become invalid while we waited
      const once = () => exchange(s, { method, url, body: text, signal: call.signal, skewMs, reads: false });
      for (let attempt = 1; ; attempt++) {
        const answer = await once();
        const skew = learnedSkew(answer, skewMs);
        if (skew !== null && attempt < TRIES) {
          call.log.warn("http.clock_skew", { system: s.where, seconds: Math.round(skew / 1000) });
          skewMs = skew;
          continue; // 401: the first one had no effect
        }
        if (answer.ok || answer.status !== 429 || attempt >= TRIES || call.signal.aborted) return answer;
        const asked = answer.error.retryAfterMs;
        if ((asked ?? 0) > s.maxWaitMs) return answer;
        await s.sleep(waitMs(attempt, asked, s.random(), s.maxWaitMs), call.signal);
      }
    },
  };
}
