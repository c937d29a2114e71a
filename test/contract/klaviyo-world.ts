import { klaviyoCollector } from "../../collectors/klaviyo.ts";
import type { KlaviyoSystem } from "../../core/config.ts";
import { audienceId, type ReadTarget, type SegmentSource, systemId } from "../../core/model.ts";
import { startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS } from "./faults.ts";
import { quick, ref } from "./ghost-world.ts";
import { simFaults } from "./sim-faults.ts";

export const WRONG_KEY = "pk_ffffffffffffffffffffffffffffffffff";

export const klaviyoSystem = (url: string, more: Partial<KlaviyoSystem> = {}): KlaviyoSystem => ({
  id: systemId("klaviyo"),
  title: "Klaviyo",
  kind: "klaviyo",
  limitShare: 1,
  privateNetwork: false,
  sends: true,
  url,
  key: ref("key"),
  writeKey: ref("key"),
  attributes: { name: "first_name", plan: "properties.plan" },
  ...more,
});
export const segmentTarget = (source: SegmentSource): ReadTarget => ({
  kind: "segment",
  audience: audienceId("active"),
  source,
});

export async function klaviyoSimWorld(): Promise<CollectorWorld> {
  const sim = await startKlaviyoSim({ port: 0 });
  sim.control.setLimits(false);
  const active = sim.control.addList("Active");
  const config = klaviyoSystem(sim.url);
  const reader = (key: string, more: object) => klaviyoCollector(config, { secret: () => key, ...more });
  return {
    pageSize: 100,
    target: segmentTarget({ list: "Active" }),
    collector: reader(sim.key, quick),
    wrongCredentials: reader(WRONG_KEY, quick),
    async seed(people) {
      sim.control.clear();
      sim.control.load([{ email: "somebody.else@example.test", lists: ["Other"] }]);
      sim.control.load(
        people.map((p) => ({ email: p.email, names: { first_name: p.name ?? null }, lists: [active.id] })),
      );
    },
    // Klaviyo itself makes one profile of two spellings of an address
    caseSensitive: false,
    attribute: { name: "name", field: "first_name" },
    faults: new Set(ALL_FAULTS),
    async fault(kind, after) {
      sim.control.clearFaults();
      sim.control.fault(...simFaults(kind, `/lists/${active.id}/profiles`, after, "first_name"));
    },
    patient: {
      collector: reader(sim.key, {}),
      requestTimes: () => sim.control.requests().map((r) => r.atMs),
    },
    verbs: () => sim.control.requests().map((r) => r.method),
    close: () => sim.close(),
  };
}
