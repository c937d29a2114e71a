import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "../../store/embedded/start.ts";
import type { Contender } from "./contenders.ts";
import { attributeNames } from "./people.ts";

const quiet = { info: () => undefined, warn: () => undefined };
const TICKS_A_SECOND = 100; // Linux says so to programs, whatever its kernel does

function processOf(pid: number): { cpu: number; memory: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND, memory: memory / 1024 };
}

/**
 * The embedded server. Loading is not counted; what is measured is the process of the one session.
 *
 * @param folder of the files and the server, which may run under another account
 */
export const postgres = (folder: string): Contender => ({
  name: "Postgres (loading excluded)",
  once: true,
  run: async (files, shape) => {
    chmodSync(folder, 0o755);
    for (const file of files) chmodSync(file, 0o644);
    const server = await startEmbedded({
      dataDir: join(folder, "postgres"),
      log: quiet,
      settings: { fsync: "off", work_mem: "2GB", shared_buffers: "512MB" },
    });
    const client = new pg.Client({ connectionString: server.adminUrl });
    try {
      await client.connect();
      const columns = attributeNames(shape);
      const rows: string[] = [];
      for (const [s, file] of files.entries()) {
        await client.query(`drop table if exists f${s}`);
        await client.query(
          `create unlogged table f${s} (email text, customer_id text, ${columns.map((c) => `"${c}" text`).join(", ")})`,
        );
        await client.query(`copy f${s} from ${client.escapeLiteral(file)} with (format csv, header true)`);
        await client.query(`analyze f${s}`);
        rows.push(
          `select lower(trim(email)) as person, ${1 << s} as bit, ${columns.map((c) => `"${c}"`).join(", ")} from f${s}`,
        );
      }
      const pid = Number((await client.query("select pg_backend_pid() as pid")).rows[0]?.pid);
      const before = processOf(pid);
      const began = performance.now();
      const differs = columns.map((a) => `min("${a}") <> max("${a}")`).join(" or ");
      const answer = await client.query<Record<string, string>>(
        `select count(*) filter (where mask = 1) as missing, count(*) filter (where mask = 2) as extra,
                count(*) filter (where mask = 3 and differs) as differ
         from (select bit_or(bit) as mask, ${differs} as differs from (${rows.join(" union all ")}) r group by person) p`,
      );
      const wall = (performance.now() - began) / 1000;
      const after = processOf(pid);
      const { missing, extra, differ } = answer.rows[0] ?? {};
      return {
        cost: { wall, cpu: after.cpu - before.cpu, memory: after.memory },
        found: [{ missing: Number(missing), extra: Number(extra), differ: Number(differ) }],
      };
    } finally {
      await client.end();
      await server.stop();
    }
  },
});
