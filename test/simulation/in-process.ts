import type { Answer, RunningSimulator } from "../../demo/sim/server.ts";
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
    const headers: Record<string, string> = form
      ? { "content-type": "application/x-www-form-urlencoded" }
      : {};
    for (const [name, value] of Object.entries(init.headers ?? {}))
      headers[name.toLowerCase()] = String(value);
    const sent = Buffer.from(body == null ? "" : String(body));
    const answer = await account.answer(init.method ?? "GET", url, headers, sent);
    if (fate < 2 * lost) throw new TypeError("fetch failed");
    return asResponse(answer);
  };
  return () => {
    globalThis.fetch = real;
  };
}

/** What systems/http/exchange.ts reads of a Response; a real one, with its streams, takes most of the time of a call. */
function asResponse({ status, headers, body }: Answer): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const parts = body === null ? null : { [Symbol.asyncIterator]: () => once(Buffer.from(text)) };
  const type = body === null ? {} : { "content-type": "application/json" };
  return { status, headers: new Headers({ ...type, ...headers }), body: parts } as unknown as Response;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
