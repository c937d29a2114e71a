import { asMember, asMergeField, asSegment, asTag, isObject, pageOf } from "../../systems/mailchimp/wire.ts";
import { nothing, type Operation, type Parser, type Vendor } from "./judge.ts";

const LIST = "/3.0/lists/{list}";
const MEMBER = `${LIST}/members/{hash}`;

const page =
  (name: string, item: Parameters<typeof pageOf>[3]): Parser =>
  (body, where) =>
    pageOf(body, name, where, item);
const asIs = (o: unknown): unknown => o;
const members = page("members", asMember);
const to = (method: string, path: string, parse: Parser): Operation => ({ method, path, parse });

/** 200 with `errors[]` beside the members that went through. */
const bulk: Parser = (body, where) =>
  ["new_members", "updated_members", "members_added", "members_removed"]
    .flatMap((name) => (isObject(body) && Array.isArray(body[name]) ? body[name] : []))
    .map((m: unknown) => asMember(m, where));

export const MAILCHIMP: Vendor = {
  name: "mailchimp",
  host: /(^|\.)mailchimp\.com$/,
  operations: [
    to("GET", "/3.0/lists", page("lists", asIs)),
    to("POST", LIST, bulk),
    to("GET", `${LIST}/members`, members),
    to("POST", `${LIST}/members`, asMember),
    to("GET", MEMBER, asMember),
    to("PUT", MEMBER, asMember),
    to("PATCH", MEMBER, asMember),
    to("DELETE", MEMBER, nothing),
    to("GET", `${MEMBER}/tags`, page("tags", asTag)),
    to("POST", `${MEMBER}/tags`, nothing),
    to("GET", `${LIST}/merge-fields`, page("merge_fields", asMergeField)),
    to("GET", `${LIST}/segments`, page("segments", asSegment)),
    to("GET", `${LIST}/segments/{id}/members`, members),
    to("POST", `${LIST}/segments/{id}`, bulk),
    to("DELETE", `${LIST}/segments/{id}/members/{hash}`, nothing),
    to("GET", "/3.0/campaigns", page("campaigns", asIs)),
    to("GET", "/3.0/automations", page("automations", asIs)),
    to("GET", "/3.0/reports", page("reports", asIs)),
  ],
};
