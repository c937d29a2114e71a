import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { ApiError, invalid, itemError, notFound } from "./api-error.ts";
import { batchAnswer, inputsOf, isObject, type Json, objectBody, strings } from "./body.ts";
import { contactJson, writtenJson } from "./contact-json.ts";
import { withProperties } from "./contact-store.ts";
import { missingErrors, primary } from "./contacts-api.ts";
import type { SimContact } from "./model.ts";
import type { Properties } from "./properties-api.ts";

type Values = Readonly<Record<string, string>>;

/** `POST …/batch/update` by id, or by address with `idProperty`; ≤ 100. One bad value refuses the whole batch. */
export function batchUpdate(account: Account, properties: Properties, call: Call): Answer {
  const inputs = inputsOf(objectBody(call.body), 100).map((raw) => inputOf(properties, raw));
  const twice = inputs.map((x) => x.id).find((id, i, all) => all.indexOf(id) !== i);
  if (twice !== undefined) throw invalid(`Duplicate IDs found in batch input: [${twice}]`);
  const results: Json[] = [];
  const errors: Json[] = [];
  const missing: string[] = [];
  inputs.forEach(({ id, byEmail, values }, i) => {
    const found = byEmail ? primary(account, id) : account.contacts.get(Number(id));
    if (found === undefined || found.archivedAt !== null) missing.push(id);
    else if (call.fault?.kind === "partial" && i === 0)
      errors.push(itemError("VALIDATION_ERROR", "The record could not be updated.", [id]));
    else results.push(writtenJson(account, write(account, call, found, values), Object.keys(values)));
  });
  return batchAnswer(account.now(), results, [...missingErrors(missing), ...errors]);
}

/** `PATCH …/{id}`. */
export function updateContact(account: Account, properties: Properties, call: Call, id: string): Answer {
  const found = account.contacts.get(Number(id));
  if (found === undefined || found.archivedAt !== null) throw notFound();
  const { values } = inputOf(properties, { id, ...objectBody(call.body) });
  return {
    status: 200,
    body: writtenJson(account, write(account, call, found, values), Object.keys(values)),
  };
}

/** `POST …/batch/upsert` with `idProperty: email`: makes whom it does not find. */
export function batchUpsert(account: Account, properties: Properties, call: Call): Answer {
  const inputs = inputsOf(objectBody(call.body), 100).map((raw) => inputOf(properties, raw));
  const results = inputs.map(({ id, byEmail, values }) => {
    const found = byEmail ? primary(account, id) : account.contacts.get(Number(id));
    if (found !== undefined && found.archivedAt === null)
      return {
        ...writtenJson(account, write(account, call, found, values), Object.keys(values)),
        new: false,
      };
    if (!byEmail) throw notFound();
    return { ...created(account, call, { ...values, email: id }), new: true };
  });
  return batchAnswer(account.now(), results, []);
}

/** `POST …/batch/create`, answered with 201; an address that exists refuses the whole batch. */
export function batchCreate(account: Account, properties: Properties, call: Call): Answer {
  const inputs = inputsOf(objectBody(call.body), 100).map((raw) => inputOf(properties, raw));
  for (const { values } of inputs) refuseExisting(account, values);
  return batchAnswer(
    account.now(),
    inputs.map(({ values }) => created(account, call, values)),
    [],
    201,
  );
}

/** `POST /crm/v3/objects/contacts`. */
export function createContact(account: Account, properties: Properties, call: Call): Answer {
  const { values } = inputOf(properties, objectBody(call.body));
  refuseExisting(account, values);
  return { status: 201, body: created(account, call, values) };
}

/** `POST …/batch/archive`: 204 whatever the ids are. */
export function batchArchive(account: Account, call: Call): Answer {
  for (const id of strings(inputsOf(objectBody(call.body), 100))) archive(account, Number(id));
  return { status: 204, body: null };
}

export function archive(account: Account, id: number): void {
  const found = account.contacts.get(id);
  if (found === undefined || found.archivedAt !== null) return;
  const at = account.now();
  account.recorded("contact.archive", found.id, () => {
    account.contacts.put({ ...found, archivedAt: at, indexedAt: at + account.settings.searchLagMs });
    account.lists.forget(found.id);
  });
}

function write(account: Account, call: Call, found: SimContact, values: Values): SimContact {
  const next = withProperties(found, values, account.app, account.now());
  if (call.fault?.kind !== "ghost_ack")
    account.recorded("contact.update", found.id, () => account.contacts.put(next));
  return next;
}

/** A contact that an app makes is a marketing contact if the account says so: then mail may reach it. */
function created(account: Account, call: Call, values: Values): Json {
  const at = account.now();
  const { email = "", ...rest } = values;
  const contact: SimContact = {
    id: account.contacts.nextId(),
    email: email.trim().toLowerCase(),
    additionalEmails: [],
    mergedIds: [],
    properties: {
      ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== "")),
      hs_marketable_status: String(account.settings.newContactsMarketing),
    },
    history: null,
    createdBy: account.app,
    createdAt: at,
    updatedAt: at,
    archivedAt: null,
    indexedAt: at + account.settings.searchLagMs,
  };
  if (call.fault?.kind !== "ghost_ack")
    account.recorded("contact.create", contact.id, () => account.contacts.put(contact));
  const shown = [
    ...Object.keys(values),
    ...["createdate", "hs_all_contact_vids", "hs_email_domain", "hs_object_id", "lastmodifieddate"],
  ];
  const json = contactJson(account, contact, shown, [], () => true, null);
  return {
    ...json,
    properties: { ...(json.properties as Json), hs_is_contact: "true", hs_is_unworked: "true" },
  };
}

function refuseExisting(account: Account, values: Values): void {
  const found = account.contacts.byEmail(values.email ?? "");
  if (found !== undefined)
    throw new ApiError(409, "CONFLICT", `Contact already exists. Existing ID: ${found.id}`);
}

/** @throws ApiError 400 with one entry per bad value, as JSON inside the message */
function inputOf(
  properties: Properties,
  raw: unknown,
): { readonly id: string; readonly byEmail: boolean; readonly values: Values } {
  if (!isObject(raw) || !isObject(raw.properties))
    throw invalid("Some required fields were not set: [properties]");
  const values: Record<string, string> = {};
  const problems: Json[] = [];
  for (const [name, value] of Object.entries(raw.properties)) {
    const problem = problemOf(properties, name, value);
    if (problem === null) values[name] = value === null ? "" : String(value);
    else problems.push({ isValid: false, name, ...problem });
  }
  if (problems.length > 0)
    throw invalid(`Property values were not valid: ${JSON.stringify(problems)}`, {
      errors: problems.map((p) => ({
        message: p.message,
        code: p.error,
        context: { propertyName: [p.name] },
      })),
    });
  return { id: String(raw.id ?? ""), byEmail: raw.idProperty === "email", values };
}

function problemOf(properties: Properties, name: string, value: unknown): Json | null {
  const definition = properties.find(name);
  if (definition === undefined)
    return { message: `Property "${name}" does not exist`, error: "PROPERTY_DOESNT_EXIST" };
  if (definition.readOnly) return { message: `"${name}" is a read only property`, error: "READ_ONLY_VALUE" };
  if (name === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(value)))
    return { message: `Email address ${String(value)} is invalid`, error: "INVALID_EMAIL" };
  if (definition.options && value !== null && value !== "" && !definition.options.includes(String(value)))
    return {
      message: `${String(value)} was not one of the allowed options: [${definition.options.join(", ")}]`,
      error: "INVALID_OPTION",
    };
  return null;
}
