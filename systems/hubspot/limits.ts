import type { Limits } from "../http/gate.ts";

const isSearch = (method: string, path: string): boolean =>
  method === "POST" && /^\/crm\/v3\/objects\/[^/]+\/search$/.test(path);

/**
 * HubSpot's limits for a private app: 100 requests in ten seconds for each app (190 with Professional and Enterprise,
 * 250 with the limit increase), 250,000 a day for all apps of the account together (650,000 and 1,000,000), and 5
 * searches a second, which count in no other rule. The lowest of each stand here.
 *
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines (read 2026-11-26)
 */
export const HUBSPOT_LIMITS: Limits = {
  rules: [
    { requests: 100, windowMs: 10_000, match: (method, path) => !isSearch(method, path) },
    { requests: 5, windowMs: 1_000, match: isSearch },
    { requests: 250_000, windowMs: 86_400_000 },
  ],
  concurrency: 4,
};
