/** The simulator's own picture of Ghost's content. Records are never changed in place: a change makes a new one. */
export type SimLabel = {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type SimNewsletter = {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly status: "active" | "archived";
  readonly subscribeOnSignup: boolean;
  readonly sortOrder: number;
  readonly createdAt: number;
};

export type SimMember = {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly note: string | null;
  /** May hold a label twice: Ghost's bulk action adds a second relation without looking. */
  readonly labels: readonly SimLabel[];
  readonly newsletters: readonly SimNewsletter[];
  /** Ghost's own column; the filter `email_disabled:1` reads it. */
  readonly emailDisabled: boolean;
  /** Milliseconds; told with whole seconds. */
  readonly createdAt: number;
  /** Changes with the member's own columns only, not with labels or newsletters. */
  readonly updatedAt: number;
  readonly viaApi: boolean;
};

/** Why Ghost's mail job stopped mailing an address; the API tells `bounce` as "fail". */
export type SuppressionReason = "bounce" | "spam";

/** A member to load without going through the API. */
export type SeedMember = {
  readonly email: string;
  readonly name?: string | null;
  readonly note?: string | null;
  /** Names; missing labels are made. */
  readonly labels?: readonly string[];
  /** Slugs; absent: the newsletters that subscribe on signup. */
  readonly newsletters?: readonly string[];
  readonly suppressed?: SuppressionReason;
  readonly createdAt?: Date;
};
