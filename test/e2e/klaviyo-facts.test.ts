import { afterEach, expect, it } from "vitest";
import type { AudienceDetail, SystemList } from "../../app/api/contract.ts";
import { buildServer } from "../../app/api/server.ts";
import { type KlaviyoSim, startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { auditDaily, makeWorld, type SimWorld, testClock } from "./world.ts";

let world: SimWorld;
let sim: KlaviyoSim;
afterEach(async () => {
  await world.close();
  await sim.close();
});

const rule = (...plans: string[]) => ({
  condition_groups: plans.map((plan) => ({
    conditions: [{ type: "profile-property", property: "plan", filter: { value: plan } }],
  })),
});

it("what Klaviyo tells arrives on the pages, through its own connector and simulator", async () => {
  const start = "2026-11-02T06:00:00Z";
  const clock = testClock(start);
  sim = await startKlaviyoSim({ port: 0, clock });
  sim.control.setLimits(false);
  const emails = Array.from({ length: 60 }, (_, i) => `person${i + 1}@example.test`);
  sim.control.load(emails.map((email) => ({ email, consent: "SUBSCRIBED" as const })));
  const segment = sim.control.addSegment("Active customers", rule("pro"), emails);
  const seen = sim.control.addList("Has seen it");
  sim.control.addFlow({ name: "Welcome series", trigger: { type: "list", id: seen.id } });
  sim.control.addCampaign({
    name: "Autumn drop",
    included: [seen.id],
    excluded: [segment.id],
    sendTime: "2026-11-09T09:00:00Z",
  });
  world = await makeWorld({
    people: 60,
    start,
    env: { KLAVIYO_KEY: sim.key },
    yaml: (text) =>
      text
        .replace(/people:[\s\S]*$/, "")
        .replace(
          "attributes:\n  - name: name",
          `  - { id: klaviyo, title: Klaviyo, kind: klaviyo, url: "${sim.url}", key: "\${env:KLAVIYO_KEY}", limit_share: 1 }\nattributes:\n  - name: name`,
        )
        .replace(
          "label: Active",
          "label: Active\n      - system: klaviyo\n        segment: Active customers",
        ),
  });
  const audit = async () => {
    await auditDaily(world, 1);
    clock.set(world.clock.now());
  };
  await audit();
  const changedAt = world.clock.now().getTime() + 3_600_000;
  Object.assign(segment, { definition: rule("pro", "club"), updatedAt: changedAt });
  await audit();

  const api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
  const get = async <T>(url: string): Promise<T> =>
    (await api.inject({ url: `/api/v1${url}`, headers: { host: "127.0.0.1:4780" } })).json<T>();
  const page = await get<AudienceDetail>("/audiences/active");
  const { systems } = await get<SystemList>("/systems");
  await api.close();

  const copy = page.systems.find((s) => s.id === "klaviyo");
  expect(copy?.rule?.name).toBe("Active customers");
  expect(copy?.rule?.versions.map((v) => v.changedAt)).toEqual([
    new Date(changedAt).toISOString(),
    expect.any(String),
  ]);
  expect(copy?.rule?.versions[0]?.diff.some((l) => l.kind === "added" && l.text.includes("club"))).toBe(true);
  expect(page.campaigns).toEqual([
    {
      system: "klaviyo",
      systemTitle: "Klaviyo",
      name: "Autumn drop",
      state: "scheduled",
      at: "2026-11-09T09:00:00.000Z",
      role: "left_out",
    },
  ]);
  expect(page.nextSend).toMatchObject({ name: "Autumn drop", system: "klaviyo" });
  const klaviyo = systems.find((s) => s.id === "klaviyo");
  expect(klaviyo?.capabilities?.consentScope).not.toBeNull();
  expect(klaviyo?.facts?.notes).toContainEqual(expect.stringMatching(/^changes: /));
  expect(klaviyo?.facts?.liveAutomations).toEqual(expect.any(Number));
});
