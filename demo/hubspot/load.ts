import type { Account } from "./account.ts";
import type { SeedPerson, SimContact, Source } from "./model.ts";
import type { Properties } from "./properties-api.ts";

const IMPORT: Source = { type: "IMPORT", id: "1", label: "Customers import" };

/** Adds or replaces people by address without the API; made for a million of them. */
export function loadPeople(account: Account, properties: Properties, people: Iterable<SeedPerson>): void {
  const at = account.now();
  const joining = new Map<string, number[]>();
  const known = new Set<string>();
  for (const person of people) {
    const email = person.email.trim().toLowerCase();
    const before = account.contacts.byEmail(email);
    if (before !== undefined) account.lists.forget(before.id);
    const contact = contactOf(person, email, before?.id ?? account.contacts.nextId(), at);
    for (const name of Object.keys(contact.properties)) {
      if (known.has(name)) continue;
      known.add(name);
      if (properties.find(name) === undefined) properties.add(name);
    }
    account.contacts.put(contact);
    if (person.optedOut !== undefined) account.consent.optOut(email, person.optedOut ? at : null);
    for (const [id, status] of Object.entries(person.subscriptions ?? {}))
      account.consent.decide(email, Number(id), { status, at, source: "Form", legalBasis: null });
    for (const list of person.lists ?? []) {
      const ids = joining.get(list);
      if (ids) ids.push(contact.id);
      else joining.set(list, [contact.id]);
    }
  }
  for (const [name, ids] of joining) {
    const list =
      account.lists.byName(name) ??
      account.lists.get(name) ??
      account.lists.add({ name, objectTypeId: "0-1", processingType: "MANUAL", filterBranch: null }, 0);
    account.lists.change(list.id, ids, at, true);
  }
}

function contactOf(person: SeedPerson, email: string, id: number, at: number): SimContact {
  const properties: Record<string, string> = {
    hs_marketable_status: String(person.marketing ?? true),
  };
  for (const [name, value] of Object.entries(person.properties ?? {}))
    if (value !== null && value !== "") properties[name] = value;
  if (person.bounced) properties.hs_email_hard_bounce_reason_enum = "UNKNOWN_USER";
  const createdAt = person.createdAt?.getTime() ?? at;
  return {
    id,
    email,
    additionalEmails: (person.additionalEmails ?? []).map((e) => e.toLowerCase()),
    mergedIds: [],
    properties,
    history: null,
    createdBy: person.source ?? IMPORT,
    createdAt,
    updatedAt: createdAt,
    archivedAt: null,
    indexedAt: createdAt,
  };
}
