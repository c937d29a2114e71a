import type { Config, HttpSystemConfig, SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Context } from "../../core/ports.ts";
import type { Seen } from "../../systems/http/settings.ts";
import { targetsOf } from "../audit/targets.ts";
import { openCollector, type Resolve } from "../connectors.ts";
import { limitsOf, makeNet } from "../net.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { type Measured, measure } from "./measure.ts";

export type Tested = {
  readonly system: SystemConfig;
  readonly copies: readonly Measured[];
  /** Limits as the system names them in its answers: header → last value. */
  readonly rateLimit: readonly { readonly header: string; readonly value: string }[];
  /** What the credential may do beyond what reading needs, and other things to know; null: it cannot be asked. */
  readonly warnings: readonly string[];
  readonly cannot: readonly string[];
  readonly forecast: Forecast;
};

/** `X-RateLimit-Remaining`, `RateLimit`, `Sforce-Limit-Info`, `X-HubSpot-RateLimit-Daily`, `Retry-After`. */
const RATE_HEADER = /(^|-)(rate-?limit|limit-info|retry-after)/i;

/**
 * Reads a few pages of every copy that a system holds, and tells what it understood. Opens nothing else: no database,
 * no other system. Nothing is kept.
 *
 * @param pages most pages of each copy; null: to the end
 * @throws AuditorError config when there is no such system
 */
export async function testSystem(
  config: Config,
  folder: string,
  id: string,
  pages: number | null,
  resolve: Resolve,
  context: Context,
): Promise<Tested> {
  const system = config.systems.find((s) => s.id === id);
  if (system === undefined)
    throw new AuditorError(
      "config",
      "plumbline connect test",
      `there is no system “${id}”`,
      `use one of ${config.systems.map((s) => s.id).join(", ")}`,
    );
  const requests: Seen[] = [];
  const net = makeNet(config, () => Date.now());
  const reader = await openCollector(system, folder, resolve, (s) => ({
    ...net(s),
    observe: (seen) => void requests.push(seen),
  }));
  try {
    const copies: Measured[] = [];
    for (const { target } of targetsOf(config, system, reader.capabilities.baseReadable))
      copies.push(await measure(reader, target, pages, requests, context));
    const warnings = copies.some((c) => c.state !== "unusable") ? await reader.warnings(context) : [];
    const http = isHttp(system);
    return {
      system,
      copies,
      rateLimit: rateLimitsIn(requests),
      warnings,
      cannot: reader.capabilities.cannot,
      forecast: forecast(
        config.audiences,
        config.timezone,
        context.clock.now().getTime(),
        sum(copies.map((c) => c.callsToEnd)),
        sum(copies.map((c) => c.msToEnd)),
        http ? limitsOf(system) : null,
        http ? system.limitShare : 1,
      ),
    };
  } finally {
    await reader.close();
  }
}

const isHttp = (s: SystemConfig): s is HttpSystemConfig =>
  s.kind !== "files" && s.kind !== "postgres" && s.kind !== "mysql";

/** Unknown as soon as one part is. */
const sum = (parts: readonly (number | null)[]): number | null =>
  parts.length === 0 || parts.includes(null) ? null : parts.reduce((a: number, b) => a + (b ?? 0), 0);

function rateLimitsIn(requests: readonly Seen[]): Tested["rateLimit"] {
  const seen = new Map<string, string>();
  for (const { headers } of requests)
    for (const [header, value] of headers)
      if (RATE_HEADER.test(header)) seen.set(header, value.replace(/[^\x20-\x7e]/g, "?").slice(0, 80));
  return [...seen].map(([header, value]) => ({ header, value }));
}
