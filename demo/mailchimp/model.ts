/** What the simulator holds. Times are milliseconds; `null` prints as "", as the real API prints an unset time. */

export const STATUSES = [
  "subscribed",
  "unsubscribed",
  "cleaned",
  "pending",
  "transactional",
  "archived",
] as const;
export type Status = (typeof STATUSES)[number];

/** An address is an object; all else is text or a number. */
export type MergeValue = string | number | Readonly<Record<string, unknown>>;
export type MergeValues = Readonly<Record<string, MergeValue>>;

export type Member = {
  /** Serial within the account; `web_id` is made of it. */
  readonly n: number;
  /** MD5 of the lower-cased address, hex. */
  readonly id: string;
  email: string;
  status: Status;
  /** Status before it was archived, which archiving hides from readers. */
  hidden: Status | null;
  merge: MergeValues;
  /** Ids of static segments; a tag is one. Replaced at each change, never mutated, so that a million may share one. */
  tags: readonly number[];
  signup: number | null;
  opt: number | null;
  changed: number;
  source: string;
  reason: string | null;
  /** Unsubscribed by their own act, cleaned, or complained: no API call subscribes them again. */
  compliance: boolean;
};

export type MergeField = {
  readonly tag: string;
  readonly name: string;
  readonly type: "text" | "number" | "address" | "phone" | "date" | "url" | "birthday" | "zip" | "dropdown";
  readonly required: boolean;
  readonly choices?: readonly string[];
};

export type Condition = {
  readonly condition_type: string;
  readonly field: string;
  readonly op: string;
  readonly value: string | number;
};
export type Conditions = { readonly match: "any" | "all"; readonly conditions: readonly Condition[] };

export type Segment = {
  readonly id: number;
  readonly name: string;
  readonly type: "static" | "saved";
  /** null: static. */
  readonly options: Conditions | null;
  readonly created: number;
  updated: number;
};

export type AbuseReport = { readonly campaignId: string; readonly memberId: string; readonly at: number };

export type Campaign = {
  readonly id: string;
  readonly title: string;
  readonly listId: string;
  status: "save" | "paused" | "schedule" | "sending" | "sent";
  readonly type: "regular" | "rss";
  readonly created: number;
  sendTime: number | null;
  /** null: the whole list. */
  readonly segment: { readonly savedId: number | null; readonly conditions: Conditions } | null;
  emailsSent: number;
  hardBounces: number;
  softBounces: number;
  readonly unsubscribes: { readonly memberId: string; readonly at: number; readonly reason: string }[];
  readonly complaints: AbuseReport[];
};

/** A classic automation is listed by the API; a customer journey is not, and starts all the same. */
export type Automation = {
  readonly id: string;
  readonly title: string;
  readonly listId: string;
  readonly status: "save" | "paused" | "sending";
  readonly workflowType: "welcomeSeries" | "dateAdded" | "api" | "groupAdd";
  readonly segmentId: number | null;
  readonly created: number;
};
export type Journey = { readonly name: string; readonly listId: string; readonly startsAtTag: string };

/** A person to put in, in words. */
export type SeedMember = {
  readonly email: string;
  /** Default `subscribed`. */
  readonly status?: Status;
  readonly merge?: MergeValues;
  /** Names; made if they are not there. */
  readonly tags?: readonly string[];
  /** Who unsubscribed them, default themselves: then no API call subscribes them again. */
  readonly unsubscribedBy?: "person" | "api";
  readonly optAt?: string;
  readonly signupAt?: string;
};

/** A member at one moment, for the journal. */
export type MemberState = {
  readonly list: string;
  readonly email: string;
  readonly status: Status;
  readonly tags: readonly string[];
  readonly merge: MergeValues;
  readonly compliance: boolean;
};

/** Messages that were set off. */
export type Sends = {
  readonly confirmations: number;
  readonly automations: number;
  readonly journeys: number;
};
