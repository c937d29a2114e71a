import type { SimContact, Source, Version } from "./model.ts";

/** Values that cannot be kept: HubSpot derives them. */
export const DERIVED = new Set([
  "email",
  "createdate",
  "lastmodifieddate",
  "hs_object_id",
  "hs_email_domain",
  "hs_all_contact_vids",
  "hs_additional_emails",
  "hs_merged_object_ids",
  "hs_email_optout",
]);

/** Contacts by id and address. Ids only grow, so that the order of arrival is the order of ids. */
export class ContactStore {
  readonly #byId = new Map<number, SimContact>();
  /** Addresses, additional ones too, of contacts that are not archived. */
  readonly #byEmail = new Map<string, number>();
  readonly #mergedInto = new Map<number, number>();
  #order: number[] = [];
  #nextId = 1051;
  /** Something changed that a list's filter may look at. */
  onChange: () => void = () => undefined;

  get size(): number {
    return this.#byId.size;
  }

  nextId(): number {
    const id = this.#nextId;
    this.#nextId += 50;
    return id;
  }

  /** The contact of an id, or the one that it was merged into; archived ones too. */
  get(id: number): SimContact | undefined {
    return this.#byId.get(this.#mergedInto.get(id) ?? id);
  }

  byEmail(email: string): SimContact | undefined {
    const id = this.#byEmail.get(email.trim().toLowerCase());
    return id === undefined ? undefined : this.#byId.get(id);
  }

  put(contact: SimContact): void {
    const before = this.#byId.get(contact.id);
    if (before === undefined) this.#order.push(contact.id);
    else for (const email of addressesOf(before)) this.#byEmail.delete(email);
    this.#byId.set(contact.id, contact);
    if (contact.archivedAt === null)
      for (const email of addressesOf(contact)) this.#byEmail.set(email, contact.id);
    for (const merged of contact.mergedIds) this.#mergedInto.set(merged, contact.id);
    this.onChange();
  }

  /** Takes a contact away as if it had never been. */
  delete(id: number): void {
    const contact = this.#byId.get(id);
    if (contact === undefined) return;
    for (const email of addressesOf(contact))
      if (this.#byEmail.get(email) === id) this.#byEmail.delete(email);
    this.#byId.delete(id);
    this.onChange();
  }

  clear(): void {
    this.#byId.clear();
    this.#byEmail.clear();
    this.#mergedInto.clear();
    this.#order = [];
    this.onChange();
  }

  everybody(): Iterable<SimContact> {
    return this.#byId.values();
  }

  *all(): Generator<SimContact> {
    for (const contact of this.#byId.values()) if (contact.archivedAt === null) yield contact;
  }

  /** Up to `limit` contacts with an id above `after`, by id. */
  page(after: number, limit: number, archived: boolean): readonly SimContact[] {
    const found: SimContact[] = [];
    for (let i = firstAbove(this.#order, after); i < this.#order.length && found.length < limit; i += 1) {
      const contact = this.#byId.get(this.#order[i] ?? 0);
      if (contact !== undefined && (contact.archivedAt !== null) === archived) found.push(contact);
    }
    return found;
  }

  /** The id after which the page before the one after `after` began. */
  pageBefore(after: number, limit: number): number {
    const at = firstAbove(this.#order, after);
    return at - limit <= 0 ? 0 : (this.#order[at - limit - 1] ?? 0);
  }
}

/** Index of the first number above `value` in ascending `sorted`. */
export function firstAbove(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const addressesOf = (c: SimContact): readonly string[] =>
  c.email === "" ? c.additionalEmails : [c.email, ...c.additionalEmails];

/** The contact with other values; "" empties a property. Nothing changes where every value is there already. */
export function withProperties(
  contact: SimContact,
  changes: Readonly<Record<string, string>>,
  source: Source,
  at: number,
): SimContact {
  const properties: Record<string, string> = { ...contact.properties };
  const history: Record<string, readonly Version[]> = { ...contact.history };
  let email = contact.email;
  let changed = false;
  for (const [name, value] of Object.entries(changes)) {
    const old = name === "email" ? email : (properties[name] ?? "");
    const next = name === "email" ? value.trim().toLowerCase() : value;
    if (old === next) continue;
    changed = true;
    history[name] = [{ value: next, at, source }, ...historyOf(contact, name)];
    if (name === "email") email = next;
    else if (next === "") delete properties[name];
    else properties[name] = next;
  }
  return changed ? { ...contact, email, properties, history, updatedAt: at } : contact;
}

/** Newest first; a property that never changed has the value that it was created with. */
export function historyOf(contact: SimContact, name: string): readonly Version[] {
  const kept = contact.history?.[name];
  if (kept !== undefined) return kept;
  const value = name === "email" ? contact.email : contact.properties[name];
  return value === undefined || value === ""
    ? []
    : [{ value, at: contact.createdAt, source: contact.createdBy }];
}
