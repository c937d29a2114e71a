import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../../app/cli/run.ts";
import type { CompareReport } from "../../app/compare/report.ts";
import { READER, type Warehouse, warehouse } from "../contract/postgres-world.ts";
import { copies, type Lacks, lesserServer, likeRedshift } from "../intake/lesser-server.ts";
import { memoryIo } from "../memory-io.ts";

const YAML = `
company: Meadow & Co
systems:
  - { id: warehouse, kind: postgres, dsn: "\${env:DSN}", attributes: { plan: plan } }
  - { id: crm, kind: postgres, dsn: "\${env:DSN}", attributes: { plan: tier } }
  - { id: exports, kind: files, folder: . }
attributes:
  - { name: plan, owners: [warehouse] }
audiences:
  - id: active
    purpose: marketing
    owner: warehouse
    segments:
      - { system: warehouse, sql: "select email, plan from lead order by n" }
      - { system: crm, sql: "select email, plan as tier from client order by n" }
      - { system: exports, file: active.csv }
`;

let w: Warehouse;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-pushdown-"));
  writeFileSync(join(folder, "plumbline.yaml"), YAML);
  w = await warehouse();
  const padding = "repeat(md5(n::text), 30)";
  await w.sql("create table lead (n int, email text, plan text)");
  await w.sql("create table client (n int, email text, plan text)");
  await w.sql(`insert into lead select n, 'p' || n || '@x.com', ${padding} from generate_series(1, 3000) n`);
  await w.sql(
    `insert into client select n, 'P' || n || '@x.com', ${padding} from generate_series(101, 3050) n`,
  );
  await w.sql(`grant select on lead, client to ${READER}`);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await w.drop();
});

const compare = (...argv: string[]) => compareAt(w.readerUrl, ...argv);
async function compareAt(dsn: string, ...argv: string[]) {
  const io = memoryIo(folder, { DSN: dsn });
  const code = await runCli(["compare", "--config", "plumbline.yaml", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}
const SEGMENTS = ["active@warehouse", "active@crm"];
const plain = (text: string): unknown => {
  const report: CompareReport = JSON.parse(text);
  return { ...report, files: report.files.map((f) => ({ ...f, changedAt: null })) };
};

it("compares segments of the configuration, and says how", async () => {
  const there = await compare(...SEGMENTS, "--attributes", "plan", "--json");
  const here = await compare(...SEGMENTS, "--attributes", "plan", "--json", "--no-pushdown");
  expect(plain(there.out)).toEqual(plain(here.out));
  expect(plain(there.out)).toMatchObject({
    verdict: "different",
    files: [
      { file: "active@warehouse", owner: true, rows: 3000 },
      {
        file: "active@crm",
        idColumn: "email",
        missing: 100,
        extra: 50,
        attributes: [{ name: "plan", equal: 2900 }],
      },
    ],
  });
  expect([there.code, here.code, here.err]).toEqual([2, 2, ""]);
  // which of the two depends on how busy this machine is
  expect(there.err).toMatch(/^(Compared in the database|Read and compared here): .*about .* rows .*\.\n$/);
});

it("names what is there instead of a segment that is not", async () => {
  expect(await compare("active@warehouse", "active@crn")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/no such segment.*did you mean active@crm\?/s),
  });
  expect((await compare("active@warehouse", "active@exports")).err).toMatch(
    /only segments of Postgres systems/,
  );
  expect(await compare(...SEGMENTS, "--out", "people")).toMatchObject({
    code: 64,
    err: expect.stringMatching(/--out names people of files only/),
  });
});

const lesser: readonly (readonly [string, Lacks, RegExp])[] = [
  [
    "does not know COPY",
    copies("42601"),
    /^(Compared in the database|Read and compared here): .*about .* rows/,
  ],
  ["is like Redshift", likeRedshift, /^Read and compared here: the server is not Postgres, though/],
];
it.each(lesser)("compares segments of a server that %s, with the same report", async (_, lacks, words) => {
  const server = await lesserServer(w.readerUrl, lacks);
  try {
    const there = await compareAt(server.url, ...SEGMENTS, "--attributes", "plan", "--json");
    const here = await compare(...SEGMENTS, "--attributes", "plan", "--json", "--no-pushdown");
    expect(plain(there.out)).toEqual(plain(here.out));
    expect([there.code, here.code]).toEqual([2, 2]);
    expect(there.err).toMatch(words);
  } finally {
    await server.close();
  }
});
