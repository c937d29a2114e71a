import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { hashOf, type ListStore } from "./list-store.ts";
import { type Body, bodyOf, emailIn, mergeIn, skipsMerge, statusIn } from "./member-input.ts";
import { memberJson } from "./member-json.ts";
import { checkMove, create, moved } from "./member-status.ts";
import { ok } from "./members-api.ts";
import type { Member } from "./model.ts";
import { invalid, Problem } from "./problem.ts";

type Failed = {
  readonly email_address: string;
  readonly error: string;
  readonly error_code: "ERROR_CONTACT_EXISTS" | "ERROR_GENERIC";
  readonly field: string;
  readonly field_message: string;
};

/** POST /lists/{id}: up to 500 members in one call. What fails is told in `errors`, and the call is 200 all the same. */
export function bulk(account: Account, list: ListStore, call: Call): Answer {
  const body = bodyOf(call.body);
  if (!Array.isArray(body.members)) throw invalid("The resource submitted could not be validated.");
  if (body.members.length > 500)
    throw invalid("The resource submitted could not be validated.", [
      { field: "members", message: "This collection should contain 500 elements or less." },
    ]);
  const rows = body.members.filter((m: unknown): m is Body => typeof m === "object" && m !== null);
  const made: Member[] = [];
  const updated: Member[] = [];
  const errors: Failed[] = [];
  for (const [n, row] of rows.entries()) {
    try {
      if (call.fault?.kind === "partial" && n === 0) throw invalid("Something went wrong.");
      if (call.fault?.kind === "ghost_ack") continue;
      const one = upsert(account, list, row, body, skipsMerge(call.query));
      (one.isNew ? made : updated).push(one.member);
    } catch (e) {
      if (!(e instanceof Problem)) throw e;
      errors.push({
        email_address: typeof row.email_address === "string" ? row.email_address : "",
        error: e.message,
        error_code: e.title === "Member Exists" ? "ERROR_CONTACT_EXISTS" : "ERROR_GENERIC",
        field: e.errors?.[0]?.field ?? "",
        field_message: e.errors?.[0]?.message ?? "",
      });
    }
  }
  return ok(
    {
      new_members: made.map((m) => memberJson(m, list, null, "bulk")),
      updated_members: updated.map((m) => memberJson(m, list, null, "bulk")),
      errors,
      total_created: made.length,
      total_updated: updated.length,
      error_count: errors.length,
      _links: [],
    },
    "Lists/BatchInstance",
  );
}

function upsert(
  account: Account,
  list: ListStore,
  row: Body,
  options: Body,
  skip: boolean,
): { readonly member: Member; readonly isNew: boolean } {
  const email = emailIn(row);
  const status = statusIn(row, "status");
  const tags = Array.isArray(row.tags) ? row.tags.filter((t): t is string => typeof t === "string") : [];
  const old = list.get(hashOf(email));
  if (old === undefined) {
    if (status === null)
      throw invalid("The resource submitted could not be validated.", [
        { field: "status", message: "This value should not be blank." },
      ]);
    return {
      member: create(account, list, "bulk_add", email, status, mergeIn(row, list, {}, skip), tags),
      isNew: true,
    };
  }
  if (options.update_existing !== true && old.status !== "archived")
    throw new Problem(
      400,
      "Member Exists",
      `${email} is already a list member, do you want to update? please provide update_existing:true in the request body`,
    );
  checkMove(old, status);
  const merge = mergeIn(row, list, old.merge, skip);
  account.mutate(list, "bulk_edit", old.id, () => {
    const given = tags.map((t) => (list.staticSegment(t) ?? list.addSegment(t, null)).id);
    // sync_tags makes the tags exactly those given; without it they are left alone
    const next = options.sync_tags === true ? given : old.tags;
    list.change(old, { merge, tags: next, ...moved(old, status, account.now()) });
  });
  return { member: list.get(old.id) ?? old, isNew: false };
}
