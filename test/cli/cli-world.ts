import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type pg from "pg";
import { expect } from "vitest";
import { runCli } from "../../app/cli/run.ts";
import { type GhostSim, startGhostSim } from "../../demo/ghost/server.ts";
import { memoryIo } from "../memory-io.ts";
import { asAdmin, type TestRole, testDatabase, testPool } from "../setup/database.ts";

export type Ran = { readonly code: number; readonly out: string; readonly err: string };
export type RunOptions = {
  readonly signal?: AbortSignal;
  readonly env?: Record<string, string | undefined>;
  readonly stdin?: string;
};

/** What a person who only has a shell sees: a configuration on disk, a warehouse, a newsletter tool, a CRM's exports. */
export type CliWorld = {
  readonly dir: string;
  readonly ghost: GhostSim;
  readonly warehouse: pg.Pool;
  /** Plumbline's own database. */
  readonly store: pg.Pool;
  readonly env: Readonly<Record<string, string>>;
  /** One command line, words as the shell would give them. */
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** With `--json`; the result is checked against the published schema of the command. */
  json(
    words: readonly string[],
    options?: RunOptions,
  ): Promise<Ran & { readonly value: Record<string, unknown> }>;
  /** Edits plumbline.yaml. */
  configure(edit: (yaml: string) => string): Promise<void>;
  close(): Promise<void>;
};

const YAML = `company: Meadow & Co
timezone: Europe/Berlin
systems:
  - id: warehouse
    title: Warehouse
    kind: postgres
    dsn: \${env:WAREHOUSE}
    base: select email, name, consent, consent_at from person
    attributes: { name: name }
  - id: ghost
    title: Ghost
    kind: ghost
    url: GHOST_URL
    key: \${env:GHOST_KEY}
    write_key: \${env:GHOST_KEY}
    attributes: { name: name }
attributes:
  - { name: name, title: Name, owners: [warehouse] }
audiences:
  - id: do_not_contact
    title: Do not contact
    purpose: suppression
    owner: warehouse
    repair: manual
    segments:
      - system: warehouse
        sql: select email, 'unsubscribed' as consent, consent_at from person where consent = 'unsubscribed'
      - system: ghost
        suppressed: true
  - id: active
    title: Active customers
    purpose: marketing
    owner: warehouse
    repair: manual
    required_attributes: [name]
    segments:
      - system: warehouse
        sql: select email, name, consent, consent_at from person where active
      - system: ghost
        label: Active
people:
  - { name: Ana, role: editor }
  - { name: Vera, role: viewer }
  - { name: Ben, role: admin }
`;

/** Everybody agrees: `people` in the warehouse, the same in Ghost. `lesser`: with an owner of the tables beside it. */
export async function makeCliWorld(people: number, role?: TestRole): Promise<CliWorld> {
  const database = await testDatabase("embedded", false, role);
  const dir = await mkdtemp("/var/tmp/plumbline-cli-");
  const name = `w_${randomBytes(6).toString("hex")}`;
  await asAdmin(database.adminUrl, `create database ${name}`);
  const url = new URL(database.adminUrl);
  url.pathname = name;
  const warehouse = testPool(url.href, 2);
  await warehouse.query(
    "create table person (email text, name text, consent text not null default 'subscribed', consent_at timestamptz, active boolean not null default true)",
  );
  await warehouse.query(
    "insert into person (email, name) select format('person%s@example.test', i), format('Person %s', i) from generate_series(1, $1::int) i",
    [people],
  );
  const ghost = await startGhostSim({ port: 0 });
  ghost.control.load(
    Array.from({ length: people }, (_, i) => ({
      email: `person${i + 1}@example.test`,
      name: `Person ${i + 1}`,
      labels: ["Active"],
    })),
  );
  const config = join(dir, "plumbline.yaml");
  await writeFile(config, YAML.replace("GHOST_URL", ghost.url));
  await mkdir(join(dir, "data"));
  const env = {
    PLUMBLINE_CONFIG: "plumbline.yaml",
    PLUMBLINE_DATA: "data",
    DATABASE_URL: database.url,
    ...(role === "lesser" ? { MIGRATE_DATABASE_URL: database.ownerUrl } : {}),
    PLUMBLINE_LOG: "silent",
    WAREHOUSE: url.href,
    GHOST_KEY: ghost.key,
  };
  const store = testPool(database.url, 1);
  await store.query(
    "insert into write_switch (system, enabled, at, person, reason) values ('ghost', true, '2026-11-01', 'Ben', 'a simulator')",
  );

  const run = async (words: readonly string[], o: RunOptions = {}): Promise<Ran> => {
    const io = memoryIo(dir, { ...env, ...o.env }, o.stdin);
    const code = await runCli(words, { ...io, ...(o.signal === undefined ? {} : { signal: o.signal }) });
    return { code, out: io.out(), err: io.err() };
  };
  return {
    dir,
    ghost,
    warehouse,
    store,
    env,
    run,
    async json(words, o) {
      const ran = await run([...words, "--json"], o);
      return { ...ran, value: await published(words[0] ?? "", ran.out) };
    },
    configure: async (edit) => writeFile(config, edit(await readFile(config, "utf8"))),
    async close() {
      await store.end();
      await warehouse.end();
      await ghost.close();
      await asAdmin(database.adminUrl, `drop database ${name} with (force)`);
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Formats are stated for readers; dates are checked, so that "now" or a local time does not pass. */
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { "date-time": (text: string) => new Date(text).toISOString() === text },
});

/** Parses what a command printed and holds it against docs/schemas/<command>.json. */
export async function published(command: string, text: string): Promise<Record<string, unknown>> {
  const schema: object = JSON.parse(
    await readFile(new URL(`../../docs/schemas/${command}.json`, import.meta.url), "utf8"),
  );
  const value: Record<string, unknown> = JSON.parse(text);
  const valid = ajv.validate(schema, value);
  expect({ command, valid, problems: ajv.errorsText(ajv.errors) }).toEqual({
    command,
    valid: true,
    problems: "No errors",
  });
  return value;
}
