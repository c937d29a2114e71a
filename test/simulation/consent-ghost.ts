import { startGhostSim } from "../../demo/ghost/server.ts";
import { ghostWriter } from "../../sync/writers/ghost.ts";
import { ghostSystem } from "../contract/ghost-world.ts";
import { type ConsentVendor, mapped, quick } from "./consent-vendor.ts";

export async function ghost(): Promise<ConsentVendor> {
  const sim = await startGhostSim({ port: 0 });
  sim.control.addNewsletter("Second", { slug: "second", subscribeOnSignup: false });
  const attributes = {
    ...mapped(["name", "newsletters", "subscribed", "note", "email_disabled"]),
    plan: "label:plan-*",
  };
  return {
    ...sim,
    name: "Ghost",
    people: 10,
    keepsRecords: true,
    writer: ghostWriter(ghostSystem(sim.url, { attributes }), { secret: () => sim.key, ...quick }),
    sources: [
      { label: "Active" },
      { newsletter: "second" },
      { suppressed: true },
      { all: true },
      { list: "x" },
    ],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load([{ email: "keeps@example.test", labels: ["Active", "Other"] }]);
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            labels: ["Active", "Other", "plan-pro"].filter(() => r.chance(0.4)),
            newsletters: ["default-newsletter", "second"].filter(() => r.chance(0.5)),
            ...(r.chance(0.15) ? { suppressed: r.pick(["bounce", "spam"] as const) } : {}),
          })),
      );
    },
    standing(email) {
      const m = sim.control.find(email);
      if (m === undefined) return null;
      const on = m.newsletters.map((n) => n.slug);
      return {
        may: new Set(m.emailDisabled ? [] : on),
        noes: new Set([
          ...(m.emailDisabled ? ["suppressed"] : []),
          ...["default-newsletter", "second"].filter((n) => !on.includes(n)),
        ]),
        groups: new Set(m.labels.map((l) => l.name).filter((l) => l !== "Active" && !l.startsWith("plan-"))),
      };
    },
    act(r, email) {
      const m = sim.control.find(email);
      if (m === undefined) return;
      if (r.chance(0.2)) sim.control.suppress(email, "spam");
      else
        sim.control.load([
          {
            email,
            labels: m.labels.map((l) => l.name),
            newsletters: r.pick([[], ["default-newsletter"], ["second"]]),
            ...(m.emailDisabled ? { suppressed: "spam" as const } : {}),
          },
        ]);
    },
  };
}
