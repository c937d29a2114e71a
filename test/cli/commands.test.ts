import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { type CliWorld, makeCliWorld, published } from "./cli-world.ts";

let world: CliWorld;
/** Tests that change nothing share one world; the others have one each. */
const shareOne = () => {
  beforeAll(async () => {
    world = await makeCliWorld(40);
  });
  afterAll(() => world.close());
};
const oneEach = () => {
  beforeEach(async () => {
    world = await makeCliWorld(40);
  });
  afterEach(() => world.close());
};

/** A CRM beside the others; `content` is what its export holds. */
async function addCrm(content: string): Promise<void> {
  await writeFile(join(world.dir, "active.csv"), content);
  await world.configure((yaml) =>
    yaml
      .replace(
        "\nattributes:\n",
        "\n  - { id: crm, title: CRM, kind: files, folder: ., columns: { email: email }, attributes: { name: name } }\nattributes:\n",
      )
      .replace("people:\n", "      - { system: crm, file: active.csv }\npeople:\n"),
  );
}
const everyone = `email,name\n${Array.from({ length: 40 }, (_, i) => `person${i + 1}@example.test,Person ${i + 1}`).join("\n")}\n`;

describe("usage errors: 64, nothing on stdout, said on stderr", () => {
  shareOne();
  test.each([
    [["incidents", "INC-x"], "Write it like INC-88"],
    [["trace"], "missing required argument 'incident'"],
    [["plan", "active", "--only", "delete"], "Allowed choices are suppress, remove, add, set"],
    [["approve", "PL-81"], "required option '--confirm <text>' not specified"],
    [["approve", "81x", "--confirm", "PL-81 1"], "Write it like PL-88"],
    [["apply", "everything"], "Write it like PL-88"],
    [["apply", "PL-81", "--excute"], "Did you mean --execute?"],
    [["undo"], "missing required argument 'plan'"],
    [["accept"], "missing required argument 'audience'"],
    [["serve", "--port", "99999"], "A port is a number from 0 to 65535"],
    [["serve", "--port", ""], "A port is a number from 0 to 65535"],
    [["demo", "--size", "10q"], "Use 1k, 10k, 100k, 1m"],
    [["demo", "--size", "3"], "Use 1k, 10k, 100k, 1m"],
    [["demo", "--seed", "lucky"], "A seed is a whole number"],
    [["demo", "--config", "plumbline.yaml"], "unknown option '--config'"],
    [["audit", "now"], "too many arguments"],
  ])("%j", async (words, said) => {
    const { code, out, err } = await world.run(words);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toContain(said);
  });
});

describe("errors: 1, nothing on stdout, what, where and what to do on stderr", () => {
  shareOne();
  test.each([
    [["incidents", "INC-4711"], /^argument: there is no INC-4711 → see/],
    [["trace", "4711"], /^argument: there is no INC-4711 → see/],
    [["plan", "everybody"], /there is no audience “everybody” → use one of do_not_contact, active\n$/],
    [["plan", "PL-4711"], /there is no PL-4711/],
    [["apply", "PL-4711", "--execute"], /there is no PL-4711/],
    [["approve", "PL-4711", "--confirm", "x"], /there is no PL-4711/],
    [["undo", "PL-4711"], /there is no PL-4711/],
    [["accept", "everybody"], /there is no audience “everybody”/],
    [["accept", "active", "--as", "Nobody"], /there is nobody called Nobody in people:/],
    [["report", "--week", "last"], /last/],
    [["report", "--send"], /routes\.mail: it is not set/],
    [["audit", "--config", "other.yaml"], /other\.yaml/],
    [["compare", "a.csv", "b.csv"], /a\.csv/],
  ])("%j", async (words, said) => {
    const { code, out, err } = await world.run(words);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(said);
    expect(err).not.toContain("unexpected");
  });

  it("PORT that is none", async () => {
    const { code, out, err } = await world.run(["serve"], { env: { PORT: "http" } });
    expect({ code, out, err }).toEqual({
      code: 1,
      out: "",
      err: "PORT: “http” is not a port → give a number from 0 to 65535\n",
    });
  });

  it("a database that cannot be reached", async () => {
    const { code, out, err } = await world.run(["incidents"], {
      env: { DATABASE_URL: "postgres://app:secret@127.0.0.1:1/plumbline" },
    });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("127.0.0.1:1/plumbline");
    expect(err).not.toContain("secret");
  });

  it("refused (4) rather than accepted: an audience that was never compared", async () => {
    const { code, out, err } = await world.run(["accept", "active"]);
    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(err).toContain("run `plumbline audit` first");
  });
});

