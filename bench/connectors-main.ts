import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BENCH_VENDORS, benchConnector } from "./connectors.ts";

/** `npm run bench:connectors [-- people [vendor]]`: each vendor in a process of its own, for its own memory. */
const people = Number(process.argv[2] ?? 1_000_000);
const vendor = BENCH_VENDORS.find((v) => v === process.argv[3]);
if (vendor !== undefined) await benchConnector(vendor, people, (line) => process.stdout.write(`${line}\n`));
else {
  for (const each of BENCH_VENDORS) {
    const args = [fileURLToPath(import.meta.url), String(people), each];
    if (spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0) process.exitCode = 1;
  }
}
