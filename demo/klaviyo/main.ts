import { commonOptions, option, runUntilTold } from "../sim/process.ts";
import { startKlaviyoSim } from "./server.ts";

/**
 * The simulator as a process of its own: `node dist/demo/klaviyo/main.js [--port N] [--key pk_…] [--journal FILE]
 * [--crowd N] [--job-ms N]`. `--crowd`: that many people on the list "Crowd", and no rate limits. `--job-ms`: how long a
 * bulk job takes.
 * Prints one line of JSON, `{url, key, controlUrl}`, and runs until it is told to end.
 */
const [key, crowd, jobMs] = [option("key"), option("crowd"), option("job-ms")];
const sim = await startKlaviyoSim({
  ...commonOptions(),
  ...(key ? { key } : {}),
  ...(jobMs ? { jobMs: Number(jobMs) } : {}),
});
if (crowd !== undefined) {
  sim.control.loadCrowd(Number(crowd), "Crowd");
  sim.control.setLimits(false);
}
runUntilTold(sim, { url: sim.url, key: sim.key, controlUrl: sim.controlUrl });
