import { Journal } from "../sim/journal.ts";

export type Status = "subscribed" | "unsubscribed" | "pending";

/** A contact of an invented vendor. */
export type Contact = {
  readonly id: string;
  email: string;
  name: string | null;
  status: Status;
  complainedAt: string | null;
  /** List id → time of joining. */
  readonly lists: Map<string, string>;
  updatedAt: string;
};

export type SeedContact = {
  readonly email: string;
  readonly name?: string | null;
  readonly status?: Status;
  readonly complained?: boolean;
  readonly lists?: readonly string[];
};

/** What the journal keeps of a contact. */
export type ContactState = {
  readonly email: string;
  readonly name: string | null;
  readonly status: Status;
  readonly lists: readonly string[];
};

/** All contacts of one simulator, in the order of their ids, with the journal of what clients did to them. */
export class ContactStore {
  readonly journal = new Journal<ContactState>(null);
  readonly #contacts = new Map<string, Contact>();
  readonly #lists = new Set<string>();
  readonly now: () => number;
  #last = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  load(seeds: Iterable<SeedContact>): void {
    for (const seed of seeds) {
      this.#last += 1;
      const at = new Date(this.now()).toISOString();
      const contact: Contact = {
        id: `c${String(this.#last).padStart(8, "0")}`,
        email: seed.email,
        name: seed.name ?? null,
        status: seed.status ?? "subscribed",
        complainedAt: seed.complained === true ? at : null,
        lists: new Map((seed.lists ?? []).map((list) => [list, at])),
        updatedAt: at,
      };
      for (const list of contact.lists.keys()) this.#lists.add(list);
      this.#contacts.set(contact.id, contact);
    }
  }

  addList(id: string): void {
    this.#lists.add(id);
  }
  hasList(id: string): boolean {
    return this.#lists.has(id);
  }
  clear(): void {
    this.#contacts.clear();
    this.#lists.clear();
  }
  remove(id: string): void {
    this.#contacts.delete(id);
  }

  /** Contacts of a list, or all of them for null, by id. */
  of(list: string | null): readonly Contact[] {
    const all = [...this.#contacts.values()];
    return list === null ? all : all.filter((c) => c.lists.has(list));
  }
  get(id: string): Contact | undefined {
    return this.#contacts.get(id);
  }
  /** Addresses are found in any case; contacts keep the spelling that they came with. */
  byEmail(email: string): readonly Contact[] {
    return this.of(null).filter((c) => c.email.toLowerCase() === email.toLowerCase());
  }

  /** Does `change` to a contact and journals it; `really` false acknowledges without doing. */
  edit(op: string, contact: Contact, really: boolean, change: (c: Contact) => void): void {
    const before = stateOf(contact);
    if (really) {
      change(contact);
      if (JSON.stringify(before) !== JSON.stringify(stateOf(contact)))
        contact.updatedAt = new Date(this.now()).toISOString();
    }
    this.journal.record(this.now(), op, contact.id, before, stateOf(contact));
  }
}

export const stateOf = (c: Contact): ContactState => ({
  email: c.email,
  name: c.name,
  status: c.status,
  lists: [...c.lists.keys()].toSorted(),
});
