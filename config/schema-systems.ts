import { type Static, Type } from "typebox";
import { HTTP_SYSTEMS, type HttpSystemEntry } from "./schema-http-systems.ts";
import { closed, count, named, secret, text } from "./schema-parts.ts";
import { base, kind } from "./schema-system-base.ts";

const table = { table: text("Table, with its schema if needed."), key: text("Column with the identifier.") };

const sqlWrite = closed("Writing", "How Plumbline may write here. Without it, nothing is ever written.", {
  dsn: secret("Connection of a role that may write these tables and nothing else."),
  membership: Type.Optional(
    closed("Membership", "Table with one row per (list, person). `add` inserts, `remove` deletes the row.", {
      ...table,
      list: Type.Optional(
        closed("List", "Column and value that say which list a row belongs to.", {
          column: text("Column."),
          value: text("Value."),
        }),
      ),
    }),
  ),
  attributes: Type.Optional(
    closed("Attributes", "Table and columns that `set` may change. Columns that hold consent are refused.", {
      ...table,
      columns: named("Attribute name → column.", text("Column.")),
    }),
  ),
  suppress: Type.Optional(
    closed("Suppress", "`suppress` sets this column to this value. Nothing sets it back.", {
      ...table,
      column: text("Column."),
      value: text("Value that means: must not be contacted."),
    }),
  ),
});

const sql = {
  ...base,
  dsn: secret("Connection string of a read-only role, best on a replica."),
  base: Type.Optional(
    text(
      "SQL of every record in the system, same columns as a segment's. Without it the match rate is unknown.",
    ),
  ),
  statement_timeout_seconds: Type.Optional(
    count("A statement that runs longer is cancelled.", 60, { minimum: 1, maximum: 7200 }),
  ),
  write: Type.Optional(sqlWrite),
};

export const PostgresSystem = closed("Postgres", "A warehouse or application database, read with SQL.", {
  ...sql,
  kind: kind("postgres"),
  pushdown: Type.Optional(
    Type.Union([Type.Literal("auto"), Type.Literal("on"), Type.Literal("off")], {
      description:
        "Whether an audit may compare a copy here with its owner's on the server, where both live in one database, so that only what differs travels. `auto`: where that is cheaper.",
      default: "auto",
    }),
  ),
});

export const MysqlSystem = closed("MySQL", "A MySQL or MariaDB database, read with SQL.", {
  ...sql,
  kind: kind("mysql"),
});

export const FilesSystem = closed(
  "Files",
  "A folder with CSV, CSV.gz or Parquet exports, one file per segment.",
  {
    ...base,
    kind: kind("files"),
    folder: text("Folder of the exports, absolute or relative to this file."),
    base: Type.Optional(text("File with every record of the system. Without it the match rate is unknown.")),
    columns: Type.Optional(
      closed("Columns", "Which column holds what, where its name is not a usual one.", {
        email: Type.Optional(text("Column with the e-mail address.")),
        phone: Type.Optional(text("Column with the phone number.")),
        customer_id: Type.Optional(text("Column with your own customer id.")),
        consent: Type.Optional(
          text("Column with erased, complained, unsubscribed, pending, subscribed; empty: unknown."),
        ),
        consent_at: Type.Optional(text("Column with the time of the consent, ISO-8601.")),
        updated_at: Type.Optional(text("Column with the time of the last change, ISO-8601.")),
      }),
    ),
  },
);

export type SystemEntry =
  | Static<typeof PostgresSystem>
  | Static<typeof MysqlSystem>
  | Static<typeof FilesSystem>
  | HttpSystemEntry;

const SYSTEMS = [PostgresSystem, MysqlSystem, FilesSystem, ...HTTP_SYSTEMS];

/** Every kind of system there is. */
export const SYSTEM_KINDS: readonly string[] = SYSTEMS.map((s) => s.properties.kind.const);

/** `discriminator` makes the validator judge by `kind` alone, so that one typo is one error and not three. */
export const System = Type.Unsafe<SystemEntry>({
  type: "object",
  title: "System",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: SYSTEMS,
});
