import { startMailmanSim } from "../../demo/mailman/server.ts";
import type { Delivery } from "../../demo/mailman/store.ts";
import { mailmanWriter } from "../../sync/writers/mailman.ts";
import { mailmanSystem } from "../contract/mailman-world.ts";
import { type ConsentVendor, mapped, quick } from "./consent-vendor.ts";

export async function mailman(): Promise<ConsentVendor> {
  const sim = await startMailmanSim({ port: 0 });
  const { store } = sim;
  const lists = ["active", "other"].map((name) => {
    const list = {
      id: `${name}.example.test`,
      address: `${name}@example.test`,
      members: [],
      bans: new Set<string>(),
      pending: new Set<string>(),
    };
    store.lists.set(list.id, list);
    return list;
  });
  const attributes = mapped([
    "display_name",
    "delivery_status",
    "preferences.x",
    "role",
    "moderation_action",
  ]);
  const deliveries: readonly Delivery[] = ["enabled", "by_user", "by_bounces", "by_moderator", "unknown"];
  const of = (email: string) => store.members().filter((m) => m.email === email);
  return {
    url: sim.url,
    answer: sim.answer,
    close: sim.close,
    name: "Mailman",
    people: 10,
    keepsRecords: false,
    writer: mailmanWriter(
      mailmanSystem({ url: sim.url, user: sim.user, password: sim.password }, { attributes }),
      { secret: () => sim.password, ...quick },
    ),
    sources: [{ list: "active@example.test" }, { suppressed: true }, { all: true }, { label: "x" }],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      for (const list of lists) {
        list.members.length = 0;
        list.bans.clear();
        list.pending.clear();
        for (const email of emails) {
          if (r.chance(0.5)) {
            store.address(email, "");
            store.join(list, email, r.pick(deliveries));
          } else if (r.chance(0.15)) list.bans.add(email);
          else if (r.chance(0.1)) list.pending.add(email);
        }
      }
    },
    standing(email) {
      const mine = of(email);
      const banned = lists.filter((l) => l.bans.has(email)).map((l) => `banned ${l.id}`);
      if (mine.length === 0 && banned.length === 0) return null;
      return {
        may: new Set(mine.filter((m) => m.delivery === "enabled").map((m) => m.listId)),
        noes: new Set([
          ...banned,
          ...mine.filter((m) => m.delivery === "by_user").map((m) => `off ${m.listId}`),
        ]),
        groups: new Set(mine.filter((m) => m.listId !== lists[0]?.id).map((m) => m.listId)),
      };
    },
    act(r, email) {
      const [member] = of(email);
      if (member !== undefined) member.delivery = r.pick(["by_user", "by_user", "enabled"]);
    },
  };
}
