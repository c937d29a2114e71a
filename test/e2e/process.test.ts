import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, finish, killAll, MAIN, processesOf, sleep, start } from "./processes.ts";

type Get = Record<string, unknown>;

let dir = "";
let data = "";
let env: Record<string, string> = {};
beforeEach(async () => {
  if (!existsSync(MAIN)) throw new Error("this test runs built code: npm run build");
  dir = await mkdtemp("/var/tmp/plumbline-process-");
  await chmod(dir, 0o711); // the database runs under an account of its own
  data = join(dir, "data");
  env = { PLUMBLINE_DATA: data };
});
afterEach(async () => {
  await killAll([data]);
  await rm(dir, { recursive: true, force: true });
});

const CONFIG = `company: Two Files
systems:
  - { id: crm, title: CRM, kind: files, folder: ./crm, columns: { email: email } }
  - { id: mail, title: Mail tool, kind: files, folder: ./mail, columns: { email: email }, sends: true }
audiences:
  - id: subscribers
    title: Subscribers
    purpose: marketing
    owner: crm
    segments:
      - { system: crm, file: subscribers.csv }
      - { system: mail, file: subscribers.csv }
`;

/** Two exports that differ by ten people, and a configuration that reads them. */
async function configured(more = ""): Promise<string> {
  for (const [name, people] of [
    ["crm", 60],
    ["mail", 50],
  ] as const) {
    const folder = join(dir, name);
    await mkdir(folder, { recursive: true });
    const rows = Array.from({ length: people }, (_, i) => `person${i}@example.test`);
    await writeFile(join(folder, "subscribers.csv"), `email\n${rows.join("\n")}\n`);
  }
  const file = join(dir, "plumbline.yaml");
  await writeFile(file, CONFIG + more);
  return file;
}

async function get(url: string, path: string): Promise<Get> {
  const answer = await fetch(new URL(path, url));
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Get;
}
const urlOf = (listening: Record<string, unknown>): string => String(listening.url);
const stopped = (pids: number[]) => pids.length === 0;
const incidentsAt = async (url: string) =>
  (await get(url, "/api/v1/incidents?state=open")).incidents as { id: number; title: string }[];
const runsAt = async (url: string) =>
  (await get(url, "/api/v1/runs")).runs as { id: string; state: string }[];

