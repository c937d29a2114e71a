import { startMailchimpSim } from "./server.ts";

/**
 * The simulator as a process of its own: `node dist/demo/mailchimp/main.js [--port N] [--key KEY-us3] [--journal FILE]`.
 * Prints one line of JSON, `{url, key, controlUrl}`, and runs until it is told to end.
 */
function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

const key = option("key");
const journalFile = option("journal");
const sim = await startMailchimpSim({
  port: Number(option("port") ?? "0"),
  ...(key ? { key } : {}),
  ...(journalFile ? { journalFile } : {}),
});
process.stdout.write(`${JSON.stringify({ url: sim.url, key: sim.key, controlUrl: sim.controlUrl })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => sim.close().then(() => process.exit(0)));
