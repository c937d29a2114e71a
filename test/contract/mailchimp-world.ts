import { mailchimpCollector } from "../../collectors/mailchimp.ts";
import type { MailchimpSystem, SecretRef } from "../../core/config.ts";
import { audienceId, type ReadTarget, type SegmentSource, systemId } from "../../core/model.ts";
import { type MailchimpSim, startMailchimpSim } from "../../demo/mailchimp/server.ts";
import { mailchimpWriter } from "../../sync/writers/mailchimp.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS, type WorldFault } from "./faults.ts";
import { simFaults } from "./sim-faults.ts";
import type { WriterWorld } from "./writer.ts";

export const LIST = "a36b000001";
export const WRONG_KEY = `${"0".repeat(32)}-us3`;
/** Waits are cut short, not skipped: what is asked for is still seen by the test of the HTTP client. */
export const quick = { random: () => 0.5, sleep: async () => undefined, http: { timeoutMs: 2000 } };

export const mailchimpSystem = (url: string, more: Partial<MailchimpSystem> = {}): MailchimpSystem => ({
  id: systemId("mailchimp"),
  title: "Mailchimp",
  kind: "mailchimp",
  sends: true,
  url,
  limitShare: 0.3,
  privateNetwork: false,
  list: LIST,
  key: "key" as SecretRef,
  writeKey: "key" as SecretRef,
  attributes: { name: "FNAME" },
  ...more,
});
export const target = (source: SegmentSource): ReadTarget => ({
  kind: "segment",
  audience: audienceId("active"),
  source,
});
export const collectorFor = (sim: MailchimpSim, more: Partial<MailchimpSystem> = {}, key = sim.key) =>
  mailchimpCollector(mailchimpSystem(sim.url, more), { secret: () => key, ...quick });

export async function mailchimpCollectorWorld(): Promise<CollectorWorld> {
  const sim = await startMailchimpSim({ port: 0 });
  const id = sim.control.addSegment("Active");
  const path = `/lists/${LIST}/segments/${id}/members`;
  return {
    pageSize: 1000,
    target: target({ tag: "Active" }),
    collector: collectorFor(sim),
    wrongCredentials: collectorFor(sim, {}, WRONG_KEY),
    caseSensitive: false,
    async seed(people) {
      sim.control.clear();
      sim.control.load([{ email: "somebody.else@example.test", tags: ["Other"] }]);
      sim.control.load(
        people.map((p) => ({
          email: p.email,
          tags: ["Active"],
          ...(p.name == null ? {} : { merge: { FNAME: p.name } }),
        })),
      );
    },
    // it pages by offset: there is no cursor to repeat
    faults: new Set<WorldFault>(ALL_FAULTS.filter((f) => f !== "repeat_cursor")),
    async fault(kind, after) {
      sim.control.clearFaults();
      sim.control.fault(...simFaults(kind, path, after, "FNAME"));
    },
    attribute: { name: "name", field: "FNAME" },
    patient: {
      collector: mailchimpCollector(mailchimpSystem(sim.url), { secret: () => sim.key }),
      requestTimes: () => sim.control.requests().map((r) => r.atMs),
    },
    verbs: () => sim.control.requests().map((r) => r.method),
    close: () => sim.close(),
  };
}

export async function mailchimpWriterWorld(): Promise<WriterWorld> {
  const sim = await startMailchimpSim({ port: 0 });
  sim.control.addSegment("Active");
  const config = mailchimpSystem(sim.url, { attributes: { name: "FNAME", marketing_consent: "LNAME" } });
  return {
    writer: mailchimpWriter(config, { secret: () => sim.key, ...quick }),
    system: config.id,
    source: { tag: "Active" },
    attribute: "name",
    consentAttribute: "marketing_consent",
    async seed(people) {
      sim.control.load([{ email: "keeps.tags@example.test", tags: ["Active", "Other"] }]);
      sim.control.load(
        people.map((p) => ({
          email: p.email,
          status: p.subscribed ? "subscribed" : "unsubscribed",
          tags: [...(p.inSegment ? ["Active"] : []), ...(p.other ? ["Other"] : [])],
          ...(p.value == null ? {} : { merge: { FNAME: p.value } }),
        })),
      );
    },
    async truth(email) {
      const m = sim.control.find(email);
      if (m === undefined) return null;
      const name = m.merge.FNAME ?? "";
      return {
        inSegment: m.tags.includes("Active"),
        other: m.tags.includes("Other"),
        mailable: m.status === "subscribed",
        value: name === "" ? null : String(name),
      };
    },
    async loseAnswer() {
      sim.control.fault({ kind: "reset_after", method: "POST", path: `/lists/${LIST}/members/` });
      return "set";
    },
    close: () => sim.close(),
  };
}
