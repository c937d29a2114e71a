import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryIo } from "../../test/memory-io.ts";
import { COMMANDS, outputSchema } from "./commands.ts";
import { runCli } from "./run.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumbline-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function plumbline(line: string, env: Record<string, string> = {}) {
  const io = memoryIo(folder, env);
  const code = await runCli(line === "" ? [] : line.split(" "), io);
  return { code, out: io.out(), err: io.err() };
}

describe("shell", () => {
  test("no argument and --help: the list of all commands on stdout", async () => {
    for (const line of ["", "--help", "help"]) {
      const { code, out, err } = await plumbline(line);
      expect({ line, code, err }).toEqual({ line, code: 0, err: "" });
      for (const name of Object.keys(COMMANDS)) expect(out).toContain(`\n  ${name} `);
    }
  });

  test("--version", async () =>
    expect(await plumbline("--version")).toEqual({ code: 0, out: "0.1.0\n", err: "" }));

  test.each([
    ["valdate", "Did you mean validate?"],
    ["init --exampel", "Did you mean --example?"],
    ["init a b", "too many arguments"],
  ])("usage error %s: 64, on stderr, with a suggestion", async (line, said) => {
    const { code, out, err } = await plumbline(line);
    expect(code).toBe(64);
    expect(out).toBe("");
    expect(err).toContain(said);
  });

  test("help of a command has an example", async () => {
    for (const name of Object.keys(COMMANDS)) {
      const { code, out } = await plumbline(`${name} --help`);
      expect(code).toBe(0);
      expect(out).toMatch(/Example:\n {2}\$ .*plumbline /);
    }
  }, 60_000);
});

describe("init and validate", () => {
  test("what init writes is valid, and never overwritten", async () => {
    expect(await plumbline("init")).toMatchObject({
      code: 0,
      out: `${folder}/plumbline.yaml\n${folder}/plumbline.schema.json\n`,
    });
    expect(await plumbline("validate --no-secrets")).toMatchObject({
      code: 0,
      out: "plumbline.yaml is valid: 2 systems, 1 audience, 2 segments.\n",
      err: "",
    });
    await writeFile(join(folder, "plumbline.yaml"), "mine");
    expect(await plumbline("init")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("left as it is → choose another name or add --force"),
    });
    expect(await readFile(join(folder, "plumbline.yaml"), "utf8")).toBe("mine");
    expect(await plumbline("init --force")).toMatchObject({ code: 0 });
  });

  test("a setting that its check does not have is an error", async () => {
    await plumbline("init");
    const file = join(folder, "plumbline.yaml");
    const yaml = await readFile(file, "utf8");
    await writeFile(file, `${yaml}\nchecks:\n  size_anomaly: { minimum_shore: 0.1, enabled: true }\n`);
    const { code, out } = await plumbline("validate --no-secrets");
    expect(code).toBe(1);
    expect(out).toContain(
      "check size_anomaly has no setting “minimum_shore” → did you mean “minimum_share”?",
    );
  });

  test("missing secrets are errors with a place; present ones are not printed", async () => {
    await plumbline("init");
    expect(await plumbline("validate", { GHOST_KEY: "hunter2" })).toEqual({
      code: 1,
      out: "plumbline.yaml:7:10 the environment variable WAREHOUSE_DSN is not set → set WAREHOUSE_DSN and start again\n",
      err: "1 problem in plumbline.yaml\n",
    });
    const good = await plumbline("validate --json", { GHOST_KEY: "hunter2", WAREHOUSE_DSN: "hunter2" });
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toEqual({ ok: true, file: "plumbline.yaml", problems: [] });
    expect(good.out + good.err).not.toContain("hunter2");
  });

  test("PLUMBLINE_CONFIG is the default; a missing export folder is found", async () => {
    await plumbline("init --example other.yaml");
    const { code, out } = await plumbline("validate --no-secrets", { PLUMBLINE_CONFIG: "other.yaml" });
    expect(code).toBe(1);
    expect(out).toMatch(
      /^other\.yaml:\d+:13 no such folder: .*exports\/crm → create it or correct the path\n$/,
    );
  });
});

test("the published schemas of --json are current (npm run schema)", async () => {
  for (const name of Object.keys(COMMANDS)) {
    const file = new URL(`../../docs/schemas/${name}.json`, import.meta.url);
    const published: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
    expect(published, name).toEqual(await outputSchema(name));
  }
}, 60_000);
