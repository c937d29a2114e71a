import { mysqlCollector } from "../../collectors/mysql.ts";
import type { MysqlSystem, SecretRef } from "../../core/config.ts";
import { systemId } from "../../core/model.ts";
import { mysqlWriter } from "../../sync/writers/mysql.ts";
import type { CollectorWorld } from "../contract/collector.ts";
import { sqlTarget } from "../contract/postgres-world.ts";
import type { WriterWorld } from "../contract/writer.ts";
import type { RealDatabase, RealMariadb } from "./mariadb-server.ts";
import { tcpProxy } from "./tcp-proxy.ts";

const ref = (s: string): SecretRef => s as SecretRef;
export const mysqlSystem = (more: Partial<MysqlSystem> = {}): MysqlSystem => ({
  id: systemId("shop"),
  title: "Shop",
  kind: "mysql",
  sends: false,
  dsn: ref("reader"),
  write: null,
  statementTimeoutSeconds: 20,
  base: "select email, name from people",
  attributes: { name: "name" },
  ...more,
});

/** A database with people and lists in it. */
export async function shop(real: RealMariadb): Promise<RealDatabase> {
  const database = await real.database();
  await database.sql(`create table people (n int auto_increment primary key, email varchar(255), name text,
      consent varchar(40), mailable tinyint(1), plan varchar(40), updated_at timestamp(3) not null default '2026-01-02 03:04:05.678')`);
  await database.sql(
    "create table lists (list varchar(40) not null, email varchar(255) not null, primary key (list, email))",
  );
  return database;
}

const at = (dsn: string, change: (url: URL) => void): string => {
  const url = new URL(dsn);
  change(url);
  return url.href;
};

/** The reader goes through a proxy that can cut it off. */
export async function mysqlWorld(real: RealMariadb): Promise<CollectorWorld> {
  const database = await shop(real);
  const proxy = await tcpProxy(real.host, real.port);
  const collector = (dsn: string) => mysqlCollector(mysqlSystem(), { secret: () => dsn });
  const dsn = at(database.readerDsn, (u) => {
    u.port = String(proxy.port);
  });
  return {
    pageSize: 5000,
    target: sqlTarget("select email, name from people order by n"),
    collector: collector(dsn),
    wrongCredentials: collector(
      at(database.readerDsn, (u) => {
        u.password = "wrong";
      }),
    ),
    async seed(people) {
      await database.sql("truncate table people");
      for (let i = 0; i < people.length; i += 5000) {
        const some = people.slice(i, i + 5000).map((p) => [p.email, p.name ?? null]);
        await database.sql("insert into people (email, name) values ?", [some]);
      }
    },
    faults: new Set(["page_lost"] as const), // the others are faults of HTTP
    async fault(_kind, after) {
      // a row of the contract's people is some 40 bytes
      proxy.cutAfter(after * 5000 * 45 + 40_000);
    },
    verbs: () => null,
    close: async () => {
      await proxy.close();
      await database.drop();
    },
  };
}

export const MYSQL_WRITE: NonNullable<MysqlSystem["write"]> = {
  dsn: ref("writer"),
  membership: { table: "lists", key: "email", list: { column: "list", value: "{audience}" } },
  attributes: {
    table: "people",
    key: "email",
    columns: { plan: "plan", marketing_consent: "consent", ok_to_mail: "mailable" },
  },
  suppress: { table: "people", key: "email", column: "consent", value: "unsubscribed" },
};
const PERSON = "p.email, p.plan, p.consent, p.consent <=> 'subscribed' as mailable from people p";
export const SHOP_SQL = `select ${PERSON} where lower(p.email) in (select lower(email) from lists where list = 'active')`;

/** A commit whose answer is lost: it happened, and nobody here can know. */
export async function mysqlWriterWorld(real: RealMariadb): Promise<WriterWorld> {
  const database = await shop(real);
  const proxy = await tcpProxy(real.host, real.port);
  const config = mysqlSystem({
    write: MYSQL_WRITE,
    attributes: { plan: "plan" },
    base: `select ${PERSON}`,
  });
  const dsn = at(database.writerDsn, (u) => {
    u.port = String(proxy.port);
  });
  return {
    writer: mysqlWriter(config, { secret: (r) => (r === "writer" ? dsn : database.readerDsn) }),
    system: config.id,
    source: { sql: SHOP_SQL },
    attribute: "plan",
    consentAttribute: "marketing_consent",
    async seed(people) {
      for (const p of people) {
        await database.sql("insert into people (email, plan, consent) values (?, ?, ?)", [
          p.email,
          p.value ?? null,
          p.subscribed ? "subscribed" : "unsubscribed",
        ]);
        if (p.inSegment) await database.sql("insert into lists values ('active', ?)", [p.email]);
        if (p.other) await database.sql("insert into lists values ('other', ?)", [p.email]);
      }
    },
    async truth(email) {
      const [row] = await database.sql(
        `select plan, consent, exists (select 1 from lists l where lower(l.email) = lower(p.email) and list = 'active') as active,
           exists (select 1 from lists l where lower(l.email) = lower(p.email) and list = 'other') as other from people p where email = ?`,
        [email],
      );
      if (row === undefined) return null;
      return {
        inSegment: row.active === 1,
        other: row.other === 1,
        mailable: row.consent === "subscribed",
        value: row.plan === null ? null : String(row.plan),
      };
    },
    async loseAnswer() {
      proxy.cutAnswerTo("\u0003commit"); // the statement itself: 3 is "run this text"
      return "set";
    },
    close: async () => {
      await proxy.close();
      await database.drop();
    },
  };
}
