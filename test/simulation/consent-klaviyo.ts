import type { Consent, SuppressionReason } from "../../demo/klaviyo/model.ts";
import { startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import { klaviyoSystem } from "../contract/klaviyo-world.ts";
import { type ConsentVendor, mapped, quick } from "./consent-vendor.ts";

export async function klaviyo(): Promise<ConsentVendor> {
  const sim = await startKlaviyoSim({ port: 0, jobMs: 0 });
  sim.control.setLimits(false);
  const [, , kept] = ["Active", "Other", "Do not mail"].map((name) => sim.control.addList(name).id);
  sim.control.addSegment("Engaged", { condition_groups: [] });
  sim.control.addCampaign({ name: "November", included: [], excluded: [kept ?? ""] });
  const attributes = {
    ...mapped([
      "first_name",
      "properties.marketing_consent",
      "properties.$consent",
      "subscriptions.email",
      "properties.plan",
    ]),
    plan: "properties.plan",
  };
  const consents: readonly Consent[] = ["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"];
  const reasons: readonly SuppressionReason[] = [
    "HARD_BOUNCE",
    "SPAM_COMPLAINT",
    "UNSUBSCRIBE",
    "USER_SUPPRESSED",
  ];
  return {
    ...sim,
    name: "Klaviyo",
    people: 100,
    keepsRecords: true,
    writer: klaviyoWriter(klaviyoSystem(sim.url, { attributes }), { secret: () => sim.key, ...quick }),
    sources: [
      { list: "Active" },
      { list: "Do not mail" },
      { segment: "Engaged" },
      { subscribed: true },
      { suppressed: true },
      { all: true },
      { label: "x" },
    ],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            consent: r.pick(consents),
            suppressions: r.chance(0.3) ? [r.pick(reasons)] : [],
            lists: ["Active", "Other", "Do not mail"].filter(() => r.chance(0.4)),
            properties: { plan: "pro" },
          })),
      );
    },
    standing(email) {
      const s = sim.control.state(email);
      if (s === null) return null;
      const mail = s.canReceiveEmail ? ["email"] : [];
      return {
        // a campaign to come leaves "Do not mail" out: off that list, it reaches them
        may: new Set([
          ...mail,
          ...(s.canReceiveEmail && !s.lists.includes(kept ?? "") ? ["November"] : []),
          ...(s.consent === "SUBSCRIBED" ? ["consent"] : []),
        ]),
        noes: new Set([...s.suppressions, ...(s.consent === "UNSUBSCRIBED" ? ["unsubscribed"] : [])]),
        groups: new Set(s.lists.filter((l) => l === kept)),
      };
    },
    act(r, email) {
      if (sim.control.find(email) === undefined) return;
      if (r.chance(0.6)) sim.control.setConsent(email, "UNSUBSCRIBED", [r.pick(reasons)]);
      else sim.control.setConsent(email, "SUBSCRIBED", []);
    },
  };
}
