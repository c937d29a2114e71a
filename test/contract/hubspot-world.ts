import { hubspotCollector } from "../../collectors/hubspot.ts";
import type { HubspotSystem, SecretRef } from "../../core/config.ts";
import { audienceId, type ReadTarget, type SegmentSource, systemId } from "../../core/model.ts";
import { type HubspotSim, startHubspotSim } from "../../demo/hubspot/server.ts";
import { hubspotWriter } from "../../sync/writers/hubspot.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS, type WorldFault } from "./faults.ts";
import { simFaults } from "./sim-faults.ts";
import type { WriterWorld } from "./writer.ts";

export const NEWSLETTER = 11;
export const OFFERS = 12;
export const WRONG_TOKEN = "pat-eu1-00000000-0000-0000-0000-000000000000";
export const quick = { random: () => 0.5, sleep: async () => undefined, http: { timeoutMs: 2000 } };
const UNLIMITED = { perTenSeconds: null, perDay: null, searchPerSecond: null };

export const hubspotSystem = (url: string, more: Partial<HubspotSystem> = {}): HubspotSystem => ({
  id: systemId("hubspot"),
  title: "HubSpot",
  kind: "hubspot",
  limitShare: 1,
  privateNetwork: false,
  sends: true,
  url,
  token: "token" as SecretRef,
  writeToken: "write" as SecretRef,
  subscription: "Newsletter",
  attributes: { name: "firstname", city: "city" },
  ...more,
});
export const segment = (source: SegmentSource): ReadTarget => ({
  kind: "segment",
  audience: audienceId("active"),
  source,
});

export async function hubspotSim(): Promise<HubspotSim> {
  const sim = await startHubspotSim({ port: 0, settings: { limits: UNLIMITED } });
  sim.control.addSubscription(NEWSLETTER, "Newsletter");
  sim.control.addSubscription(OFFERS, "Offers");
  return sim;
}

/** POSTs that reach the simulator and do not only read, as `POST path`; reading never makes one. */
const READING = /\/(?:search|batch\/read|access-token-info)$/;
const verb = (r: { readonly method: string; readonly path: string }): string =>
  r.method !== "POST" || READING.test(r.path.split("?")[0] ?? "") ? r.method : `POST ${r.path}`;

/** Read by list: memberships 250 a page, then contacts by id. Or everybody: contacts 100 a page. */
export const hubspotSimWorld = (how: "list" | "everybody") => async (): Promise<CollectorWorld> => {
  const sim = await hubspotSim();
  const config = hubspotSystem(sim.url);
  let listId = "";
  const pathFor = (kind: WorldFault): string => {
    if (how === "everybody") return "/crm/v3/objects/contacts";
    const ofContacts = kind === "renamed_field" || kind === "null_field";
    return ofContacts ? "/crm/v3/objects/contacts/batch/read" : `/crm/v3/lists/${listId}/memberships`;
  };
  return {
    pageSize: how === "list" ? 250 : 100,
    target: how === "list" ? segment({ list: "Active" }) : segment({ all: true }),
    collector: hubspotCollector(config, { secret: () => sim.token, ...quick }),
    wrongCredentials: hubspotCollector(config, { secret: () => WRONG_TOKEN, ...quick }),
    caseSensitive: false,
    attribute: { name: "name", field: "firstname" },
    async seed(people) {
      sim.control.clear();
      listId = sim.control.addList("Active").id;
      if (how === "list") sim.control.load([{ email: "somebody.else@example.test" }]);
      sim.control.load(
        people.map((p) => ({
          email: p.email,
          properties: { firstname: p.name ?? null },
          ...(how === "list" ? { lists: ["Active"] } : {}),
        })),
      );
    },
    faults: new Set<WorldFault>(ALL_FAULTS),
    async fault(kind, after) {
      sim.control.clearFaults();
      sim.control.fault(...simFaults(kind, pathFor(kind), after, "firstname"));
    },
    patient: {
      collector: hubspotCollector(config, { secret: () => sim.token }),
      requestTimes: () => sim.control.requests().map((r) => r.atMs),
    },
    verbs: () => sim.control.requests().map(verb),
    readVerbs: ["GET", "POST"],
    close: () => sim.close(),
  };
};

export async function hubspotSimWriterWorld(): Promise<WriterWorld> {
  const sim = await hubspotSim();
  const config = hubspotSystem(sim.url, { attributes: { name: "firstname", marketing_consent: "city" } });
  sim.control.addList("Active");
  return {
    writer: hubspotWriter(config, { secret: () => sim.token, ...quick }),
    system: config.id,
    source: { list: "Active" },
    attribute: "name",
    consentAttribute: "marketing_consent",
    async seed(people) {
      sim.control.load(
        people.map((p) => ({
          email: p.email,
          properties: { firstname: p.value ?? null },
          lists: [...(p.inSegment ? ["Active"] : []), ...(p.other ? ["Other"] : [])],
          subscriptions: { [NEWSLETTER]: p.subscribed ? "SUBSCRIBED" : "UNSUBSCRIBED" },
        })),
      );
    },
    async truth(email) {
      const found = sim.control.find(email);
      if (found === null) return null;
      const on = sim.control.listsOf(email);
      return {
        inSegment: on.includes("Active"),
        other: on.includes("Other"),
        mailable: sim.control.mailable(email, NEWSLETTER) ?? false,
        value: found.properties.firstname ?? null,
      };
    },
    async loseAnswer() {
      sim.control.fault({ kind: "reset_after", method: "PUT", path: "/crm/v3/lists/" });
      return "set";
    },
    close: () => sim.close(),
  };
}
