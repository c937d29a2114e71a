import { lookup } from "node:dns/promises";
import { nextSend } from "../checks/next-send.ts";
import type { Config, HttpSystemConfig } from "../core/config.ts";
import { instant } from "../core/model.ts";
import type { ConnectorDeps } from "../systems/http/connector-deps.ts";
import { type Limits, makeGate } from "../systems/http/gate.ts";
import { hostGuard } from "../systems/http/host-guard.ts";
import { type Meter, makeMeter } from "../systems/http/meter.ts";
import { sleepFor } from "../systems/http/settings.ts";
import { HUBSPOT_LIMITS } from "../systems/hubspot/limits.ts";
import { KLAVIYO_LIMITS } from "../systems/klaviyo/limits.ts";
import { MAILCHIMP_LIMITS } from "../systems/mailchimp/limits.ts";
import { MAILMAN_LIMITS } from "../systems/mailman/limits.ts";
import { restLimits } from "../systems/rest/limits.ts";

/** What connectors over HTTP share in one process: one gate per system, so that reader and writer are paced together. */
export type Net = (
  system: HttpSystemConfig,
) => Required<Pick<ConnectorDeps, "gate" | "guard" | "random" | "observe">> & Pick<Meter, "traffic">;

const LIMITS: Readonly<Record<Exclude<HttpSystemConfig["kind"], "rest">, Limits>> = {
  ghost: { rules: [], concurrency: 4 },
  klaviyo: KLAVIYO_LIMITS,
  mailchimp: MAILCHIMP_LIMITS,
  hubspot: HUBSPOT_LIMITS,
  mailman: MAILMAN_LIMITS,
};

/** Whole limits of a system, as its vendor documents them. */
export const limitsOf = (system: HttpSystemConfig): Limits =>
  system.kind === "rest" ? restLimits(system.limits) : LIMITS[system.kind];

/** Around a planned send the system is left alone: its limits are needed for the mail. */
const QUIET_BEFORE_MS = 2 * 60_000;
const QUIET_AFTER_MS = 5 * 60_000;

/**
 * @param nowMs time of day; null: neither pace nor keep quiet (the demo, whose systems and sends are not real)
 * @param sends what is planned now, campaigns of the systems included
 */
export function makeNet(
  config: Config,
  nowMs: (() => number) | null,
  sends: () => Config["calendar"] = () => config.calendar,
): Net {
  const meters = new Map<string, Meter>();
  return (system) => {
    const known = meters.get(system.id);
    const { rules, concurrency } = limitsOf(system);
    const meter =
      known ??
      makeMeter(
        makeGate({
          rules: nowMs === null ? [] : rules,
          concurrency,
          share: system.limitShare,
          elapsedMs: () => performance.now(),
          sleep: sleepFor,
          quietMs: () => (nowMs === null ? 0 : quietMs({ ...config, calendar: sends() }, system, nowMs())),
        }),
      );
    meters.set(system.id, meter);
    return {
      ...meter,
      guard: hostGuard((host) => lookup(host, { all: true }), system.privateNetwork),
      random: Math.random,
    };
  };
}

/** Milliseconds until the system may be asked again; 0: at once. */
function quietMs(config: Config, system: HttpSystemConfig, now: number): number {
  const send = nextSend(config, null, system.id, instant(new Date(now - QUIET_AFTER_MS)));
  if (send === null || Date.parse(send.at) > now + QUIET_BEFORE_MS) return 0;
  return Date.parse(send.at) + QUIET_AFTER_MS - now;
}
