import type { Clock } from "../../core/clock.ts";
import type { RestAuth, RestCall, RestSystem } from "../../core/rest-config.ts";
import { piecesOf } from "../../core/rest-template.ts";
import { type ConnectorDeps, httpSettings } from "../http/connector-deps.ts";
import { exchange } from "../http/exchange.ts";
import { checkedBase, type HttpSettings } from "../http/settings.ts";
import { type Credential, credentialOf, type TokenRequest } from "./credential.ts";

/**
 * Settings of one client of a REST system: its address, its sign-in, and the few POSTs and DELETEs that the YAML lists.
 *
 * @throws AuditorError config when the address or the credential cannot be used
 */
export function restHttp(
  system: RestSystem,
  auth: RestAuth,
  deps: ConnectorDeps,
  clock: Clock,
): { readonly settings: HttpSettings; readonly credential: Credential } {
  const credential = credentialOf(system.id, auth, deps.secret);
  const base = {
    where: system.id,
    baseUrl: system.url,
    authFix: `check the credential of ${system.id}, and what it may do`,
    readPosts: postsOf(system).map(pathPattern),
    membershipDeletes:
      system.write?.remove?.call.verb === "DELETE" ? [pathPattern(system.write.remove.call)] : [],
  };
  const bare = httpSettings({ ...base, headers: () => system.headers }, deps, clock);
  return {
    credential,
    settings: httpSettings(
      {
        ...base,
        headers: async (nowMs, signal) => ({
          ...system.headers,
          ...(await credential.headers(nowMs, (request) => token(bare, request, signal))),
        }),
      },
      deps,
      clock,
    ),
  };
}

/** One request for a token; it is never tried twice, since some vendors lock an account after a few. */
async function token(bare: HttpSettings, request: TokenRequest, signal: AbortSignal): Promise<unknown> {
  const whole = /^https?:/.test(request.url)
    ? checkedBase(bare.where, request.url)
    : new URL(checkedBase(bare.where, bare.baseUrl).href.replace(/\/+$/, "") + request.url);
  const fixed = await bare.headers(0, signal);
  const answer = await exchange(
    { ...bare, headers: () => ({ ...fixed, ...request.headers }) },
    {
      method: "POST",
      url: whole,
      body:
        "form" in request.body ? new URLSearchParams(request.body.form) : JSON.stringify(request.body.json),
      reads: true,
      signal,
      skewMs: 0,
    },
  );
  if (!answer.ok) throw answer.error;
  return answer.body;
}

/** POSTs of the reading side: lists, look-ups and searches. */
function postsOf(system: RestSystem): readonly RestCall[] {
  const reads = Object.values(system.read).flatMap((r) => [
    r.call,
    ...(r.lookup === null ? [] : [r.lookup.call]),
  ]);
  const find = system.write === null ? [] : [system.write.find.call];
  return [...reads, ...find].filter((c) => c.verb === "POST");
}

/** The path of a call as a pattern: each value stands for one step. */
export const pathPattern = (call: RestCall): RegExp =>
  new RegExp(
    `^${piecesOf(call.path)
      .map((p) => ("text" in p ? p.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : "[^/]+"))
      .join("")}$`,
  );
