import { klaviyoCollector } from "../../collectors/klaviyo.ts";
import type { KlaviyoSystem } from "../../core/config.ts";
import { audienceId, type ReadTarget, type SegmentSource, systemId } from "../../core/model.ts";
import { startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS } from "./faults.ts";
import { quick, ref } from "./ghost-world.ts";
import { simFaults } from "./sim-faults.ts";
import type { WriterWorld } from "./writer.ts";

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

export async function klaviyoSimWriterWorld(): Promise<WriterWorld> {
  const sim = await startKlaviyoSim({ port: 0, jobMs: 0 });
  sim.control.setLimits(false);
  const [active, other] = [sim.control.addList("Active"), sim.control.addList("Other")];
  const config = klaviyoSystem(sim.url, {
    attributes: { plan: "properties.plan", marketing_consent: "properties.marketing_consent" },
  });
  return {
    writer: klaviyoWriter(config, { secret: () => sim.key, ...quick }),
    system: config.id,
    source: { list: "Active" },
    attribute: "plan",
    consentAttribute: "marketing_consent",
    async seed(people) {
      sim.control.load(
        people.map((p) => ({
          email: p.email,
          consent: p.subscribed ? ("SUBSCRIBED" as const) : ("UNSUBSCRIBED" as const),
          lists: [...(p.inSegment ? [active.id] : []), ...(p.other ? [other.id] : [])],
          properties: p.value == null ? {} : { plan: p.value },
        })),
      );
    },
    async truth(email) {
      const state = sim.control.state(email);
      if (state === null) return null;
      const { plan } = state.properties;
      return {
        inSegment: state.lists.includes(active.id),
        other: state.lists.includes(other.id),
        mailable: state.canReceiveEmail,
        value: typeof plan === "string" ? plan : null,
      };
    },
    async loseAnswer() {
      sim.control.fault({ kind: "reset_after", method: "DELETE", path: `/lists/${active.id}` });
      return "set";
    },
    close: () => sim.close(),
  };
}
