import { AuditorError } from "../../core/errors.ts";
import { replay } from "./run.ts";
import { VENDORS } from "./vendors.ts";

/** `npm run replay -- FOLDER`: exit 1 when an answer was not accepted, 2 when there was nothing to read. */
const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("usage: npm run replay -- FOLDER\n");
  process.exit(2);
}
try {
  process.exitCode = (await replay(folder, VENDORS, (line) => process.stdout.write(`${line}\n`))) > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof AuditorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
