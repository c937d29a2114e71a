import type { RunningSimulator } from "../../demo/sim/server.ts";
import type { Random } from "./random.ts";

export type Account = { readonly url: string; readonly answer: RunningSimulator["answer"] };

/**
 * `fetch` without sockets: requests to these accounts go straight to the simulators' routers, and nothing else can be
 * reached. Now and then a request is lost before its effect, or its answer after it.
 *
 * @returns what puts the real `fetch` back
 */
export function fetchInProcess(accounts: readonly Account[], r: Random, lost: number): () => void {
  const byOrigin = new Map(accounts.map((a) => [new URL(a.url).origin, a]));
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init = {}) => {
    const url = input instanceof URL ? input : new URL(String(input));
    const account = byOrigin.get(url.origin);
    if (account === undefined) throw new TypeError(`fetch: nobody answers at ${url.origin} here`);
    const fate = r.next();
    if (fate < lost) throw new TypeError("fetch failed");
    const { body } = init;
    const form = body instanceof URLSearchParams;
    const headers = Object.fromEntries(new Headers(init.headers));
    if (form) headers["content-type"] = "application/x-www-form-urlencoded";
    const sent = Buffer.from(body == null ? "" : String(body));
    const answer = await account.answer(init.method ?? "GET", url, headers, sent);
    if (fate < 2 * lost) throw new TypeError("fetch failed");
    const text =
      answer.body === null || typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    const type = answer.body === null ? {} : { "content-type": "application/json" };
    return new Response(text, { status: answer.status, headers: { ...type, ...answer.headers } });
  };
  return () => {
    globalThis.fetch = real;
  };
}
