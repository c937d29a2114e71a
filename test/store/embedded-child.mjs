// Runs the embedded server from dist/ in a process of its own: `node embedded-child.mjs <data folder> <role> <then>`.
// Prints one JSON line when it is ready. `wait`: ends at SIGINT after one more query; `hold`: waits to be killed.
import pg from "pg";
import { startEmbedded } from "../../dist/store/embedded/start.js";

const [dataDir, role, then] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const asked = new Promise((resolve) => process.once("SIGINT", resolve));

const server = await startEmbedded({ dataDir, role, log: { info: () => undefined, warn: () => undefined } });
const client = new pg.Client({ connectionString: server.url });
await client.connect();
say({ ready: true, migrateUrl: server.migrateUrl, joined: server.joined });
const alive = setInterval(() => undefined, 1_000);
if (then === "wait") {
  await asked;
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { rows } = await client.query("select 40 + 2 as answer");
  say({ drained: rows[0].answer });
  await client.end();
  await server.stop();
  clearInterval(alive);
}
