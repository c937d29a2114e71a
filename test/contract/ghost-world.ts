import { ghostCollector } from "../../collectors/ghost.ts";
import type { GhostSystem, SecretRef } from "../../core/config.ts";
import { audienceId, type ReadTarget, systemId } from "../../core/model.ts";
import { startGhostSim } from "../../demo/ghost/server.ts";
import { ghostWriter } from "../../sync/writers/ghost.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS, type WorldFault } from "./faults.ts";
import { simFaults } from "./sim-faults.ts";
import type { WriterWorld } from "./writer.ts";

export const ref = (s: string): SecretRef => s as SecretRef;
export const WRONG_KEY = `${"0".repeat(23)}1:${"ab".repeat(32)}`;
/** Waits are cut short, not skipped: what is asked for is still seen by the test of the HTTP client. */
export const quick = { random: () => 0.5, sleep: async () => undefined, http: { timeoutMs: 2000 } };

export const ghostSystem = (url: string, more: Partial<GhostSystem> = {}): GhostSystem => ({
  id: systemId("ghost"),
  title: "Ghost",
  kind: "ghost",
  limitShare: 1,
  privateNetwork: false,
  sends: true,
  url,
  key: ref("key"),
  writeKey: ref("key"),
  attributes: { name: "name", note: "note", plan: "label:plan-*", vip: "label:vip" },
  ...more,
});
export const labelTarget = (label: string): ReadTarget => ({
  kind: "segment",
  audience: audienceId("active"),
  source: { label },
});

export async function ghostSimWorld(): Promise<CollectorWorld> {
  const sim = await startGhostSim({ port: 0 });
  const config = ghostSystem(sim.url);
  return {
    pageSize: 100,
    target: labelTarget("Active"),
    collector: ghostCollector(config, { secret: () => sim.key, ...quick }),
    wrongCredentials: ghostCollector(config, { secret: () => WRONG_KEY, ...quick }),
    async seed(people) {
      sim.control.clear();
      // the label stays when nobody has it
      sim.control.load([
        { email: "somebody.else@example.test", labels: [people.length === 0 ? "Active" : "Other"] },
      ]);
      if (people.length === 0) sim.control.unload(["somebody.else@example.test"]);
      sim.control.load(people.map((p) => ({ email: p.email, name: p.name ?? null, labels: ["Active"] })));
    },
    // it repeats by page number, and has no cursor: we use neither; collectors/ghost.test.ts has those cases
    faults: new Set<WorldFault>(
      ALL_FAULTS.filter((f) => f !== "repeated_page" && f !== "repeat_cursor" && f !== "empty_list"),
    ),
    async fault(kind, after) {
      sim.control.clearFaults();
      sim.control.fault(...simFaults(kind, "/members/", after));
    },
    patient: {
      collector: ghostCollector(config, { secret: () => sim.key }),
      requestTimes: () => sim.control.requests().map((r) => r.atMs),
    },
    verbs: () => sim.control.requests().map((r) => r.method),
    close: () => sim.close(),
  };
}

export async function ghostSimWriterWorld(): Promise<WriterWorld> {
  const sim = await startGhostSim({ port: 0 });
  const config = ghostSystem(sim.url, { attributes: { name: "name", marketing_consent: "note" } });
  return {
    writer: ghostWriter(config, { secret: () => sim.key, ...quick }),
    system: config.id,
    source: { label: "Active" },
    attribute: "name",
    consentAttribute: "marketing_consent",
    async seed(people) {
      sim.control.load([{ email: "keeps.labels@example.test", labels: ["Active", "Other"] }]);
      sim.control.load(
        people.map((p) => ({
          email: p.email,
          name: p.value ?? null,
          labels: [...(p.inSegment ? ["Active"] : []), ...(p.other ? ["Other"] : [])],
          newsletters: p.subscribed ? ["default-newsletter"] : [],
        })),
      );
    },
    async truth(email) {
      const m = sim.control.find(email);
      if (m === undefined) return null;
      const has = (label: string) => m.labels.some((l) => l.name === label);
      return {
        inSegment: has("Active"),
        other: has("Other"),
        mailable: m.newsletters.length > 0 && !m.emailDisabled,
        value: m.name,
      };
    },
    async loseAnswer() {
      sim.control.fault({ kind: "reset_after", method: "PUT", path: "/members/" });
      return "set";
    },
    close: () => sim.close(),
  };
}
