import { STATUSES } from "../../demo/mailchimp/model.ts";
import { startMailchimpSim } from "../../demo/mailchimp/server.ts";
import { mailchimpWriter } from "../../sync/writers/mailchimp.ts";
import { mailchimpSystem } from "../contract/mailchimp-world.ts";
import { type ConsentVendor, mapped, quick } from "./consent-vendor.ts";

export async function mailchimp(): Promise<ConsentVendor> {
  const sim = await startMailchimpSim({ port: 0 });
  sim.control.addSegment("Active");
  sim.control.addSegment("Rule", { match: "all", conditions: [] });
  const attributes = mapped(["FNAME", "status", "interests.a", "marketing_permissions", "LNAME"]);
  return {
    ...sim,
    name: "Mailchimp",
    people: 20,
    keepsRecords: true,
    writer: mailchimpWriter(mailchimpSystem(sim.url, { attributes }), { secret: () => sim.key, ...quick }),
    sources: [
      { tag: "Active" },
      { segment: "Rule" },
      { subscribed: true },
      { suppressed: true },
      { all: true },
      { list: "x" },
    ],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            status: r.pick(STATUSES),
            tags: ["Active", "Other"].filter(() => r.chance(0.4)),
            unsubscribedBy: r.pick(["person", "api"] as const),
          })),
      );
    },
    standing(email) {
      const m = sim.control.find(email);
      if (m === undefined) return null;
      return {
        may: new Set(m.status === "subscribed" ? ["mail"] : m.status === "pending" ? ["asked"] : []),
        noes: new Set([
          ...(["unsubscribed", "cleaned", "archived"].includes(m.status) ? [m.status] : []),
          ...(m.compliance ? ["their own act"] : []),
        ]),
        groups: new Set(m.tags.filter((t) => t !== "Active")),
      };
    },
    act(r, email) {
      if (sim.control.find(email) === undefined) return;
      sim.control.setStatus(
        email,
        r.pick(["unsubscribed", "unsubscribed", "cleaned", "subscribed", "archived"]),
      );
    },
  };
}
