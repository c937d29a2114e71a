import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSchedule, type Job, type Schedule, type ScheduleOptions } from "../../app/schedule.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import { asAdmin, SERVERS, type TestDatabase, testDatabase } from "../setup/database.ts";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));
const silent: Log = { info: () => undefined, warn: () => undefined };

describe.each(SERVERS)("the schedule on %s", (server) => {
  let made: TestDatabase;
  let now: Date;
  let ran: string[];
  const schedules: Schedule[] = [];
  beforeEach(async () => {
    made = await testDatabase(server);
    now = new Date("2026-11-23T05:00:00Z");
    ran = [];
  });
  afterEach(async () => {
    await Promise.all(schedules.splice(0).map((s) => s.stop()));
    await made.drop();
  });

  const daily = (run: Job["run"] = async (fire) => void ran.push(fire), over: Partial<Job> = {}): Job => ({
    name: "audit",
    cron: "0 6 * * *",
    timezone: "UTC",
    run,
    ...over,
  });
  function schedule(jobs: readonly Job[], over: Partial<ScheduleOptions> = {}): Schedule {
    const created = createSchedule({
      db: made.db,
      clock: { now: () => now },
      log: silent,
      jobs,
      holder: `p${schedules.length}`,
      ...over,
    });
    schedules.push(created);
    return created;
  }
  const at = (time: string) => {
    now = new Date(`2026-11-${time}Z`);
  };
  const rows = async () =>
    (await made.db.query("select fire_time as fire, state, attempts, error from job_run order by fire_time"))
      .rows;

  test("runs what fires, once, and nothing from before it was known", async () => {
    const one = schedule([daily()]);
    await one.tick();
    expect(await rows()).toEqual([]);
    at("23T06:00:30");
    await one.tick();
    await one.tick();
    expect(ran).toEqual(["2026-11-23T06:00:00.000Z"]);
    expect(await rows()).toEqual([
      { fire: "2026-11-23T06:00:00.000Z", state: "done", attempts: 1, error: null },
    ]);
  });

  test("after downtime the last missed fire is caught up, not all of them", async () => {
    await schedule([daily()]).tick();
    at("26T12:00:00");
    await schedule([daily()]).tick();
    expect(ran).toEqual(["2026-11-26T06:00:00.000Z"]);
  });

  test("two processes neither lose nor double a run", async () => {
    const jobs = ["a", "b", "c"].map((name) =>
      daily(
        async (fire) => {
          ran.push(`${name} ${fire}`);
          await sleep(20);
        },
        { name },
      ),
    );
    const both = [schedule(jobs), schedule(jobs)];
    await Promise.all(both.map((s) => s.tick()));
    for (const day of [23, 24, 25, 26]) {
      at(`${day}T06:00:00`);
      await Promise.all(both.flatMap((s) => [s.tick(), s.tick()]));
    }
    expect(ran).toHaveLength(12);
    expect(new Set(ran).size).toBe(12);
  });

  test("a job never overlaps itself, in two processes either", async () => {
    let inside = 0;
    let most = 0;
    const job = daily(
      async (fire) => {
        most = Math.max(most, ++inside);
        await sleep(100);
        inside--;
        ran.push(fire);
      },
      { cron: "* * * * *" },
    );
    const both = [schedule([job]), schedule([job])];
    await Promise.all(both.map((s) => s.tick()));
    at("23T06:00:00");
    const first = both[0]!.tick();
    await sleep(30);
    at("23T06:01:00");
    await both[1]!.tick();
    await first;
    await Promise.all(both.map((s) => s.tick()));
    expect(most).toBe(1);
    expect(ran).toEqual(["2026-11-23T06:00:00.000Z", "2026-11-23T06:01:00.000Z"]);
  });

  test("a failure is tried again after a pause, then given up; its words are kept", async () => {
    const failing = daily(async (fire) => {
      ran.push(fire);
      throw new AuditorError("transient", "ghost", "it cannot be reached", "try again");
    });
    const one = schedule([failing], { maxAttempts: 2, retrySeconds: 0.3 });
    await one.tick();
    at("23T06:00:00");
    await one.tick();
    await one.tick();
    expect(await rows()).toMatchObject([
      { state: "waiting", attempts: 1, error: "ghost: it cannot be reached → try again" },
    ]);
    await sleep(350);
    await one.tick();
    expect(await rows()).toMatchObject([{ state: "failed", attempts: 2 }]);
    await sleep(350);
    await one.tick();
    expect(ran).toHaveLength(2);
  });

  test("an error that is not ours leaves no words behind", async () => {
    const one = schedule([
      daily(async () => {
        throw new Error("canary@example.com");
      }),
    ]);
    await one.tick();
    at("23T06:00:00");
    await one.tick();
    expect(await rows()).toMatchObject([{ state: "waiting", error: "internal error" }]);
  });

  test("stopping waits for what runs; what it interrupted runs again at the next start", async () => {
    const one = schedule([
      daily(async (fire, signal) => {
        ran.push(`began ${fire}`);
        await once(signal, "abort");
        await sleep(50);
        ran.push("ended");
        throw new AuditorError("interrupted", "audit", "it was stopped", "run it again");
      }),
    ]);
    await one.tick();
    at("23T06:00:00");
    const tick = one.tick();
    while (ran.length === 0) await sleep(5);
    await one.stop();
    await tick;
    expect(ran).toEqual(["began 2026-11-23T06:00:00.000Z", "ended"]);
    expect(await rows()).toMatchObject([{ state: "waiting", attempts: 0 }]);
    await schedule([daily()]).tick();
    expect(ran.at(-1)).toBe("2026-11-23T06:00:00.000Z");
    expect(await rows()).toMatchObject([{ state: "done", attempts: 1 }]);
  });

  test("who loses the lease is told to stop, and its end does not count", async () => {
    const one = schedule(
      [
        daily(async (_, signal) => {
          await once(signal, "abort");
          ran.push("told");
        }),
      ],
      { leaseSeconds: 0.6 },
    );
    await one.tick();
    at("23T06:00:00");
    const tick = one.tick();
    await sleep(100);
    await asAdmin(
      databaseAdmin(),
      "update job_run set holder = 'another', attempts = 9, lease_until = 'infinity'",
    );
    await tick;
    expect(ran).toEqual(["told"]);
    expect(await rows()).toMatchObject([{ state: "running", attempts: 9 }]);
  });

  test("kill -9 in the middle: another process runs it again after the lease ran out", async () => {
    await schedule([daily()]).tick(); // the job is known since 05:00
    const child = spawn(process.execPath, [CHILD, made.url, "audit", "2026-11-23T06:00:00Z"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("2026-11-23T06:00:00.000Z");
    at("23T06:00:10");
    const one = schedule([daily()]);
    await one.tick();
    await sleep(1_500); // longer than its lease: it lives and renews it
    await one.tick();
    expect(ran).toEqual([]);
    child.kill("SIGKILL");
    await once(child, "exit");
    await one.tick();
    expect(ran).toEqual([]);
    await sleep(1_100);
    await one.tick();
    expect(ran).toEqual(["2026-11-23T06:00:00.000Z"]);
    expect(await rows()).toMatchObject([{ state: "done", attempts: 2 }]);
  });

  test("one that kills its process every time is given up", async () => {
    await made.db.query(
      "insert into job_run values ('audit', '2026-11-23T06:00:00Z', 'running', 'dead', now() - interval '1 s', 3)",
    );
    await schedule([daily()]).tick();
    expect(ran).toEqual([]);
    expect(await rows()).toMatchObject([{ state: "failed", error: "its process ended before it did" }]);
  });

  test("the poll finds what node-cron did not fire", async () => {
    now = new Date();
    const clock = { now: () => new Date() };
    const every = daily(undefined, { cron: "* * * * *" });
    const one = schedule([every], { clock, pollMs: 50 });
    await one.start();
    // Due since a minute ago: the poll finds it without waiting for the next full minute.
    await made.db.query("update meta set value = '2026-01-01T00:00:00Z' where key like 'schedule:%'");
    while (ran.length === 0) await sleep(50);
    expect(Date.now() - Date.parse(ran[0]!)).toBeLessThan(61_000);
  });

  test("the database going away for a while only pauses it", async () => {
    const warned: string[] = [];
    const one = schedule([daily()], { log: { ...silent, warn: (event) => void warned.push(event) } });
    await one.tick();
    await made.asOwner("alter table job_run rename to gone");
    at("23T06:00:00");
    await one.tick();
    expect(warned).toEqual(["schedule.paused"]);
    await made.asOwner("alter table gone rename to job_run");
    await one.tick();
    expect(ran).toEqual(["2026-11-23T06:00:00.000Z"]);
  });

  test("what cannot be scheduled is told at once", () => {
    expect(() => schedule([daily(undefined, { cron: "every day" })])).toThrow(
      /job audit: “every day” is not a cron expression → write five fields/,
    );
    expect(() => schedule([daily(), daily()])).toThrow(/two jobs have the same name/);
  });

  function databaseAdmin(): string {
    const url = new URL(made.adminUrl);
    url.pathname = new URL(made.url).pathname;
    return url.href;
  }
});
