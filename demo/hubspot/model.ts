/** The simulator's own picture of a HubSpot account. Records are never changed in place: a change makes a new one. */

/** Who changed a property, as the history tells it: `PUBLIC_API`/`INTEGRATION`, `IMPORT`, `FORM`, `CRM_UI`, … */
export type Source = {
  readonly type: string;
  readonly id: string | null;
  readonly label: string | null;
};

export type Version = { readonly value: string; readonly at: number; readonly source: Source };

export type SimContact = {
  /** Ids are numbers inside and strings of digits outside. */
  readonly id: number;
  /** Lower case; "" for a contact without an address. */
  readonly email: string;
  readonly additionalEmails: readonly string[];
  /** Ids of contacts that were merged into this one. */
  readonly mergedIds: readonly number[];
  /** Values of every property but those that HubSpot derives; a property without a value is absent. */
  readonly properties: Readonly<Record<string, string>>;
  /** Newest first, of properties that changed after creation; null: none did. */
  readonly history: Readonly<Record<string, readonly Version[]>> | null;
  readonly createdBy: Source;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly archivedAt: number | null;
  /** When the search index knows of it. */
  readonly indexedAt: number;
};

export type ProcessingType = "MANUAL" | "SNAPSHOT" | "DYNAMIC";

export type SubscriptionStatus = "SUBSCRIBED" | "UNSUBSCRIBED" | "NOT_SPECIFIED";

export type SimSubscription = {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly isActive: boolean;
  readonly isDefault: boolean;
  readonly isInternal: boolean;
  readonly createdAt: number;
};

/** One planned or sent marketing email. */
export type SimEmail = {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly state: "DRAFT" | "SCHEDULED" | "PUBLISHED" | "AUTOMATED";
  /** ISO time; null for a draft. */
  readonly publishDate: string | null;
  readonly subscriptionId: number | null;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
};

/** A workflow; a live one enrols whoever joins one of its lists. */
export type SimFlow = {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly listIds: readonly string[];
};

/** A person to load without going through the API. */
export type SeedPerson = {
  readonly email: string;
  readonly properties?: Readonly<Record<string, string | null>>;
  readonly additionalEmails?: readonly string[];
  /** Names or ids of MANUAL and SNAPSHOT lists; a name that is missing becomes a MANUAL list. */
  readonly lists?: readonly string[];
  /** Opted out of all email. */
  readonly optedOut?: boolean;
  /** Status by subscription id. */
  readonly subscriptions?: Readonly<Record<string, SubscriptionStatus>>;
  /** Marketing contact; default true. */
  readonly marketing?: boolean;
  /** The last mail came back for good. */
  readonly bounced?: boolean;
  readonly createdAt?: Date;
  readonly source?: Source;
};

/** A record at one moment, for the journal. */
export type ContactState = {
  readonly email: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly lists: readonly string[];
  readonly optedOut: boolean;
  readonly subscriptions: Readonly<Record<string, SubscriptionStatus>>;
  readonly archived: boolean;
};
