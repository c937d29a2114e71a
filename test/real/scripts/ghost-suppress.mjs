// Writes what Ghost's own mail job writes on a hard bounce: a row in suppressions, and email_disabled on the member. Works while Ghost runs.
// usage: node ghost-suppress.mjs DATA ADDRESS...      REASON=bounce|spam
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [data, ...addresses] = process.argv.slice(2);
const knex = createRequire(resolve(data, "current/package.json"))("knex"); // Ghost's own, so nothing else is installed
const db = knex({
  client: "sqlite3",
  connection: { filename: resolve(data, "content/data/ghost.db") },
  useNullAsDefault: true,
});
const created_at = new Date().toISOString().slice(0, 19).replace("T", " ");
for (const email of addresses) {
  const row = {
    id: randomBytes(12).toString("hex"),
    email,
    reason: process.env.REASON ?? "bounce",
    created_at,
  };
  await db("suppressions").insert(row).onConflict("email").ignore();
  await db("members").where({ email }).update({ email_disabled: true });
}
await db.destroy();
