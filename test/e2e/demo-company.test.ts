import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { LIST_TITLES } from "../../demo/company/lists.ts";
import { LISTS } from "../../demo/company/population.ts";
import { DAYS } from "../../demo/company/time.ts";
import { DemoHost, type StartRequest } from "../../demo/host.ts";

const clock = { now: () => new Date("2027-01-10T09:00:00Z") };
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
  const bytes = readFileSync(join(host.world.adsFolder, name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trimEnd().split("\r\n");
};
const emailsIn = (name: string): Set<string> =>
  new Set(
    csv(name)
      .slice(1)
      .map((l) => (l.split(",")[1] ?? "").toLowerCase()),
  );
/** Members of a list by its name, as each simulator itself has them. */
const listed: Record<"hubspot" | "klaviyo", (title: string) => Set<string>> = {
  hubspot: (title) => {
    const { control } = host.world.simulators.hubspot;
    return new Set(
      control.contacts().flatMap((c) => (control.listsOf(c.email).includes(title) ? [c.email] : [])),
    );
  },
  klaviyo: (title) => {
    const { control } = host.world.simulators.klaviyo;
    const id = control.lists().find((l) => l.name === title)?.id ?? "";
    return new Set(
      control
        .profiles()
        .flatMap(({ email }) => (email !== null && control.state(email)?.lists.includes(id) ? [email] : [])),
    );
  },
};
/** Can Klaviyo, or Mailchimp, mail this address now? */
const mailableFrom = (email: string): string[] => {
  const { klaviyo, mailchimp } = host.world.simulators;
  return [
    ...(klaviyo.control.state(email)?.canReceiveEmail ? ["klaviyo"] : []),
    ...(mailchimp.control.find(email)?.status === "subscribed" ? ["mailchimp"] : []),
  ];
};

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

  test("all systems hold the same people, but for a few late changes and the opted-out", async () => {
    const out = emailsIn("do_not_contact.csv");
    for (const list of LISTS) {
      const owner = await sql(
        host.started.env.DEMO_WAREHOUSE_DSN,
        `select email as x from segment_members join customers using (customer_id) where segment = '${list}'`,
      );
      const expected = new Set(owner.filter((e) => !out.has(e)));
      const file = emailsIn(list === "recent_purchasers" ? "recent_purchasers.csv.gz" : `${list}.csv`);
      for (const copy of [file, listed.hubspot(LIST_TITLES[list]), listed.klaviyo(LIST_TITLES[list])]) {
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
    expect([...out].flatMap(mailableFrom)).toEqual([]);
  });

  test("exports carry the time of their day, and the read-only role cannot write", async () => {
    expect(statSync(join(host.world.adsFolder, "vip.csv")).mtime.toISOString()).toBe(
      host.world.days.exported(30).toISOString(),
    );
    await expect(
      sql(host.started.env.DEMO_WAREHOUSE_DSN, "update customers set plan = 'pro' returning 'x' as x"),
    ).rejects.toThrow(/permission denied/);
  });

  test("nothing that the demo does itself is in a journal", () => {
    const { hubspot, klaviyo, mailchimp } = host.world.simulators;
    for (const { control } of [hubspot, klaviyo, mailchimp]) expect(control.journal()).toEqual([]);
    expect(klaviyo.control.sends()).toEqual([]);
  });
});

test("on the last day the faults are there", async () => {
  for (let n = 50; n <= DAYS; n++) await host.world.day(n);
  const planted = new Map(host.world.planted.map((f) => [f.kind, f]));
  const out = emailsIn("do_not_contact.csv");
  const mailable = [...out].flatMap(mailableFrom);
  expect(mailable).toHaveLength(planted.get("opted_out_mailable")?.people ?? -1);
  const renamed = planted.get("renamed_field");
  expect(csv(`${renamed?.audience}.csv`)[0]).toMatch(/Plan name|Country name|Given name/);
  const stale = planted.get("stale_copy");
  expect(
    statSync(join(host.world.adsFolder, `${stale?.audience}.csv`)).mtime <
      host.world.days.exported(stale?.from ?? 0),
  ).toBe(true);
  const doubled = csv(`${planted.get("duplicates_by_case")?.audience}.csv`)
    .slice(1)
    .map((l) => l.split(",")[1] ?? "");
  expect(doubled.length - new Set(doubled.map((e) => e.toLowerCase())).size).toBeGreaterThanOrEqual(14);
  expect(() => csv("recent_purchasers.csv.gz")).toThrow(/unexpected end of file/);
});

test("a restart goes on where it was, with what was written to the systems in between", async () => {
  const { klaviyo, mailchimp } = host.world.simulators;
  const someone = [...listed.klaviyo(LIST_TITLES.vip)][0] ?? "";
  expect(mailableFrom(someone)).toEqual(["klaviyo", "mailchimp"]);
  const post = await fetch(`${klaviyo.url}/api/profile-suppression-bulk-create-jobs`, {
    method: "POST",
    headers: {
      authorization: `Klaviyo-API-Key ${klaviyo.key}`,
      revision: "2026-07-15",
      "content-type": "application/vnd.api+json",
    },
    body: JSON.stringify({
      data: {
        type: "profile-suppression-bulk-create-job",
        attributes: { profiles: { data: [{ type: "profile", attributes: { email: someone } }] } },
      },
    }),
  });
  expect(post.status).toBe(202);
  await expect.poll(() => mailableFrom(someone), { timeout: 10_000 }).toEqual(["mailchimp"]);
  const [before, config] = [mailchimp.control.count(), host.started.configYaml];
  await host.close();

  host = await DemoHost.start({ ...request(), resume: true }, clock);
  expect(host.world.today).toBe(DAYS);
  expect(host.started.configYaml).toBe(config);
  expect(host.world.simulators.mailchimp.control.count()).toBe(before);
  expect(mailableFrom(someone)).toEqual(["mailchimp"]);
  expect((await host.world.day(DAYS + 1)).toISOString()).toBe("2026-11-25T05:04:00.000Z");
});
