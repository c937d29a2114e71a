import { expect, test } from "vitest";
import { klaviyoCollector } from "../../collectors/klaviyo.ts";
import type { ReadTarget } from "../../core/model.ts";
import type { Op } from "../../core/repair.ts";
import { startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import { conformance } from "../gate/watch-fetch.ts";
import { notRun } from "../setup/material.ts";
import { contextFor, readAll } from "./collector.ts";
import { quick } from "./ghost-world.ts";
import { klaviyoSystem, segmentTarget } from "./klaviyo-world.ts";
import { changeFor } from "./writer.ts";

test("everything that passes between our Klaviyo connector and the simulator conforms, both ways", {
  timeout: 60_000,
}, async () => {
  const sim = await startKlaviyoSim({ port: 0, jobMs: 0 });
  sim.control.setLimits(false);
  const active = sim.control.addList("Active").id;
  const other = sim.control.addList("Other").id;
  const definition = {
    condition_groups: [
      {
        conditions: [
          { type: "profile-group-membership", is_member: true, group_ids: [other], timeframe_filter: null },
        ],
      },
    ],
  };
  sim.control.load(
    Array.from({ length: 130 }, (_, i) => ({
      email: `p${i}@example.test`,
      phone: i === 0 ? "+4915112345678" : null,
      names: { first_name: `N${i}` },
      properties: { plan: i % 2 === 0 ? "pro" : "free" },
      consent: (["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"] as const)[i % 3] ?? "SUBSCRIBED",
      lists: i < 120 ? [active] : [other],
    })),
  );
  const segment = sim.control.addSegment("Lapsed", definition, ["p1@example.test", "p2@example.test"]);
  sim.control.addCampaign({
    name: "March",
    included: [active],
    excluded: [segment.id],
    sendTime: "2030-01-01T00:00:00Z",
  });
  sim.control.addFlow({ name: "Welcome", trigger: { type: "list", id: active }, status: "live" });
  const config = klaviyoSystem(sim.url, {
    attributes: { plan: "properties.plan", name: "first_name", score: "properties.score" },
  });
  const deps = { secret: () => sim.key, ...quick };
  const targets: ReadTarget[] = [
    { kind: "base" },
    ...[
      { list: "Active" },
      { segment: "Lapsed" },
      { suppressed: true },
      { all: true },
      { subscribed: true },
      { list: "Gone" },
    ].map((s) => segmentTarget(s as Parameters<typeof segmentTarget>[0])),
  ];
  const result = await conformance("klaviyo", async () => {
    const collector = klaviyoCollector(config, deps);
    const writer = klaviyoWriter(config, deps);
    for (const some of [targets, ...targets.map((t) => [t])]) await readAll(collector, some);
    await collector.facts?.(targets, contextFor());
    await collector.warnings(contextFor());
    await writer.probe(contextFor());
    await writer.automations({ list: "Active" }, contextFor());
    const change = (op: Op, i: number, more = {}) =>
      changeFor({ system: config.id }, op, `p${i}@example.test`, more);
    const changes = [
      change("suppress", 3),
      change("remove", 4),
      change("add", 125),
      change("set", 6, { attribute: "plan", value: "team" }),
      change("set", 7, { attribute: "name", value: null }),
      change("add", 999),
    ];
    for (const batch of writer.batches(changes)) await writer.apply(batch, { list: "Active" }, contextFor());
    const people = changes.map((c) => ({ person: c.person, identifiers: c.identifiers }));
    await writer.readBack(people, { list: "Active" }, contextFor());
  });
  await sim.close();
  if (result === null) return notRun("connectors/specs");
  expect(result.violations).toEqual([]);
  expect(result.operations).toEqual(
    expect.arrayContaining([
      "DELETE /api/lists/{id}/relationships/profiles",
      "GET /api/campaigns",
      "GET /api/profiles",
      "POST /api/lists/{id}/relationships/profiles",
      "POST /api/profile-suppression-bulk-create-jobs",
    ]),
  );
});
