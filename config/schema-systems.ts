import { type Static, Type } from "typebox";
import { closed, count, id, named, secret, text } from "./schema-parts.ts";

const base = {
  id: id("Name of the system everywhere else in this file."),
  title: Type.Optional(text("What people call it. Default: the id.")),
  sends: Type.Optional(
    Type.Boolean({
      description: "Does it send mail to the people it holds? Default: true for ghost, false for the others.",
    }),
  ),
  attributes: Type.Optional(
    named(
      "Which field of this system holds which attribute: attribute name → field or column.",
      text("Field or column."),
    ),
  ),
};

const table = { table: text("Table, with its schema if needed."), key: text("Column with the identifier.") };

const postgresWrite = closed(
  "Writing",
  "How Plumbline may write here. Without it, nothing is ever written.",
  {
    dsn: secret("Connection of a role that may write these tables and nothing else."),
    membership: Type.Optional(
      closed(
        "Membership",
        "Table with one row per (list, person). `add` inserts, `remove` deletes the row.",
        {
          ...table,
          list: Type.Optional(
            closed("List", "Column and value that say which list a row belongs to.", {
              column: text("Column."),
              value: text("Value."),
            }),
          ),
        },
      ),
    ),
    attributes: Type.Optional(
      closed(
        "Attributes",
        "Table and columns that `set` may change. Columns that hold consent are refused.",
        {
          ...table,
          columns: named("Attribute name → column.", text("Column.")),
        },
      ),
    ),
    suppress: Type.Optional(
      closed("Suppress", "`suppress` sets this column to this value. Nothing sets it back.", {
        ...table,
        column: text("Column."),
        value: text("Value that means: must not be contacted."),
      }),
    ),
  },
);

export const PostgresSystem = closed("Postgres", "A warehouse or application database, read with SQL.", {
  ...base,
  kind: Type.Literal("postgres", { description: "postgres, files or ghost." }),
  dsn: secret("Connection string of a read-only role, best on a replica."),
  base: Type.Optional(
    text(
      "SQL of every record in the system, same columns as a segment's. Without it the match rate is unknown.",
    ),
  ),
  statement_timeout_seconds: Type.Optional(
    count("A statement that runs longer is cancelled.", 60, { minimum: 1, maximum: 7200 }),
  ),
  write: Type.Optional(postgresWrite),
});

export const FilesSystem = closed("Files", "A folder with CSV or CSV.gz exports, one file per segment.", {
  ...base,
  kind: Type.Literal("files", { description: "postgres, files or ghost." }),
  folder: text("Folder of the exports, absolute or relative to this file."),
  base: Type.Optional(text("File with every record of the system. Without it the match rate is unknown.")),
  columns: closed("Columns", "Which column holds what. At least one identifier.", {
    email: Type.Optional(text("Column with the e-mail address.")),
    phone: Type.Optional(text("Column with the phone number.")),
    customer_id: Type.Optional(text("Column with your own customer id.")),
    consent: Type.Optional(
      text("Column with erased, complained, unsubscribed, pending, subscribed; empty: unknown."),
    ),
    consent_at: Type.Optional(text("Column with the time of the consent, ISO-8601.")),
    updated_at: Type.Optional(text("Column with the time of the last change, ISO-8601.")),
  }),
});

export const GhostSystem = closed("Ghost", "A Ghost site: members, labels, newsletters, suppression.", {
  ...base,
  kind: Type.Literal("ghost", { description: "postgres, files or ghost." }),
  url: Type.String({
    description: "Address of the site, without /ghost.",
    pattern: "^https?://[^\\s/?#]+",
    examples: ["https://news.example.com"],
  }),
  key: secret("Admin API key of an integration (id:secret), used for reading."),
  write_key: Type.Optional(
    secret(
      "Admin API key used for repairs, best of an integration of its own. Without it, nothing is written.",
    ),
  ),
});

export type SystemEntry =
  | Static<typeof PostgresSystem>
  | Static<typeof FilesSystem>
  | Static<typeof GhostSystem>;

/** `discriminator` makes the validator judge by `kind` alone, so that one typo is one error and not three. */
export const System = Type.Unsafe<SystemEntry>({
  type: "object",
  title: "System",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: [PostgresSystem, FilesSystem, GhostSystem],
});