describe("serve with a configuration", () => {
  it("audits, answers, is joined by commands, refuses a second one, and leaves nothing behind after Ctrl-C", async () => {
    env.PLUMBLINE_CONFIG = await configured();
    const serve = start(["serve", "--port", "0", "--json"], env);
    const url = urlOf(await serve.said("listening"));
    const page = await fetch(url, { headers: { accept: "text/html" } });
    expect(page.status).toBe(200);
    await serve.said("verdict");
    expect(await get(url, "/api/v1/status")).toMatchObject({
      company: "Two Files",
      mode: "read_only",
      progress: null,
    });
    expect(await runsAt(url)).toHaveLength(1);

    const joined = await finish(["incidents", "--json"], { ...env, PLUMBLINE_LOG: "warn" });
    expect({ code: joined.code, err: joined.err }).toEqual({
      code: (await incidentsAt(url)).length > 0 ? 2 : 0,
      err: "",
    });
    expect(await get(url, "/healthz"), "the command did not stop the server’s database").toBeTruthy();
    expect(await incidentsAt(url)).toHaveLength(
      (JSON.parse(joined.out) as { incidents: unknown[] }).incidents.length,
    );

    const second = await finish(["serve", "--port", "0"], env);
    expect({ code: second.code, out: second.out }).toEqual({ code: 4, out: "" });
    expect(second.err).toContain("another `plumbline serve` uses this data folder → stop it first");
    expect(await runsAt(url)).toHaveLength(1);

    serve.signalGroup("SIGINT");
    expect(await serve.ended).toEqual([0, null]);
    expect(await processesOf(data)).toEqual([]);
  });

  it("kill -9: the next start adopts the database and keeps what was read", async () => {
    env.PLUMBLINE_CONFIG = await configured();
    const first = start(["serve", "--port", "0", "--json"], env);
    const before = await runsAt(urlOf(await first.said("listening"))).catch(() => []);
    await first.said("verdict");
    first.process.kill("SIGKILL");
    expect(await first.ended).toEqual([null, "SIGKILL"]);
    expect((await processesOf(data)).length, "the database outlives it").toBeGreaterThan(0);

    const again = start(["serve", "--port", "0", "--json"], env);
    const url = urlOf(await again.said("listening"));
    await again.said("verdict");
    expect(again.err()).toMatch(/"joined":true.*"database.ready"/);
    expect(before.length).toBeLessThan(2);
    expect(await runsAt(url)).toMatchObject([{ state: "done" }]);
    again.signalGroup("SIGINT");
    expect(await again.ended).toEqual([0, null]);
    await eventually(() => processesOf(data), stopped);
  });

  it("a port that is taken: says so and ends, the database too", async () => {
    env.PLUMBLINE_CONFIG = await configured();
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => other.once("listening", done));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, out, err } = await finish(["serve", "--port", String(port)], {
      ...env,
      PLUMBLINE_LOG: "warn",
    });
    other.close();
    expect({ code, out, err }).toEqual({
      code: 1,
      out: "",
      err: `serve: port ${port} is taken → choose another with --port or PORT\n`,
    });
    expect(await processesOf(data)).toEqual([]);
  });

  it("an address that others can reach is refused while nobody can sign in", async () => {
    const open = "server: { host: 0.0.0.0 }\n";
    for (const [more, said] of [
      [open, "reachable from other machines without sign-in → add people"],
      [`${open}people:\n  - { name: Ana, role: editor }\n`, "Ana could not sign in → add password or token"],
    ] as const) {
      env.PLUMBLINE_CONFIG = await configured(more);
      const { code, out, err } = await finish(["serve", "--port", "0"], { ...env, PLUMBLINE_LOG: "warn" });
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(said);
      expect(await processesOf(data)).toEqual([]);
    }
  });

  it("a reader that closes the pipe ends it in order", async () => {
    env.PLUMBLINE_CONFIG = await configured();
    const serve = start(["serve", "--port", "0", "--json"], env);
    serve.process.stdout?.once("data", () => serve.process.stdout?.destroy());
    expect(await serve.ended).toEqual([0, null]);
    expect(await processesOf(data)).toEqual([]);
  });

  it("Ctrl-C before it is up", async () => {
    env.PLUMBLINE_CONFIG = await configured();
    const serve = start(["serve", "--port", "0", "--json"], env);
    await eventually(
      () => existsSync(join(data, "postgres", "cluster")),
      (there) => there,
    );
    serve.signalGroup("SIGINT");
    const [code] = await serve.ended;
    expect([0, 130]).toContain(code);
    await eventually(() => processesOf(data), stopped);
    const { code: next } = await finish(["audit"], env);
    expect([0, 2]).toContain(next);
    expect(await processesOf(data)).toEqual([]);
  });
});

describe("a command alone", () => {
  it("Ctrl-C in a long read: 130, nothing behind, and the same line works again", async () => {
    env.PLUMBLINE_CONFIG = await configured();
    const rows = Array.from({ length: 200_000 }, (_, i) => `person${i}@example.test`);
    for (const name of ["crm", "mail"])
      await writeFile(join(dir, name, "subscribers.csv"), `email\n${rows.join("\n")}\n`);
    const audit = start(["audit", "--json"], env);
    await eventually(audit.err, (text) => text.includes("database.ready"));
    await eventually(
      () => existsSync(join(data, "secret")),
      (there) => there,
    );
    audit.signalGroup("SIGINT");
    expect(await audit.ended).toEqual([130, null]);
    expect(audit.out()).toBe("");
    expect(await processesOf(data)).toEqual([]);
    const again = await finish(["audit", "--json"], { ...env, PLUMBLINE_LOG: "warn" });
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(again.out)).toMatchObject({
      reads: [{ coverage: "complete", size: 200_000 }, { coverage: "complete" }],
    });
  });

  it("| head: no error, no trace", async () => {
    const child = start(["--help"], env);
    child.process.stdout?.destroy();
    expect((await child.ended)[0]).toBe(0);
    expect(child.err()).toBe("");
  });
});

