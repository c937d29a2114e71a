import type { WriteOutcome } from "../../core/repair.ts";
import { CONTACTS, contactsBy } from "../../systems/hubspot/client.ts";
import { errorsOf, isObject, objectsOf } from "../../systems/hubspot/wire.ts";
import { type Entry, propertiesOf, readAgain, type Session, sorted, unsent } from "./hubspot-session.ts";
import { accepted, applied, failed, noop, refused } from "./outcome.ts";

export type Setting = Entry & { readonly property: string; readonly value: string };
type Input = { readonly id: string; readonly properties: Readonly<Record<string, string>> };
/** What HubSpot says of a property. */
type Definition = { readonly readOnly: boolean; readonly options: readonly string[] | null };

/** Sets properties of contacts; "" empties one. A value that HubSpot would refuse does not take the others with it. */
export async function setProperties(
  s: Session,
  settings: readonly Setting[],
): Promise<readonly WriteOutcome[]> {
  const definitions = new Map<string, Definition | null>();
  try {
    const properties = await s.http.get("/crm/v3/properties/contacts", {}, s.context);
    for (const p of objectsOf(properties, "results", s.config.id))
      definitions.set(String(p.name), definitionOf(p));
  } catch (e) {
    const outcome = unsent(e, s);
    return settings.map(() => outcome);
  }
  const decided = settings.map((x) => verdict(x, definitions.get(x.property) ?? null));
  const inputs = inputsOf(settings.filter((_, i) => decided[i] === null));
  const trouble = inputs.length === 0 ? new Map<string, WriteOutcome>() : await send(s, inputs);
  const ids = inputs.map((x) => x.id);
  const after = ids.length === 0 ? null : await readAgain(s, () => valuesOf(s, ids));
  return settings.map((x, i): WriteOutcome => {
    const already = decided[i];
    if (already) return already;
    const id = x.contact?.id ?? "";
    const wrong = trouble.get(id);
    if (wrong !== undefined) return wrong;
    const now = after?.get(id);
    if (now === undefined) return accepted("HubSpot said yes, but the contact could not be read again");
    return (now[x.property] ?? "") === x.value
      ? applied
      : accepted("HubSpot said yes, but the property is unchanged");
  });
}

/** null: it is to be sent. */
function verdict(x: Setting, definition: Definition | null): WriteOutcome | null {
  if (x.contact === null) return failed("the person is not in HubSpot");
  if (definition === null) return failed(`HubSpot has no property "${x.property}" of contacts`);
  if (definition.readOnly) return refused(`"${x.property}" cannot be written: HubSpot sets it itself`);
  if (x.value !== "" && definition.options !== null && !definition.options.includes(x.value))
    return failed(`the value is not one of the options of "${x.property}"`);
  return (x.contact.properties[x.property] ?? "") === x.value ? noop("is so already") : null;
}

function definitionOf(p: Readonly<Record<string, unknown>>): Definition {
  const options = Array.isArray(p.options) ? p.options.filter(isObject).map((o) => String(o.value)) : [];
  const closed = p.type === "enumeration" && p.fieldType !== "checkbox" && p.externalOptions !== true;
  return {
    readOnly: isObject(p.modificationMetadata) && p.modificationMetadata.readOnlyValue === true,
    options: closed && options.length > 0 ? options : null,
  };
}

/** One input a contact: HubSpot refuses a batch that names one twice. */
function inputsOf(settings: readonly Setting[]): readonly Input[] {
  const byId = new Map<string, Record<string, string>>();
  for (const { contact, property, value } of settings) {
    if (contact === null) continue;
    byId.set(contact.id, { ...byId.get(contact.id), [property]: value });
  }
  return [...byId].map(([id, properties]) => ({ id, properties }));
}

/** @returns outcomes of those contacts that went wrong */
async function send(s: Session, inputs: readonly Input[]): Promise<ReadonlyMap<string, WriteOutcome>> {
  const wrong = new Map<string, WriteOutcome>();
  const answer = await s.http.send("POST", `${CONTACTS}/batch/update`, {}, { inputs }, s.context);
  if (answer.ok) return refusedItems(answer.body, inputs);
  // one bad value refuses all: ask for each by itself
  if (answer.status === 400 && inputs.length > 1) {
    for (const input of inputs) for (const [id, o] of await send(s, [input])) wrong.set(id, o);
    return wrong;
  }
  const outcome = sorted(answer, s);
  for (const { id } of inputs) wrong.set(id, outcome);
  return wrong;
}

function refusedItems(body: unknown, inputs: readonly Input[]): ReadonlyMap<string, WriteOutcome> {
  const { missing, failed: named } = errorsOf(body);
  return new Map(
    inputs.flatMap(({ id }): readonly (readonly [string, WriteOutcome])[] => {
      if (missing.includes(id)) return [[id, failed("HubSpot does not know the contact any more")]];
      return named.includes(id) ? [[id, failed("HubSpot refused this contact in the batch")]] : [];
    }),
  );
}

async function valuesOf(
  s: Session,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string | null>>>> {
  const { items } = await contactsBy(s.http, s.config.id, "id", ids, propertiesOf(s), s.context);
  return new Map(items.map((c) => [c.id, c.properties]));
}
