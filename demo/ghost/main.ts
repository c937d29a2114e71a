import { commonOptions, option, runUntilTold } from "../sim/process.ts";
import { startGhostSim } from "./server.ts";

/**
 * The simulator as a process of its own: `node dist/demo/ghost/main.js [--port N] [--key id:secret] [--journal FILE]`.
 * Prints one line of JSON, `{url, key, controlUrl}`, and runs until it is told to end.
 */
const key = option("key");
const sim = await startGhostSim({
  ...commonOptions(),
  ...(key ? { key } : {}),
});
runUntilTold(sim, { url: sim.url, key: sim.key, controlUrl: sim.controlUrl });
