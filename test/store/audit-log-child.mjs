// Adds to the log from dist/ in a process of its own: `node audit-log-child.mjs <database url> <name> <entries>`.
// Each entry is one transaction with an action beside it; every third is taken back. With `forever` it goes on until it
// is killed, and says so with its first entry.
import { randomInt } from "node:crypto";
import { appendAuditLog } from "../../dist/store/append-audit-log.js";
import { openDatabase } from "../../dist/store/database.js";

const [url, name, wanted] = process.argv.slice(2);
const db = await openDatabase({ url, applicationName: "log child", connections: 2 });
const entries = wanted === "forever" ? Number.MAX_SAFE_INTEGER : Number(wanted);
for (let i = 0; i < entries; i++) {
  const key = `${name} ${i}`;
  const takenBack = i % 3 === 2;
  try {
    await db.tx(async (sql) => {
      await sql.query("insert into meta (key, value) values ($1, $2)", [`done ${key}`, "x"]);
      await appendAuditLog(sql, {
        at: new Date().toISOString(),
        actor: name,
        action: "test.done",
        object: key,
        detail: { i, pause: randomInt(1000) },
      });
      if (takenBack) throw new Error("taken back");
    });
  } catch (error) {
    if (!takenBack) throw error;
  }
  if (i === 0) process.stdout.write("begun\n");
}
await db.close();
