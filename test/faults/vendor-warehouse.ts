/** A real Postgres as destination, behind a proxy that loses what it is told to; triggers journal every mutation. */
import { postgresCollector } from "../../collectors/postgres.ts";
import type { Op } from "../../core/repair.ts";
import { postgresWriter } from "../../sync/writers/postgres.ts";
import { pgSystem, SEGMENT_SQL, WRITE, warehouse } from "../contract/postgres-world.ts";
import { DEST, mailOf } from "../property/sync-world.ts";
import { tcpProxy } from "../real/tcp-proxy.ts";
import type { Sim } from "./vendor-sims.ts";

const JOURNAL = `
  create table mutation (seq bigint generated always as identity primary key, at timestamptz, email text, op text);
  create function note_list() returns trigger language plpgsql as $$ begin
    insert into mutation (at, email, op) select clock_timestamp(), lower(coalesce(new.email, old.email)),
      case when tg_op = 'DELETE' then 'remove' else 'add' end
    where coalesce(new.list, old.list) = 'active_customers';
    return null; end $$;
  create function note_person() returns trigger language plpgsql as $$ begin
    if new.consent is distinct from old.consent then
      insert into mutation (at, email, op) values (clock_timestamp(), lower(new.email),
        case when new.consent = 'unsubscribed' then 'suppress' else 'loosen' end); end if;
    if new.plan is distinct from old.plan then
      insert into mutation (at, email, op) values (clock_timestamp(), lower(new.email), 'set'); end if;
    return null; end $$;
  create trigger note after insert or delete on lists for each row execute function note_list();
  create trigger note after update on people for each row execute function note_person();
  create trigger gone after delete on people for each row execute function note_list();`;

export type WarehouseSim = Sim & {
  sql(text: string): Promise<unknown>;
  readonly proxy: Awaited<ReturnType<typeof tcpProxy>>;
};

export async function warehouseSim(): Promise<WarehouseSim> {
  const w = await warehouse();
  await w.sql(JOURNAL);
  const direct = new URL(w.writerUrl);
  const proxy = await tcpProxy(direct.hostname, Number(direct.port));
  const through = new URL(w.writerUrl);
  through.hostname = "127.0.0.1";
  through.port = String(proxy.port);
  const columns = "email, plan, consent, consent is not distinct from 'subscribed' as mailable";
  const config = pgSystem({
    id: DEST,
    write: WRITE,
    statementTimeoutSeconds: 1,
    attributes: { plan: "plan" },
    base: `select ${columns} from people`,
  });
  const deps = { secret: () => through.href };
  return {
    name: "Postgres",
    source: { sql: SEGMENT_SQL.replaceAll("'active'", "'active_customers'") },
    proxy,
    sql: (text) => w.sql(text),
    writer: () => postgresWriter(config, deps),
    collector: () => postgresCollector(config, deps),
    async fill(twins) {
      await w.sql("truncate people, lists restart identity");
      const rows = twins.flatMap((t, i) => (t.dest === null ? [] : [{ email: mailOf(i), dest: t.dest }]));
      await w.sql(
        "insert into people (email, plan, consent) select *, 'subscribed' from unnest($1::text[], $2::text[])",
        [rows.map((r) => r.email), rows.map((r) => r.dest.plan)],
      );
      const on = rows.filter((r) => r.dest.inSegment).map((r) => r.email);
      await w.sql("insert into lists (list, email) select 'active_customers', unnest($1::text[])", [on]);
      const [last] = await w.sql("select coalesce(max(seq), 0)::int as seq from mutation");
      return Number(last?.seq);
    },
    async mutations(since) {
      const rows = await w.sql(
        "select extract(epoch from at)::float8 * 1000 as at, email, op from mutation where seq > $1 order by seq",
        [since],
      );
      return rows.map((r) => {
        const known = ["suppress", "remove", "add", "set"].includes(String(r.op));
        return {
          at: Number(r.at),
          email: String(r.email),
          ops: known ? [String(r.op) as Op] : [],
          wrong: known ? null : `did ${r.op}`,
        };
      });
    },
    asked: async () => [],
    fault: async () => undefined,
    heal: async () => undefined,
    async close() {
      await proxy.close();
      await w.drop();
    },
  };
}
