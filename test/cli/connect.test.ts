import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { runCli } from "../../app/cli/run.ts";
import { startGhostSim } from "../../demo/ghost/server.ts";
import { type RestSim, startRestSim } from "../../demo/rest/server.ts";
import { KINDS, type KindName, yamlOf } from "../contract/rest-world.ts";
import { memoryIo } from "../memory-io.ts";
import { published } from "./cli-world.ts";

let folder: string;
let sim: RestSim;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumbline-connect-"));
});
afterEach(async () => {
  await sim.close();
  await rm(folder, { recursive: true });
});

async function start(
  kind: KindName,
  people: number,
  change: (yaml: string) => string = (y) => y,
): Promise<void> {
  sim = await startRestSim(KINDS[kind].dialect(), { port: 0 });
  sim.store.load(
    Array.from({ length: people }, (_, i) => ({
      email: `person${i}@example.test`,
      name: `Person ${i}`,
      status: i % 4 === 0 ? ("unsubscribed" as const) : ("subscribed" as const),
      lists: ["vip"],
    })),
  );
  const system = { ...Object(parse(change(yamlOf(kind, sim.url)))), limit_share: 1 } as { id: string };
  await writeFile(
    join(folder, "plumbline.yaml"),
    stringify({
      company: "Test",
      systems: [system],
      attributes: [{ name: "name" }, { name: "marketing_consent", class: "consent" }],
      audiences: [
        {
          id: "vip",
          purpose: "lifecycle",
          owner: system.id,
          cadence: "0 6,18 * * *",
          segments: [{ system: system.id, ...KINDS[kind].source }],
        },
      ],
    }),
  );
}
async function connect(kind: KindName, ...words: string[]) {
  const io = memoryIo(folder, { ...KINDS[kind].secrets, PLUMBLINE_LOG: "silent" });
  const code = await runCli(["connect", "test", ...words], io);
  return { code, out: io.out(), err: io.err() };
}
const json = async (kind: KindName, ...words: string[]) => {
  const ran = await connect(kind, ...words, "--json");
  return { ...ran, value: await published("connect", ran.out) };
};

describe("plumbline connect test", () => {
  it("shows first rows masked, totals, rights in excess and the forecast, after a few pages", async () => {
    await start("cursor", 500, (y) => y.replace("per_seconds: 10", "per_seconds: 10, per_day: 1000"));
    const { code, out } = await connect("cursor", "shop");
    expect(code).toBe(0);
    expect(out).not.toMatch(/person\d|Person \d|example\.test|read-key/);
    expect(out).toContain("p***@e***.test");
    expect(out).toContain("total 500");
    expect(out).toContain("The credential may do more than reading needs: contacts.write");
    expect(sim.requests.length).toBeLessThan(20);
    const { value } = await json("cursor", "shop");
    // a list of 13 pages of 40 ids with two look-ups each, and everybody in 13 pages
    expect(value).toMatchObject({
      copies: [
        {
          audience: "vip",
          source: 'list "vip"',
          state: "stopped",
          total: 500,
          rows: 120,
          pages: 3,
          calls: 9,
          callsToEnd: 38,
        },
        {
          audience: null,
          source: "everybody",
          state: "stopped",
          total: 500,
          rows: 120,
          calls: 3,
          callsToEnd: 13,
        },
      ],
      forecast: {
        runsPerDay: 2,
        callsPerRun: 51,
        callsPerDay: 102,
        quota: { perDay: 1000, ours: 1000, share: 0.102 },
      },
    });
  }, 60_000);

  it("reads to the end with --full, and tells the proof", async () => {
    await start("offset", 130);
    const { code, value } = await json("offset", "clubs", "--full");
    expect(code).toBe(0);
    expect(value).toMatchObject({
      copies: [
        {
          state: "complete",
          because: expect.stringContaining("130 records read, 130 declared"),
          consent: { unsubscribed: 33, subscribed: 97 },
        },
        { state: "complete", rows: 130, pages: 3, callsToEnd: 3 },
      ],
      warnings: [],
    });
  }, 60_000);

  it("says partial with code 3 when the end cannot be proven", async () => {
    await start("cursor", 80, (y) => y.replaceAll("absent_means_end: true, total: count, ", ""));
    const { code, value } = await json("cursor", "shop", "--full");
    expect(code).toBe(3);
    expect(value).toMatchObject({
      copies: [{ state: "partial", because: expect.stringContaining("nothing proves the end") }, {}],
    });
  }, 60_000);

  it("shows the limits that the answers name", async () => {
    await start("link", 10);
    sim.faults.add({ kind: "rate_limited", retryAfter: "1", path: "/subscribers" });
    const { value } = await json("link", "post");
    expect(value.rateLimit).toEqual([{ header: "retry-after", value: "1" }]);
  }, 60_000);

  it("ends with 1 and what to do for a wrong credential, a wrong path and an unknown system", async () => {
    await start("page", 10, (y) => y.replace("${env:PAPER_PASSWORD}", "${env:HOME_PASSWORD}"));
    const missing = await connect("page", "paper");
    expect(missing).toMatchObject({ code: 1, out: expect.stringContaining("HOME_PASSWORD is not set") });
    expect(await connect("page", "papre")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("use one of paper"),
    });
    expect(await connect("page")).toMatchObject({ code: 64, out: "" });
    await start("page", 10, (y) => y.replaceAll("records: readers", "records: people"));
    expect(await connect("page", "paper")).toMatchObject({
      code: 1,
      out: expect.stringContaining("the answer has no list at people"),
    });
  }, 60_000);

  it("works for any kind of system", async () => {
    await start("link", 1);
    const ghost = await startGhostSim({ port: 0 });
    ghost.control.load([{ email: "ana@example.test", labels: ["Active"] }]);
    await writeFile(
      join(folder, "plumbline.yaml"),
      stringify({
        company: "Test",
        systems: [
          { id: "news", kind: "ghost", url: ghost.url, key: "${env:GHOST_KEY}" },
          { id: "crm", kind: "files", folder: ".", columns: { email: "email" } },
        ],
        audiences: [
          {
            id: "active",
            purpose: "lifecycle",
            owner: "news",
            segments: [
              { system: "news", label: "Active" },
              { system: "crm", file: "a.csv" },
            ],
          },
        ],
      }),
    );
    await writeFile(join(folder, "a.csv"), "email\nana@example.test\nben@example.test\n");
    const run = async (id: string) => {
      const io = memoryIo(folder, { GHOST_KEY: ghost.key, PLUMBLINE_LOG: "silent" });
      const code = await runCli(["connect", "test", id, "--json"], io);
      return { code, value: await published("connect", io.out()) };
    };
    expect(await run("news")).toMatchObject({
      code: 0,
      value: { kind: "ghost", copies: [{ state: "complete", total: 1 }, {}] },
    });
    expect(await run("crm")).toMatchObject({
      code: 0,
      value: {
        copies: [{ state: "complete", rows: 2, calls: null, callsToEnd: null }],
        forecast: { callsPerRun: null, quota: null },
      },
    });
    await ghost.close();
  }, 60_000);
});
