import { startHubspotSim } from "./server.ts";

/**
 * The simulator as a process of its own:
 * `node dist/demo/hubspot/main.js [--port N] [--token TOKEN] [--journal FILE] [--unlimited]`.
 * Prints one line of JSON, `{url, token, controlUrl}`, and runs until it is told to end.
 */
function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

const token = option("token");
const journalFile = option("journal");
const unlimited = process.argv.includes("--unlimited");
const sim = await startHubspotSim({
  port: Number(option("port") ?? "0"),
  ...(token ? { token } : {}),
  ...(journalFile ? { journalFile } : {}),
  ...(unlimited
    ? { settings: { limits: { perTenSeconds: null, perDay: null, searchPerSecond: null } } }
    : {}),
});
process.stdout.write(`${JSON.stringify({ url: sim.url, token: sim.token, controlUrl: sim.controlUrl })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => sim.close().then(() => process.exit(0)));