describe("the demo company", () => {
  it("answers while it is made, survives Ctrl-C in the middle, kill -9 afterwards, and keeps its data", async () => {
    const demo = ["serve", "--size", "500", "--port", "0", "--json"];
    const half = start(demo, env);
    const firstUrl = urlOf(await half.said("listening"));
    // it listens a moment before the first audit begins
    const status = await eventually(
      () => get(firstUrl, "/api/v1/status"),
      (s) => (s as { progress: unknown }).progress !== null,
    );
    expect(status).toMatchObject({ mode: "demo", progress: { of: 56 } });
    expect((await fetch(firstUrl, { headers: { accept: "text/html" } })).status).toBe(200);
    const early = await fetch(new URL("/api/v1/audit", firstUrl), {
      method: "POST",
      headers: { origin: firstUrl.slice(0, -1) },
    });
    expect(early.ok, "a read of today in the middle of the past").toBe(false);
    await eventually(
      () => runsAt(firstUrl),
      (runs) => runs.length >= 3,
      60_000,
    );
    half.signalGroup("SIGINT");
    await sleep(40);
    half.signalGroup("SIGINT"); // npm passes on the one that it got itself
    expect(await half.ended).toEqual([0, null]);
    expect(await processesOf(data)).toEqual([]);
    const alone = await finish(["incidents"], { ...env, PLUMBLINE_LOG: "warn" });
    expect(alone).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("there is no demo company yet"),
    });

    const whole = start(demo, env);
    const url = urlOf(await whole.said("listening"));
    await whole.said("verdict");
    const history = (await get(url, "/api/v1/audiences/do_not_contact?days=90")).systems as {
      id: string;
      line: unknown[];
    }[];
    expect(
      history.find((x) => x.id === "warehouse")?.line,
      "the first start's days were begun again, not added to",
    ).toHaveLength(56);
    expect(await get(url, "/api/v1/status")).toMatchObject({ progress: null });
    const incidents = await incidentsAt(url);
    expect(incidents.length).toBeGreaterThan(0);
    const joined = await finish(["incidents", "--json"], { ...env, PLUMBLINE_LOG: "warn" });
    expect({ code: joined.code, err: joined.err }).toEqual({ code: 2, err: "" });
    expect(
      (JSON.parse(joined.out) as { incidents: { id: number }[] }).incidents.map((i) => i.id).sort(),
    ).toEqual(incidents.map((i) => i.id).sort());
    expect((await fetch(new URL("/demo/slack", url))).status, "the command did not stop the demo").toBe(200);

    whole.process.kill("SIGKILL");
    await whole.ended;
    const left = await eventually(
      () => processesOf(data),
      (pids) => pids.length === 1,
    );
    expect(left, "the demo ended by itself, the database stays").toHaveLength(1);

    const again = start([...demo.slice(0, 2), "10k", ...demo.slice(3)], env);
    const newUrl = urlOf(await again.said("listening"));
    await again.said("verdict");
    expect(again.err()).toMatch(/"joined":true.*"database.ready"/);
    expect(again.err()).toContain("kept as it was made: size 500, seed 1");
    expect(again.err()).not.toContain("Making eight weeks");
    expect(await incidentsAt(newUrl)).toEqual(incidents);

    const page = await fetch(new URL("/api/v1/overview", newUrl)); // kept alive: an open page does not hold it up
    await page.text();
    again.signalGroup("SIGINT");
    expect(await again.ended).toEqual([0, null]);
    await eventually(() => processesOf(data), stopped);
  }, 600_000);

  it("leaves no trace in a configuration that is served from the same data folder", async () => {
    const demo = start(["demo", "--size", "500", "--port", "0", "--json"], env);
    await demo.said("listening");
    demo.signalGroup("SIGTERM");
    expect(await demo.ended).toEqual([0, null]);
    const serve = start(["serve", "--config", await configured(), "--port", "0", "--json"], env);
    const url = urlOf(await serve.said("listening"));
    await serve.said("verdict");
    expect(await get(url, "/api/v1/status")).toMatchObject({ company: "Two Files" });
    expect(await runsAt(url)).toHaveLength(1);
    serve.signalGroup("SIGINT");
    expect(await serve.ended).toEqual([0, null]);
    await eventually(() => processesOf(data), stopped);
  });
});
