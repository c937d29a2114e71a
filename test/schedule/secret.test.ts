import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { checkSecret, loadSecret } from "../../app/secret.ts";
import { testDatabase } from "../setup/database.ts";

describe("the secret", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "plumbline-secret-"));
    onTestFinished(() => rm(dataDir, { recursive: true }));
  });

  test("is made once, 0600, by however many starters, and is the same text in the environment", async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => loadSecret({ dataDir, env: {} })));
    expect(new Set(made.map((s) => Buffer.from(s).toString("hex"))).size).toBe(1);
    expect((await stat(join(dataDir, "secret"))).mode & 0o777).toBe(0o600);
    const text = await readFile(join(dataDir, "secret"), "utf8");
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await loadSecret({ dataDir: "/nowhere", env: { PLUMBLINE_SECRET: text } })).toEqual(made[0]);
  });

  test("that is short or readable by others is refused, and never shown", async () => {
    await expect(loadSecret({ dataDir, env: { PLUMBLINE_SECRET: "hunter2-canary" } })).rejects.toThrow(
      /^PLUMBLINE_SECRET: the secret has 14 characters → give it at least 32/,
    );
    await expect(loadSecret({ dataDir, env: { PLUMBLINE_SECRET: "" } })).rejects.toMatchObject({
      kind: "config",
    });
    await writeFile(join(dataDir, "secret"), "x".repeat(64));
    await chmod(join(dataDir, "secret"), 0o644);
    await expect(loadSecret({ dataDir, env: {} })).rejects.toThrow(
      /may be read by other accounts → run chmod 600/,
    );
  });

  test("of another database refuses to start", async () => {
    const { db, drop } = await testDatabase();
    onTestFinished(drop);
    await checkSecret(db, "0123456789abcdef");
    await checkSecret(db, "0123456789abcdef");
    await expect(checkSecret(db, "fedcba9876543210")).rejects.toThrow(
      /it was made with another secret → restore PLUMBLINE_SECRET/,
    );
  });
});