describe("configurations that cannot be used: 1", () => {
  oneEach();
  it("a broken configuration: every problem with its place", async () => {
    await world.configure((yaml) => yaml.replace("owner: warehouse", "onwer: warehouse"));
    const { code, out, err } = await world.run(["audit"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/plumbline\.yaml:\d+:\d+ .*did you mean “owner”/);
    expect((await world.json(["validate"])).value).toMatchObject({ ok: false });
  });

  it("without a configuration and without a demo: says how to get either, and begins neither", async () => {
    const env = { PLUMBLINE_CONFIG: "", PLUMBLINE_DEMO_ADMIN_URL: "postgres://nobody@127.0.0.1:1/none" };
    const { code, out, err } = await world.run(["incidents"], { env });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/use --config or PLUMBLINE_CONFIG, write one with plumbline init, or start the demo/);
    const { rows } = await world.store.query("select key from meta where key like 'demo:%'");
    expect(rows).toEqual([]);
  });
});

describe("what an audit ends with", () => {
  oneEach();
  it("3: one copy was read partially, the others agree; incidents says 3 as well", async () => {
    await addCrm(everyone);
    expect(await world.run(["audit", "--scheduled"])).toMatchObject({ code: 0, err: "" });
    await writeFile(join(world.dir, "active.csv"), `${everyone}"person41@example.test\n`);
    const { code, value } = await world.json(["audit", "--scheduled"]);
    expect(code).toBe(3);
    expect(value).toMatchObject({
      reads: expect.arrayContaining([
        expect.objectContaining({ system: "crm", audience: "active", coverage: "partial" }),
      ]),
    });
    const text = await world.run(["audit", "--scheduled"]);
    expect(text.out).toContain("○ crm active: partial, ");
    expect((value as { unjudged: Record<string, number> }).unjudged).toMatchObject({
      partial: expect.any(Number),
      learning: expect.any(Number),
    });
    expect(text.out).toMatch(/○ could not be judged: \d+ \(.*learning \d+.*\)\n/);
    const incidents = await world.json(["incidents"]);
    expect(incidents.code).toBe((incidents.value as { incidents: unknown[] }).incidents.length > 0 ? 3 : 0);
  });

  it("2 before 3: a finding matters more than a partial reading", async () => {
    await addCrm(`${everyone}"person41@example.test\n`);
    expect(await world.run(["audit", "--scheduled"])).toMatchObject({ code: 3, err: "" });
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = now() - interval '3 days' where email = 'person1@example.test'",
    );
    const { code, value } = await world.json(["audit", "--scheduled"]);
    expect(value).toMatchObject({
      reads: expect.arrayContaining([expect.objectContaining({ coverage: "partial" })]),
    });
    expect(code).toBe(2);
  });

  it("7: the owner cannot be read, so nothing can be compared", async () => {
    const env = { WAREHOUSE: "postgres://reader:wrong@127.0.0.1:1/none" };
    const { code, out } = await world.run(["audit"], { env });
    expect(code).toBe(7);
    expect(out).toContain("Can’t tell: nothing could be compared.");
    expect(out).not.toContain("wrong");
    expect((await world.json(["audit"], { env })).value).toMatchObject({ comparisons: [] });
  });

  it("130: interrupted; it leaves no reading, and the next one is complete", async () => {
    const { code, out, err } = await world.run(["audit", "--scheduled"], { signal: AbortSignal.abort() });
    expect({ code, out }).toEqual({ code: 130, out: "" });
    expect(err).toMatch(/interrupted/i);
    expect((await world.store.query("select 1 from snapshot")).rowCount).toBe(0);
    expect((await world.run(["audit", "--scheduled"])).code).toBe(0);
  });
});

