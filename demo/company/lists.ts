import type { ListName } from "./population.ts";

/** What the lists are called wherever they have a name. */
export const LIST_TITLES: Readonly<Record<ListName, string>> = {
  active_customers: "Active customers",
  trial: "Trial",
  recent_purchasers: "Recent purchasers",
  vip: "VIP",
  lapsed_180: "Lapsed 180 days",
};
