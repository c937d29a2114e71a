import type { ContactStore } from "./contact-store.ts";
import type { ProcessingType } from "./model.ts";

export type FilterBranch = Readonly<Record<string, unknown>>;

export type SimList = {
  readonly id: string;
  readonly name: string;
  readonly objectTypeId: string;
  readonly processingType: ProcessingType;
  readonly filterBranch: FilterBranch | null;
  /** Grows with every change of name or filters. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly filtersUpdatedAt: number | null;
};

type Kept = {
  list: SimList;
  /** Id of the contact → when it joined. */
  readonly members: Map<number, number>;
  /** Ids in ascending order; null: to be sorted again. */
  sorted: number[] | null;
  /** The size that HubSpot shows: counted when the list was last processed. */
  size: number;
  /** When the list will have been processed; null: it is. */
  dueAt: number | null;
  /** A snapshot takes its filter's people once. */
  filled: boolean;
  failed: boolean;
};

/** Lists, whose size and dynamic members follow changes only after a while on the account's clock. */
export class ListStore {
  readonly #lists = new Map<string, Kept>();
  readonly #contacts: ContactStore;
  readonly #now: () => number;
  readonly #matches: (filter: FilterBranch, contactId: number) => boolean;
  #nextId = 1;
  /** Milliseconds that processing takes. */
  processingMs: number;

  constructor(
    contacts: ContactStore,
    now: () => number,
    processingMs: number,
    matches: (filter: FilterBranch, contactId: number) => boolean,
  ) {
    this.#contacts = contacts;
    this.#now = now;
    this.#matches = matches;
    this.processingMs = processingMs;
  }

  add(
    input: Pick<SimList, "name" | "objectTypeId" | "processingType" | "filterBranch">,
    delayMs: number = this.processingMs,
  ): SimList {
    const at = this.#now();
    const list: SimList = {
      ...input,
      id: String(this.#nextId++),
      version: 1,
      createdAt: at,
      updatedAt: at,
      filtersUpdatedAt: input.filterBranch === null ? null : at,
    };
    const filtered = input.filterBranch !== null;
    this.#lists.set(list.id, {
      list,
      members: new Map(),
      sorted: null,
      size: 0,
      dueAt: filtered ? at + delayMs : null,
      filled: false,
      failed: false,
    });
    return list;
  }

  update(id: string, change: Partial<Pick<SimList, "name" | "filterBranch">>): SimList | undefined {
    const kept = this.#lists.get(id);
    if (kept === undefined) return undefined;
    const at = this.#now();
    kept.list = {
      ...kept.list,
      ...change,
      version: kept.list.version + 1,
      updatedAt: at,
      filtersUpdatedAt: change.filterBranch === undefined ? kept.list.filtersUpdatedAt : at,
    };
    if (change.filterBranch !== undefined) kept.dueAt = at + this.processingMs;
    return kept.list;
  }

  delete(id: string): boolean {
    return this.#lists.delete(id);
  }

  clear(): void {
    this.#lists.clear();
  }

  all(): readonly SimList[] {
    return [...this.#lists.values()].map((k) => k.list);
  }

  get(id: string): SimList | undefined {
    return this.#lists.get(id)?.list;
  }

  byName(name: string, objectTypeId = "0-1"): SimList | undefined {
    return this.all().find((l) => l.objectTypeId === objectTypeId && l.name === name);
  }

  status(id: string): { readonly size: number; readonly processing: "COMPLETE" | "PROCESSING" | "FAILED" } {
    const kept = this.#settled(id);
    if (kept === undefined || kept.failed) return { size: kept?.size ?? 0, processing: "FAILED" };
    return { size: kept.size, processing: kept.dueAt === null ? "COMPLETE" : "PROCESSING" };
  }

  /** Member ids in ascending order, and when they joined. */
  members(id: string): { readonly ids: readonly number[]; readonly joinedAt: ReadonlyMap<number, number> } {
    const kept = this.#settled(id);
    if (kept === undefined) return { ids: [], joinedAt: new Map() };
    kept.sorted ??= Array.from(kept.members.keys()).sort((a, b) => a - b);
    return { ids: kept.sorted, joinedAt: kept.members };
  }

  has(id: string, contactId: number): boolean {
    return this.#settled(id)?.members.has(contactId) ?? false;
  }

  /** Ids of the lists that a contact is on. */
  listsOf(contactId: number): readonly string[] {
    return [...this.#lists.keys()].filter((id) => this.has(id, contactId));
  }

  /** Puts people on a list or takes them off; the size follows later. `at` null: takes them off. */
  change(id: string, contactIds: readonly number[], at: number | null, sizeAtOnce = false): void {
    const kept = this.#lists.get(id);
    if (kept === undefined) return;
    for (const contactId of contactIds) {
      if (at === null) kept.members.delete(contactId);
      else kept.members.set(contactId, at);
    }
    kept.sorted = null;
    if (sizeAtOnce) kept.size = kept.members.size;
    else kept.dueAt ??= this.#now() + this.processingMs;
  }

  /** A contact is gone for good. */
  forget(contactId: number): void {
    for (const kept of this.#lists.values()) {
      if (!kept.members.delete(contactId)) continue;
      kept.sorted = null;
      kept.size = kept.members.size;
    }
  }

  /** Contacts changed: whatever has a filter is processed again. */
  touch(): void {
    for (const kept of this.#lists.values())
      if (kept.list.processingType === "DYNAMIC") kept.dueAt ??= this.#now() + this.processingMs;
  }

  /** `stuck` never ends, `failed` ends without effect. */
  spoil(id: string, how: "stuck" | "failed"): void {
    const kept = this.#lists.get(id);
    if (kept === undefined) return;
    if (how === "stuck") kept.dueAt = Number.POSITIVE_INFINITY;
    else {
      kept.dueAt = null;
      kept.failed = true;
    }
  }

  #settled(id: string): Kept | undefined {
    const kept = this.#lists.get(id);
    if (kept === undefined || kept.dueAt === null || kept.dueAt > this.#now()) return kept;
    const { list } = kept;
    const due = kept.dueAt;
    kept.dueAt = null;
    const fills = list.processingType === "DYNAMIC" || !kept.filled;
    kept.filled = true;
    if (list.filterBranch !== null && fills) {
      for (const contact of this.#contacts.all()) {
        if (!this.#matches(list.filterBranch, contact.id)) kept.members.delete(contact.id);
        else if (!kept.members.has(contact.id)) kept.members.set(contact.id, due);
      }
      kept.sorted = null;
    }
    kept.size = kept.members.size;
    return kept;
  }
}
