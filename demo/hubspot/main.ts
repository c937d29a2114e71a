import { commonOptions, option, runUntilTold } from "../sim/process.ts";
import { startHubspotSim } from "./server.ts";

/**
 * The simulator as a process of its own:
 * `node dist/demo/hubspot/main.js [--port N] [--token TOKEN] [--journal FILE] [--unlimited]`.
 * Prints one line of JSON, `{url, token, controlUrl}`, and runs until it is told to end.
 */
const token = option("token");
const unlimited = process.argv.includes("--unlimited");
const sim = await startHubspotSim({
  ...commonOptions(),
  ...(token ? { token } : {}),
  ...(unlimited
    ? { settings: { limits: { perTenSeconds: null, perDay: null, searchPerSecond: null } } }
    : {}),
});
runUntilTold(sim, { url: sim.url, token: sim.token, controlUrl: sim.controlUrl });
