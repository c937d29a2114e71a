import { benchMembers } from "./members.ts";

/** `npm run bench [-- people]`. Prints lines for bench/RESULTS.md; everything it writes is in a temporary folder. */
await benchMembers(Number(process.argv[2] ?? 1_000_000), (line) => process.stdout.write(`${line}\n`));
