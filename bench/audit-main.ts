import { benchAudit } from "./audit.ts";

/** `npm run bench:audit [-- people]`: a whole audit, from files to incidents. */
await benchAudit(Number(process.argv[2] ?? 1_000_000), (line) => process.stdout.write(`${line}\n`));
