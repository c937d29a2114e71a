import { startKlaviyoSim } from "./server.ts";

/**
 * The simulator as a process of its own: `node dist/demo/klaviyo/main.js [--port N] [--key pk_…] [--journal FILE]
 * [--crowd N]`. `--crowd`: that many people on the list "Crowd", and no rate limits.
 * Prints one line of JSON, `{url, key, controlUrl}`, and runs until it is told to end.
 */
function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

const [key, journalFile, crowd] = [option("key"), option("journal"), option("crowd")];
const sim = await startKlaviyoSim({
  port: Number(option("port") ?? "0"),
  ...(key ? { key } : {}),
  ...(journalFile ? { journalFile } : {}),
});
if (crowd !== undefined) {
  sim.control.loadCrowd(Number(crowd), "Crowd");
  sim.control.setLimits(false);
}
process.stdout.write(`${JSON.stringify({ url: sim.url, key: sim.key, controlUrl: sim.controlUrl })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => sim.close().then(() => process.exit(0)));
