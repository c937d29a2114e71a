import { benchRepair } from "./repair.ts";

/** `npm run bench:repair [-- changes]`: what a repair costs beyond the vendor's own time. */
const good = await benchRepair(Number(process.argv[2] ?? 10_000), (line) =>
  process.stdout.write(`${line}\n`),
);
if (!good) process.exitCode = 1;
