import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DAYS } from "../../demo/company/time.ts";
import { DemoHost, type StartRequest } from "../../demo/host.ts";
import { ghostCall } from "./ghost-call.ts";

const clock = { now: () => new Date("2027-01-10T09:00:00Z") };
const LISTS = ["active_customers", "trial", "recent_purchasers", "vip", "lapsed_180"];
let folder: string;
let host: DemoHost;
const request = (): StartRequest => ({
  size: 600,
  seed: 1,
  today: "2026-11-24",
  warehouseAdminUrl: inject("embedded").adminUrl,
  folder,
});

async function sql(dsn: string, text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    return (await client.query<{ x: string }>(text)).rows.map((r) => r.x);
  } finally {
    await client.end();
  }
}
const csv = (name: string): string[] => {
  const bytes = readFileSync(join(host.world.crmFolder, name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trimEnd().split("\r\n");
};
const emailsIn = (name: string): Set<string> =>
  new Set(
    csv(name)
      .slice(1)
      .map((l) => (l.split(",")[1] ?? "").toLowerCase()),
  );
const labelled = (label: string): Set<string> =>
  new Set(
    host.world.ghost.control
      .members()
      .filter((m) => m.labels.some((l) => l.name === label))
      .map((m) => m.email),
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-demo-"));
  host = await DemoHost.start(request(), clock);
});
afterAll(async () => {
  await host.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("on a day before anything goes wrong", () => {
  beforeAll(() => host.world.day(30));

  test("all three systems hold the same people, but for a few late changes and the opted-out", async () => {
    const out = emailsIn("do_not_contact.csv");
    for (const list of LISTS) {
      const owner = await sql(
        host.started.env.DEMO_WAREHOUSE_DSN,
        `select email as x from segment_members join customers using (customer_id) where segment = '${list}'`,
      );
      const expected = new Set(owner.filter((e) => !out.has(e)));
      const file = emailsIn(list === "recent_purchasers" ? "recent_purchasers.csv.gz" : `${list}.csv`);
      const title = {
        active_customers: "Active customers",
        trial: "Trial",
        recent_purchasers: "Recent purchasers",
        vip: "VIP",
        lapsed_180: "Lapsed 180 days",
      }[list];
      for (const copy of [file, labelled(title ?? "")]) {
        const differing =
          [...expected].filter((e) => !copy.has(e)).length + [...copy].filter((e) => !expected.has(e)).length;
        expect(differing, list).toBeLessThanOrEqual(Math.max(3, expected.size * 0.02));
        expect([...copy].filter((e) => out.has(e))).toEqual([]);
      }
    }
  });

  test("nobody who opted out can be mailed", () => {
    const out = emailsIn("do_not_contact.csv");
    expect(out.size).toBeGreaterThan(20);
    expect(
      host.world.ghost.control.members().filter((m) => out.has(m.email) && m.newsletters.length > 0),
    ).toEqual([]);
  });

  test("exports carry the time of their day, and the read-only role cannot write", async () => {
    expect(statSync(join(host.world.crmFolder, "vip.csv")).mtime.toISOString()).toBe(
      host.world.days.exported(30).toISOString(),
    );
    await expect(
      sql(host.started.env.DEMO_WAREHOUSE_DSN, "update customers set plan = 'pro' returning 'x' as x"),
    ).rejects.toThrow(/permission denied/);
  });

  test("nothing that the demo does itself is in Ghost's journal", () => {
    expect(host.world.ghost.control.journal()).toEqual([]);
  });
});

test("on the last day the faults are there", async () => {
  for (let n = 50; n <= DAYS; n++) await host.world.day(n);
  const planted = new Map(host.world.planted.map((f) => [f.kind, f]));
  const out = emailsIn("do_not_contact.csv");
  const mailable = host.world.ghost.control
    .members()
    .filter((m) => out.has(m.email) && m.newsletters.length > 0);
  expect(mailable).toHaveLength(planted.get("opted_out_mailable")?.people ?? -1);
  const renamed = planted.get("renamed_field");
  expect(csv(`${renamed?.audience}.csv`)[0]).toMatch(/Plan name|Country name|Given name/);
  const stale = planted.get("stale_copy");
  expect(
    statSync(join(host.world.crmFolder, `${stale?.audience}.csv`)).mtime <
      host.world.days.exported(stale?.from ?? 0),
  ).toBe(true);
  const doubled = csv(`${planted.get("duplicates_by_case")?.audience}.csv`)
    .slice(1)
    .map((l) => l.split(",")[1] ?? "");
  expect(doubled.length - new Set(doubled.map((e) => e.toLowerCase())).size).toBeGreaterThanOrEqual(14);
  expect(() => csv("recent_purchasers.csv.gz")).toThrow(/unexpected end of file/);
});

test("a restart goes on where it was, with what was written to Ghost in between", async () => {
  const { url, control, key } = host.world.ghost;
  const someone = control.members().find((m) => m.newsletters.length > 0 && m.labels.length > 2);
  const put = await ghostCall({ url, key }, "PUT", `/members/${someone?.id}/`, {
    members: [{ newsletters: [] }],
  });
  expect(put.status).toBe(200);
  const [before, config] = [control.members().length, host.started.configYaml];
  await host.close();

  host = await DemoHost.start({ ...request(), resume: true }, clock);
  expect(host.world.today).toBe(DAYS);
  expect(host.started.configYaml).toBe(config);
  expect(host.world.ghost.control.members()).toHaveLength(before);
  expect(host.world.ghost.control.find(someone?.email ?? "")?.newsletters).toEqual([]);
  expect((await host.world.day(DAYS + 1)).toISOString()).toBe("2026-11-25T05:04:00.000Z");
});
