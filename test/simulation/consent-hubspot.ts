import { startHubspotSim } from "../../demo/hubspot/server.ts";
import { hubspotWriter } from "../../sync/writers/hubspot.ts";
import { hubspotSystem, NEWSLETTER, OFFERS } from "../contract/hubspot-world.ts";
import { type ConsentVendor, mapped, quick } from "./consent-vendor.ts";

export async function hubspot(): Promise<ConsentVendor> {
  const limits = { perTenSeconds: null, perDay: null, searchPerSecond: null };
  const sim = await startHubspotSim({ port: 0, settings: { limits } });
  sim.control.addSubscription(NEWSLETTER, "Newsletter");
  sim.control.addSubscription(OFFERS, "Offers");
  for (const list of ["Active", "Other"]) sim.control.addList(list);
  const attributes = mapped([
    "firstname",
    "hs_marketable_status",
    "hs_legal_basis",
    "hs_email_optout",
    "city",
  ]);
  const config = hubspotSystem(sim.url, { attributes });
  return {
    ...sim,
    name: "HubSpot",
    people: 100,
    keepsRecords: true,
    writer: hubspotWriter(config, { secret: () => sim.token, ...quick }),
    sources: [{ list: "Active" }, { subscribed: true }, { suppressed: true }, { all: true }, { label: "x" }],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            lists: ["Active", "Other"].filter(() => r.chance(0.4)),
            optedOut: r.chance(0.15),
            bounced: r.chance(0.1),
            marketing: !r.chance(0.2),
            subscriptions: Object.fromEntries(
              [NEWSLETTER, OFFERS].map((id) => [
                id,
                r.pick(["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"] as const),
              ]),
            ),
          })),
      );
    },
    standing(email) {
      const c = sim.control.find(email);
      if (c === null) return null;
      const subscribed = Object.entries(c.subscriptions);
      return {
        may: new Set([
          ...[NEWSLETTER, OFFERS].filter((id) => sim.control.mailable(email, id) === true).map(String),
          ...subscribed.filter(([, s]) => s === "SUBSCRIBED").map(([id]) => `consent ${id}`),
        ]),
        noes: new Set([
          ...(c.optedOut ? ["all"] : []),
          ...subscribed.filter(([, s]) => s === "UNSUBSCRIBED").map(([id]) => id),
        ]),
        groups: new Set(sim.control.listsOf(email).filter((l) => l !== "Active")),
      };
    },
    act(r, email) {
      if (sim.control.find(email) === null) return;
      const status = r.pick(["UNSUBSCRIBED", "UNSUBSCRIBED", "SUBSCRIBED"] as const);
      sim.control.setConsent(
        email,
        r.pick([NEWSLETTER, OFFERS, ...(status === "UNSUBSCRIBED" ? [null] : [])]),
        status,
      );
    },
  };
}
