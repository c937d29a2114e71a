/** The simulator's own picture of a Klaviyo account. Records are never changed in place: a change makes a new one. */
export type Consent = "SUBSCRIBED" | "UNSUBSCRIBED" | "NEVER_SUBSCRIBED";

/** Global suppressions of the address, as the API words them. */
export type SuppressionReason =
  | "HARD_BOUNCE"
  | "INVALID_EMAIL"
  | "SPAM_COMPLAINT"
  | "UNSUBSCRIBE"
  | "USER_SUPPRESSED";

export type Suppression = { readonly reason: SuppressionReason; readonly at: number };
export type ListSuppression = { readonly listId: string; readonly reason: string; readonly at: number };

export type EmailMarketing = {
  readonly consent: Consent;
  /** Milliseconds; null: consent was never recorded. */
  readonly consentAt: number | null;
  readonly updatedAt: number | null;
  readonly method: string | null;
  readonly doubleOptin: boolean | null;
  readonly suppressions: readonly Suppression[];
  readonly listSuppressions: readonly ListSuppression[];
};

export type ChannelConsent = { readonly consent: Consent; readonly consentAt: number | null };

export type SimProfile = {
  readonly id: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly externalId: string | null;
  /** `first_name`, `last_name`, `organization`, `locale`, `title`, `image`; absent: null. */
  readonly names: Readonly<Record<string, string | null>>;
  /** `country`, `city` …; absent: null. */
  readonly location: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly emailMarketing: EmailMarketing;
  readonly sms: ChannelConsent;
  readonly push: ChannelConsent;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type SimList = {
  readonly id: string;
  readonly name: string;
  readonly optIn: "single_opt_in" | "double_opt_in";
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type SimSegment = {
  readonly id: string;
  readonly name: string;
  /** As the API tells it: `{condition_groups: [...]}`. */
  readonly definition: unknown;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type SimCampaign = {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly channel: "email" | "sms" | "mobile_push";
  readonly archived: boolean;
  /** Ids of lists and segments. */
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly createdAt: number;
  /** When the account's people pressed "schedule"; null: they did not. */
  readonly scheduledAt: number | null;
  /** When it goes or went out. */
  readonly sendTime: number | null;
  /** Statistics by the API's names (`recipients`, `bounced`, …); absent ones are 0. */
  readonly statistics: Readonly<Record<string, number>>;
};

export type SimFlow = {
  readonly id: string;
  readonly name: string;
  readonly status: "draft" | "manual" | "live";
  readonly archived: boolean;
  /** List, segment or metric that starts it. */
  readonly trigger: { readonly type: "list" | "segment" | "metric"; readonly id: string };
  readonly createdAt: number;
  readonly statistics: Readonly<Record<string, number>>;
};

/** A person to load without going through the API; existing ones are replaced by email, else by phone or external id. */
export type SeedProfile = {
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly externalId?: string | null;
  readonly names?: Readonly<Record<string, string | null>>;
  readonly location?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly consent?: Consent;
  readonly consentAt?: Date | string;
  readonly smsConsent?: Consent;
  readonly suppressions?: readonly SuppressionReason[];
  /** Names or ids of lists to be on; missing lists are made. */
  readonly lists?: readonly string[];
  readonly joinedAt?: Date | string;
  readonly createdAt?: Date | string;
};

/** Mail goes out to whoever has no global suppression, subscribed or not: consent here is implicit. */
export const canReceiveEmail = (p: SimProfile): boolean =>
  p.email !== null && p.emailMarketing.suppressions.length === 0;
