import { dataOf, pageOf } from "../../systems/klaviyo/json.ts";
import { asProfile } from "../../systems/klaviyo/profile.ts";
import { asCampaign, asFlow, asGroup, asMetric, jobOf, reportOf } from "../../systems/klaviyo/wire.ts";
import { nothing, type Operation, type Parser, type Vendor } from "./judge.ts";

type Item = Parameters<typeof pageOf>[2];
const page =
  (item: Item): Parser =>
  (body, where) =>
    pageOf(body, where, item);
const profile: Parser = (body, where) => asProfile(dataOf(body, where), where);
const group: Parser = (body, where) => asGroup(dataOf(body, where));
const ids = page((r) => r.id);
const to = (method: string, path: string, parse: Parser): Operation => ({ method, path, parse });

/** The API that is dated by its `revision` header; v1 and v2, which are gone, count as unused. */
export const KLAVIYO: Vendor = {
  name: "klaviyo",
  host: /(^|\.)klaviyo\.com$/,
  operations: [
    ...["lists", "segments"].flatMap((kind) => [
      to("GET", `/api/${kind}`, page(asGroup)),
      to("GET", `/api/${kind}/{id}`, group),
      to("GET", `/api/${kind}/{id}/profiles`, page(asProfile)),
      to("GET", `/api/${kind}/{id}/relationships/profiles`, ids),
      to("GET", `/api/${kind}/{id}/flow-triggers`, page(asFlow)),
      to("GET", `/api/profiles/{id}/${kind}`, ids),
    ]),
    to("POST", "/api/lists/{id}/relationships/profiles", nothing),
    to("DELETE", "/api/lists/{id}/relationships/profiles", nothing),
    to("GET", "/api/profiles", page(asProfile)),
    to("GET", "/api/profiles/{id}", profile),
    to("POST", "/api/profiles", profile),
    to("PATCH", "/api/profiles/{id}", profile),
    to("POST", "/api/profile-import", profile),
    to("GET", "/api/profile-suppression-bulk-create-jobs/{id}", jobOf),
    to("GET", "/api/campaigns", page(asCampaign)),
    to("GET", "/api/flows", page(asFlow)),
    to("GET", "/api/metrics", page(asMetric)),
    to("POST", "/api/campaign-values-reports", reportOf),
  ],
};
