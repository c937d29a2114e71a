import { Journal } from "../sim/journal.ts";
import { iso } from "./body.ts";
import { ConsentStore } from "./consent-store.ts";
import { addressesOf, ContactStore, DERIVED } from "./contact-store.ts";
import { branchMatches } from "./filter-branch.ts";
import { DEFAULT_LIMITS, type LimitSettings, RateLimits } from "./limits.ts";
import { ListStore } from "./list-store.ts";
import type { ContactState, SimContact, SimEmail, SimFlow, Source } from "./model.ts";
import { ALL_SCOPES } from "./scopes.ts";

export type AccountSettings = {
  readonly limits: LimitSettings;
  /** Milliseconds on the account's clock until a list follows a change. */
  readonly processingMs: number;
  /** Milliseconds until search knows of a contact that the API created or archived. */
  readonly searchLagMs: number;
  /** Whether contacts that an app creates are marketing contacts: a setting of the account that no API tells. */
  readonly newContactsMarketing: boolean;
};

export const DEFAULT_SETTINGS: AccountSettings = {
  limits: DEFAULT_LIMITS,
  processingMs: 2_000,
  searchLagMs: 3_000,
  newContactsMarketing: true,
};

/** One HubSpot account: everything that the API shows and changes. */
export class Account {
  readonly now: () => number;
  readonly token: string;
  readonly contacts = new ContactStore();
  readonly consent = new ConsentStore();
  readonly lists: ListStore;
  readonly journal: Journal<ContactState>;
  readonly limits: RateLimits;
  scopes: ReadonlySet<string> = new Set(ALL_SCOPES);
  emails: readonly SimEmail[] = [];
  flows: readonly SimFlow[] = [];
  settings: AccountSettings;

  constructor(token: string, now: () => number, journalFile: string | null, settings: AccountSettings) {
    this.token = token;
    this.now = now;
    this.settings = settings;
    this.limits = new RateLimits(settings.limits);
    this.journal = new Journal(journalFile);
    this.lists = new ListStore(this.contacts, now, settings.processingMs, (filter, id) => {
      const contact = this.contacts.get(id);
      return contact !== undefined && branchMatches(filter, contact, this);
    });
    this.contacts.onChange = () => this.lists.touch();
    this.consent.onChange = () => this.lists.touch();
  }

  /** Token of a second private app, which may only read. */
  get readToken(): string {
    return `${this.token}-read`;
  }

  /** Scopes of a token; null: there is no such token. */
  scopesOf(token: string): ReadonlySet<string> | null {
    if (token === this.token) return this.scopes;
    return token === this.readToken ? new Set([...this.scopes].filter((s) => !/write/.test(s))) : null;
  }

  /** The app of the token, as property histories name it. */
  get app(): Source {
    return { type: "INTEGRATION", id: "1234567", label: "Private app" };
  }

  /** A property's value; null: none. */
  value(c: SimContact, name: string): string | null {
    switch (name) {
      case "email":
        return c.email === "" ? null : c.email;
      case "createdate":
        return iso(c.createdAt);
      case "lastmodifieddate":
        return iso(c.updatedAt);
      case "hs_object_id":
        return String(c.id);
      case "hs_email_domain":
        return c.email.split("@")[1] ?? null;
      case "hs_all_contact_vids":
        return [c.id, ...c.mergedIds].join(";");
      case "hs_additional_emails":
        return c.additionalEmails.length === 0 ? null : c.additionalEmails.join(";");
      case "hs_merged_object_ids":
        return c.mergedIds.length === 0 ? null : c.mergedIds.join(";");
      case "hs_email_optout":
        return c.email !== "" && this.consent.of(c.email).optedOutAt !== null ? "true" : null;
      default:
        return this.#optOutOfType(c, name) ?? c.properties[name] ?? null;
    }
  }

  /** Is this a property that HubSpot sets by itself? */
  derived = (name: string): boolean => DERIVED.has(name) || /^hs_email_optout_\d+$/.test(name);

  /** May marketing mail of this type (or of any) reach the contact? */
  mailable(c: SimContact, subscriptionId: number | null): boolean {
    if (c.archivedAt !== null || c.email === "") return false;
    if (c.properties.hs_marketable_status !== "true") return false;
    if (c.properties.hs_email_hard_bounce_reason_enum !== undefined) return false;
    if (this.consent.of(c.email).optedOutAt !== null) return false;
    return subscriptionId === null || this.consent.status(c.email, subscriptionId) !== "UNSUBSCRIBED";
  }

  stateOf(id: number): ContactState | null {
    const c = this.contacts.get(id);
    if (c === undefined) return null;
    const { optedOutAt, types } = this.consent.of(c.email);
    return {
      email: c.email,
      properties: c.properties,
      lists: this.lists.listsOf(c.id),
      optedOut: optedOutAt !== null,
      subscriptions: Object.fromEntries(Object.entries(types).map(([k, d]) => [k, d.status])),
      archived: c.archivedAt !== null,
    };
  }

  /** Does something to one contact and writes it down, before and after. */
  recorded(op: string, id: number, change: () => void): void {
    const before = this.stateOf(id);
    change();
    this.journal.record(this.now(), op, String(id), before, this.stateOf(id));
  }

  /** What the record was `ms` ago, as far as writes changed it since; undefined: they did not. null: it was not there. */
  lagged(id: number, ms: number): ContactState | null | undefined {
    const since = this.now() - ms;
    return this.journal.entries.find((e) => e.memberId === String(id) && Date.parse(e.at) >= since)?.before;
  }

  clear(): void {
    this.contacts.clear();
    this.consent.clear();
    this.lists.clear();
    this.emails = [];
    this.flows = [];
  }

  forget(c: SimContact): void {
    this.contacts.delete(c.id);
    this.lists.forget(c.id);
    for (const email of addressesOf(c)) this.consent.forget(email);
  }

  #optOutOfType(c: SimContact, name: string): string | null {
    if (!name.startsWith("hs_email_optout_")) return null;
    const id = name.slice("hs_email_optout_".length);
    return this.consent.of(c.email).types[Number(id)]?.status === "UNSUBSCRIBED" ? "true" : null;
  }
}
