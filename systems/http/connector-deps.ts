import type { Clock } from "../../core/clock.ts";
import type { SecretRef } from "../../core/config.ts";
import type { Log } from "../../core/ports.ts";
import type { Gate } from "./gate.ts";
import type { HostGuard } from "./host-guard.ts";
import { HTTP_DEFAULTS, type HttpSettings, type Seen, type Sleep, sleepFor } from "./settings.ts";

/** What a connector over HTTP is given from outside. `random` is only jitter; tests shorten the waits. */
export type ConnectorDeps = {
  secret(ref: SecretRef): string;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  readonly gate?: Gate;
  readonly guard?: HostGuard;
  readonly observe?: (seen: Seen) => void;
  readonly http?: Partial<Pick<HttpSettings, "timeoutMs" | "maxBytes" | "attempts" | "maxWaitMs">>;
};

/** What every call of a client is given. */
export type Call = { readonly signal: AbortSignal; readonly log: Log };

/** Settings of one client: the vendor's part, and what was given from outside. */
export function httpSettings(
  vendor: Pick<HttpSettings, "where" | "baseUrl" | "headers" | "authFix"> &
    Partial<Pick<HttpSettings, "readPosts" | "membershipDeletes">>,
  deps: ConnectorDeps,
  clock: Clock,
): HttpSettings {
  return {
    ...vendor,
    clock,
    random: deps.random ?? (() => 0.5),
    sleep: deps.sleep ?? sleepFor,
    ...HTTP_DEFAULTS,
    ...deps.http,
    ...(deps.gate ? { gate: deps.gate } : {}),
    ...(deps.guard ? { guard: deps.guard } : {}),
    ...(deps.observe ? { observe: deps.observe } : {}),
  };
}
