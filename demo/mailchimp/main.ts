import { commonOptions, option, runUntilTold } from "../sim/process.ts";
import { startMailchimpSim } from "./server.ts";

/**
 * The simulator as a process of its own: `node dist/demo/mailchimp/main.js [--port N] [--key KEY-us3] [--journal FILE]`.
 * Prints one line of JSON, `{url, key, controlUrl}`, and runs until it is told to end.
 */
const key = option("key");
const sim = await startMailchimpSim({
  ...commonOptions(),
  ...(key ? { key } : {}),
});
runUntilTold(sim, { url: sim.url, key: sim.key, controlUrl: sim.controlUrl });
