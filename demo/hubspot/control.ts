import type { Fault, Faults } from "../sim/faults.ts";
import type { JournalEntry } from "../sim/journal.ts";
import type { SeenRequest } from "../sim/server.ts";
import type { Account, AccountSettings } from "./account.ts";
import { withProperties } from "./contact-store.ts";
import type { FilterBranch, SimList } from "./list-store.ts";
import { loadPeople } from "./load.ts";
import type {
  ContactState,
  ProcessingType,
  SeedPerson,
  SimContact,
  SimEmail,
  SimFlow,
  Source,
  SubscriptionStatus,
} from "./model.ts";
import type { Properties } from "./properties-api.ts";
import { ALL_SCOPES } from "./scopes.ts";

/** What tests and the demo company may do behind HubSpot's back. Nothing of it is in the journal. */
export type HubspotControl = {
  /** Adds or replaces by address. */
  load(people: Iterable<SeedPerson>): void;
  /** Takes people away by address, as if they had never been; unknown ones are ignored. */
  unload(emails: Iterable<string>): void;
  clear(): void;
  /** A list without people; the definition is for DYNAMIC and SNAPSHOT ones, which are processed at once. */
  addList(name: string, options?: { type?: ProcessingType; filterBranch?: FilterBranch }): SimList;
  /** Puts record ids on a list whatever they are, for memberships that outlive their contact. */
  join(listId: string, recordIds: readonly number[]): void;
  addSubscription(id: number, name: string, options?: { isDefault?: boolean; isActive?: boolean }): void;
  addProperty(name: string): void;
  addEmail(email: SimEmail): void;
  addFlow(flow: SimFlow): void;
  /** The person's own act, or a colleague's: status of one type, or of everything with subscription null. */
  setConsent(email: string, subscription: number | null, status: SubscriptionStatus, at?: Date): void;
  setProperty(email: string, name: string, value: string | null, source: Source, at?: Date): void;
  /** Merges the second contact into the first, as a colleague does it. */
  merge(into: string, from: string): void;
  find(email: string): ContactState | null;
  contact(email: string): SimContact | undefined;
  contacts(): readonly SimContact[];
  size(): number;
  /** Names of the lists that a person is on. */
  listsOf(email: string): readonly string[];
  /** May marketing mail of this type (null: of any) reach the person? null: no such contact. */
  mailable(email: string, subscription: number | null): boolean | null;
  /** null: all of them. */
  scopes(granted: readonly string[] | null): void;
  settings(change: Partial<AccountSettings>): void;
  journal(): readonly JournalEntry<ContactState>[];
  requests(): readonly SeenRequest[];
  fault(...faults: readonly Fault[]): void;
  clearFaults(): void;
};

export function hubspotControl(
  account: Account,
  properties: Properties,
  running: { readonly faults: Faults; readonly requests: readonly SeenRequest[] },
): HubspotControl {
  const must = (email: string): SimContact => {
    const found = account.contacts.byEmail(email);
    if (found === undefined) throw new TypeError("hubspot simulator: no contact has that address");
    return found;
  };
  return {
    load: (people) => loadPeople(account, properties, people),
    unload(emails) {
      for (const email of emails) {
        const found = account.contacts.byEmail(email);
        if (found) account.forget(found);
      }
    },
    clear() {
      account.clear();
      properties.clear();
    },
    addList: (name, { type = "MANUAL", filterBranch } = {}) =>
      account.lists.add(
        { name, objectTypeId: "0-1", processingType: type, filterBranch: filterBranch ?? null },
        0,
      ),
    join: (listId, recordIds) => account.lists.change(listId, recordIds, account.now(), true),
    addSubscription(id, name, options = {}) {
      account.consent.define({
        id,
        name,
        description: `${name}, by email`,
        isActive: options.isActive ?? true,
        isDefault: options.isDefault ?? true,
        isInternal: false,
        createdAt: account.now(),
      });
    },
    addProperty: (name) => properties.add(name),
    addEmail: (email) => {
      account.emails = [...account.emails.filter((e) => e.id !== email.id), email];
    },
    addFlow: (flow) => {
      account.flows = [...account.flows.filter((f) => f.id !== flow.id), flow];
    },
    setConsent(email, subscription, status, at) {
      const ms = at?.getTime() ?? account.now();
      if (subscription === null) account.consent.optOut(email, status === "UNSUBSCRIBED" ? ms : null);
      else
        account.consent.decide(email, subscription, {
          status,
          at: ms,
          source: "Preference page",
          legalBasis: null,
        });
    },
    setProperty(email, name, value, source, at) {
      const found = must(email);
      account.contacts.put(
        withProperties(found, { [name]: value ?? "" }, source, at?.getTime() ?? account.now()),
      );
    },
    merge(into, from) {
      const [kept, gone] = [must(into), must(from)];
      account.contacts.delete(gone.id);
      account.lists.forget(gone.id);
      account.contacts.put({
        ...kept,
        additionalEmails: [...kept.additionalEmails, gone.email, ...gone.additionalEmails],
        mergedIds: [...kept.mergedIds, gone.id, ...gone.mergedIds],
        updatedAt: account.now(),
      });
    },
    find: (email) => account.stateOf(account.contacts.byEmail(email)?.id ?? -1),
    contact: (email) => account.contacts.byEmail(email),
    contacts: () => [...account.contacts.all()],
    size: () => account.contacts.size,
    listsOf: (email) =>
      account.lists
        .listsOf(account.contacts.byEmail(email)?.id ?? -1)
        .map((id) => account.lists.get(id)?.name ?? id),
    mailable(email, subscription) {
      const found = account.contacts.byEmail(email);
      return found === undefined ? null : account.mailable(found, subscription);
    },
    scopes: (granted) => {
      account.scopes = new Set(granted ?? ALL_SCOPES);
    },
    settings(change) {
      account.settings = { ...account.settings, ...change };
      account.lists.processingMs = account.settings.processingMs;
      if (change.limits) account.limits.reset(change.limits);
    },
    journal: () => account.journal.entries,
    requests: () => running.requests,
    fault: (...more) => running.faults.add(...more),
    clearFaults: () => running.faults.clear(),
  };
}
