// Runs one schedule from dist/ whose job never ends: `node child.mjs <database url> <job> <since>`. Prints a line when
// the job has started, then waits to be killed.
import { createSchedule } from "../../dist/app/schedule.js";
import { openDatabase } from "../../dist/store/database.js";

const [url, name, now] = process.argv.slice(2);
const db = await openDatabase({ url, applicationName: "schedule child" });
const log = { info: () => undefined, warn: () => undefined };
const run = (fireTime) => {
  process.stdout.write(`${fireTime}\n`);
  return new Promise(() => setInterval(() => undefined, 1_000));
};
const schedule = createSchedule({
  db,
  log,
  clock: { now: () => new Date(now) },
  holder: "child",
  leaseSeconds: 1,
  jobs: [{ name, cron: "0 6 * * *", timezone: "UTC", run }],
});
await schedule.tick();
