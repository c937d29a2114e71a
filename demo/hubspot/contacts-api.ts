import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { invalid, itemError, notFound } from "./api-error.ts";
import { batchAnswer, inputsOf, type Json, limitOf, listParam, objectBody, strings } from "./body.ts";
import { contactJson } from "./contact-json.ts";
import type { SimContact } from "./model.ts";
import { harmed, pageBody } from "./page.ts";
import type { Properties } from "./properties-api.ts";

/** Milliseconds that reads lag behind, by fault. */
export const lagOf = (call: Call): number | null =>
  call.fault?.kind === "read_lag" ? (call.fault.ms ?? 1_000) : null;

/** `GET /crm/v3/objects/contacts`: 100 a page (50 with history), by id. */
export function listContacts(account: Account, properties: Properties, call: Call): Answer {
  const asked = listParam(call.query, "properties");
  const history = listParam(call.query, "propertiesWithHistory");
  const limit = limitOf(call.query, 10, history.length > 0 ? 50 : 100);
  const archived = call.query.get("archived") === "true";
  const after = Number(call.query.get("after") ?? "0");
  if (!Number.isInteger(after)) throw invalid("The after parameter is not a valid paging cursor.");
  const exists = existing(properties, [...asked, ...history]);
  const json = (c: SimContact): Json => contactJson(account, c, asked, history, exists, lagOf(call));
  if (call.fault?.kind === "drift") {
    const leaver = account.contacts.page(0, 1, false)[0];
    if (leaver !== undefined) account.contacts.put({ ...leaver, archivedAt: account.now() });
  }
  const found = account.contacts.page(after, limit + 1, archived);
  const shown = found.slice(0, limit);
  const next = found.length > limit ? String(shown.at(-1)?.id) : null;
  const page = harmed(call, { results: shown.map(json), next, total: null }, () =>
    account.contacts.page(account.contacts.pageBefore(after, limit), limit, archived).map(json),
  );
  return {
    status: 200,
    body: pageBody({ ...page, total: null }, `/crm/v3/objects/contacts?limit=${limit}&`),
  };
}

/** `GET /crm/v3/objects/contacts/{id}`, or by address with `idProperty=email`, which knows additional addresses too. */
export function getContact(account: Account, properties: Properties, call: Call, key: string): Answer {
  const byEmail = call.query.get("idProperty") === "email";
  const found = byEmail ? account.contacts.byEmail(key) : account.contacts.get(Number(key));
  const archived = call.query.get("archived") === "true";
  if (found === undefined || (found.archivedAt !== null) !== archived) throw notFound();
  const asked = listParam(call.query, "properties");
  const history = listParam(call.query, "propertiesWithHistory");
  const exists = existing(properties, [...asked, ...history]);
  return { status: 200, body: contactJson(account, found, asked, history, exists, lagOf(call)) };
}

/**
 * `POST …/batch/read`: up to 100 (50 with history) by id or primary address. An id that was merged answers with the
 * contact that it lives on in. What does not exist is told once, in a 207.
 */
export function batchRead(account: Account, properties: Properties, call: Call): Answer {
  const body = objectBody(call.body);
  const history = strings(body.propertiesWithHistory);
  const ids = strings(inputsOf(body, history.length > 0 ? 50 : 100));
  const asked = strings(body.properties);
  const exists = existing(properties, [...asked, ...history]);
  const byEmail = body.idProperty === "email";
  const results: Json[] = [];
  const missing: string[] = [];
  const seen = new Set<number>();
  for (const id of ids) {
    const found = byEmail ? primary(account, id) : account.contacts.get(Number(id));
    if (found === undefined || found.archivedAt !== null) missing.push(id);
    else if (!seen.has(found.id)) {
      seen.add(found.id);
      results.push(contactJson(account, found, asked, history, exists, lagOf(call)));
    }
  }
  const page = harmed(call, { results, next: null, total: null }, () => results);
  return batchAnswer(account.now(), page.results, missingErrors(missing));
}

export function primary(account: Account, email: string): SimContact | undefined {
  const found = account.contacts.byEmail(email);
  return found?.email === email.trim().toLowerCase() ? found : undefined;
}

export const missingErrors = (ids: readonly string[]): readonly Json[] =>
  ids.length === 0
    ? []
    : [
        itemError(
          "OBJECT_NOT_FOUND",
          "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
          ids,
        ),
      ];

/** Looks each name up once, not once a contact. */
export function existing(properties: Properties, names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.filter((n) => properties.find(n) !== undefined));
  return (name) => known.has(name);
}