describe("the other commands", () => {
  oneEach();
  it("init: writes, then leaves alone", async () => {
    const { code, value } = await world.json(["init", "new.yaml"]);
    expect({ code, value }).toEqual({
      code: 0,
      value: { written: [join(world.dir, "new.yaml"), join(world.dir, "plumbline.schema.json")] },
    });
    expect((await world.run(["init", "new.yaml"])).code).toBe(1);
  });

  it("validate", async () => {
    expect(await world.json(["validate"])).toMatchObject({
      code: 0,
      err: "",
      value: { ok: true, problems: [] },
    });
    expect(await world.run(["validate", "no-such.yaml"])).toMatchObject({
      code: 1,
      out: expect.stringContaining("no-such.yaml:1:1 no such file"),
    });
  });

  it("doctor: 0 with what it found; 1 when a system cannot be reached, the others are told all the same", async () => {
    const good = await world.json(["doctor"]);
    expect(good.code).toBe(0);
    expect(good.value).toMatchObject({
      items: expect.arrayContaining([{ what: "writer ghost", state: "ok", text: "can write" }]),
    });
    const bad = await world.json(["doctor"], { env: { GHOST_KEY: "" } });
    expect(bad.code).toBe(1);
    expect(bad.value).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ what: "system ghost", state: "error" }),
        expect.objectContaining({ what: "database", state: "ok" }),
      ]),
    });
    expect((await world.run(["doctor"])).out).toMatch(/^✓ database +Postgres \d+/);
  });

  it("migrate: what it applied, and then nothing more", async () => {
    const { code, value } = await world.json(["migrate"]);
    expect({ code, value }).toEqual({ code: 0, value: { applied: [] } });
    expect((await world.run(["migrate"])).out).toBe("The database is up to date.\n");
  });

  it("report: text, JSON and a page; nothing but the result on stdout", async () => {
    await world.run(["audit", "--scheduled"]);
    const text = await world.run(["report"]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toContain("Meadow & Co");
    expect(await world.run(["report", "--html", "report.html"])).toEqual({
      code: 0,
      out: "",
      err: "Wrote report.html\n",
    });
    expect((await world.json(["report"])).value).toMatchObject({ company: "Meadow & Co" });
  });

  it("compare: its own schema too", async () => {
    await writeFile(join(world.dir, "a.csv"), "email,plan\na@example.test,pro\nb@example.test,free\n");
    await writeFile(join(world.dir, "b.csv"), "email,plan\na@example.test,pro\n");
    expect((await world.json(["compare", "a.csv", "b.csv", "--id", "email"])).code).toBe(2);
    expect(
      (await world.json(["compare", "a.csv", "a.csv", "--id", "email"]).catch(() => null))?.code ?? 0,
    ).toBe(0);
  });

  it("serve prints lines that match its schema, and ends with 0 when it is told to stop", async () => {
    const stop = new AbortController();
    const running = world.run(["serve", "--port", "0", "--json"], { signal: stop.signal });
    const read = async () =>
      (await world.store.query("select 1 from run where state = 'done'")).rowCount === 1;
    while (!(await read())) await new Promise((done) => setTimeout(done, 100));
    await new Promise((done) => setTimeout(done, 500));
    stop.abort();
    const { code, out, err } = await running;
    expect({ code, err }).toEqual({ code: 0, err: "Stopping: what runs now ends at its next safe point.\n" });
    const lines = out.trim().split("\n");
    for (const line of lines) await published("serve", line);
    for (const line of lines) await published("demo", line);
    expect(lines.map((l) => (JSON.parse(l) as { event: string }).event)).toEqual(["listening", "verdict"]);
  });

  it("a database that holds the demo company is not used for anything else", async () => {
    await world.run(["migrate"]);
    await world.store.query(
      "insert into meta (key, value) values ('demo:today', '2026-11-23T00:00:00.000Z')",
    );
    const { code, out, err } = await world.run(["audit"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("this database holds the demo company");
  });

  it("works with the data folder in another place, made on the way", async () => {
    await rm(join(world.dir, "data"), { recursive: true });
    expect((await world.run(["audit"], { env: { PLUMBLINE_DATA: "a/b/c" } })).code).toBe(0);
  });
});
