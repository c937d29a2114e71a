import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openSet } from "../../members/member-set.ts";
import { sweepOrphans } from "../../members/sweep.ts";

const child = fileURLToPath(new URL("./writing-child.mjs", import.meta.url));
const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const KILLS = 30;
/** Small ones wait for each other in memory, large ones go to the file as they come. */
const PEOPLE = [2_560, 768_000];

/** Runs the child until it has written one set, kills it a moment later. @returns the last set it told of */
async function writeAndKill(file: string, people: number, first: number, ms: number): Promise<number> {
  const writing = spawn(process.execPath, [child, dist, file, String(people), String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  const exit = once(writing, "exit");
  writing.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  await Promise.race([
    once(writing.stdout, "data"),
    exit.then(() => {
      throw new Error("the child ended by itself");
    }),
  ]);
  await wait(ms);
  writing.kill("SIGKILL");
  await exit;
  return Number(told.trim().split("\n").at(-1));
}

it("whoever is killed while writing leaves the old set or the new one, whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-killed-"));
  try {
    let half = 0;
    let next = 1;
    for (let kill = 0; kill < KILLS; kill++) {
      const file = join(folder, "set.pls");
      const people = PEOPLE[kill % 2] as number;
      const told = await writeAndKill(file, people, next, (kill * 17) % 60);
      const set = await openSet(file);
      const value = set.ordinal as number;
      // the last one told of, or the one after it, whose message came too late
      expect([told, told + 1]).toContain(value);
      expect(set).toMatchObject({ size: people, finest: value % 2 === 0 ? 256 : 512 });
      let rows = 0;
      for (let p = 0; p < set.partitions; p++) {
        const part = await set.load(p);
        rows += part.n;
        expect(part.prints[0]?.every((print) => print === value)).toBe(true);
        expect(part.presence.every((word, w) => word === (w % 2 === 0 ? value : 0))).toBe(true);
      }
      expect(rows).toBe(people);
      await set.close();
      if (readdirSync(folder).some((name) => name.endsWith(".tmp"))) half++;
      await sweepOrphans(folder, new Set(["set.pls"]));
      expect(readdirSync(folder)).toEqual(["set.pls"]);
      next = value + 1;
    }
    // most kills came in the middle of a file
    expect(half).toBeGreaterThan(KILLS / 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
