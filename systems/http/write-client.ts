import type { Log } from "../../core/ports.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { learnedSkew, type Query, type ReadClient, readClient, urlOf } from "./read-client.ts";
import { waitMs } from "./retry.ts";
import { checkedBase, type HttpSettings } from "./settings.ts";

/** Only `sync/writers/` holds one. There is no DELETE: nothing that Plumbline does deletes a record. */
export type WriteClient = ReadClient & {
  /**
   * Sends one write once. The answer says whether the server can have acted on it; after `effect: "unknown"` only
   * reading back can tell, so it is never sent again from here.
   */
  send(
    method: "POST" | "PUT",
    path: string,
    query: Query,
    body: unknown,
    call: { readonly signal: AbortSignal; readonly log: Log },
  ): Promise<Exchange>;
  /** Waits before try `attempt` + 1 of something that surely had no effect (429). */
  wait(attempt: number, askedMs: number | null, signal: AbortSignal): Promise<void>;
};

export function writeClient(s: HttpSettings): WriteClient {
  const base = checkedBase(s.where, s.baseUrl);
  let skewMs = 0;
  return {
    ...readClient(s),
    wait: (attempt, askedMs, signal) => s.sleep(waitMs(attempt, askedMs, s.random(), s.maxWaitMs), signal),
    async send(method, path, query, body, { signal, log }) {
      const url = urlOf(base, path, query);
      const once = () => exchange(s, { method, url, body: JSON.stringify(body), signal, skewMs });
      const answer = await once();
      const skew = learnedSkew(answer, skewMs);
      if (skew === null) return answer;
      log.warn("http.clock_skew", { system: s.where, seconds: Math.round(skew / 1000) });
      skewMs = skew;
      return once(); // 401: the first one had no effect
    },
  };
}
