import type { SystemOverlap } from "../../app/api/contract.ts";
import { READ, rows, title } from "./story.ts";

const GROUPS: readonly (readonly [people: number, others: string])[] = [
  [26_911, "newsletter_opt_in"],
  [9204, "newsletter_opt_in recent_purchasers"],
  [6318, ""],
  [2877, "recent_purchasers"],
  [1740, "newsletter_opt_in recent_purchasers vip"],
  [702, "newsletter_opt_in vip"],
  [381, "vip"],
  [164, "newsletter_opt_in recent_purchasers churn_risk"],
  [12, "churn_risk"],
  [7, "newsletter_opt_in churn_risk"],
];

/** Mailchimp was never read whole with two audiences; in HubSpot nobody is in a second one. */
export function systemOverlap(system: string, audience: string): SystemOverlap {
  const answer = { system, title: title(system) };
  if (system === "mailchimp") return { ...answer, parts: [] };
  const alone = system === "hubspot";
  const groups = alone
    ? [{ in: [audience], people: 48_291 }]
    : GROUPS.map(([people, others]) => ({
        in: [audience, ...others.split(" ").filter((id) => id !== "" && id !== audience)],
        people,
      }));
  const sum = (id: string) => groups.reduce((n, g) => n + (g.in.includes(id) ? g.people : 0), 0);
  const others = ["newsletter_opt_in", "recent_purchasers", "vip", "churn_risk"].filter(
    (id) => id !== audience && sum(id) > 0,
  );
  return {
    ...answer,
    parts: [
      {
        readAt: READ,
        audiences: [audience, ...others].map((id) => {
          const row = rows.find((r) => r.audience === id);
          const shared = sum(id);
          return {
            id,
            title: row?.title ?? id,
            people: id === audience ? shared : (row?.ownerSize ?? shared),
            shared,
          };
        }),
        others: alone ? 0 : 2,
        groups,
        rest: alone ? 0 : 31,
      },
    ],
  };
}
