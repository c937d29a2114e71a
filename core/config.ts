import type { AudienceId, IdentifierKind, SegmentSource, SystemId } from "./model.ts";
import type { RestSystem } from "./rest-config.ts";

/** `${env:X}` or `${file:Y}`, unresolved: a secret's value never stands in the configuration object. */
export type SecretRef = string & { readonly __brand: "SecretRef" };

export type SystemKind = SystemConfig["kind"];

export type SystemBase = {
  readonly id: SystemId;
  readonly title: string;
  /** Does it send mail to the people it holds? Decides where opted-out people count as mailable. */
  readonly sends: boolean;
  /** Where its data lies: decides which attributes may be in it. Absent: not told. */
  readonly region?: string;
  /** Hours after which a change here should be seen everywhere else, unless the audience says otherwise. */
  readonly attributes: Readonly<Record<string, string>>; // canonical name → field in this system
};

/** How Plumbline may write to a database, by table and column, so that every write can be judged by its effect. */
export type SqlWrite = {
  /** Table with one row per (list, person): `add` inserts, `remove` deletes the row, the person stays. */
  readonly membership?: Readonly<{ table: string; key: string; list?: { column: string; value: string } }>;
  /** Table and columns that `set` may change. Consent-bearing columns are refused. */
  readonly attributes?: Readonly<{ table: string; key: string; columns: Readonly<Record<string, string>> }>;
  /** `suppress` sets this column to this value; nothing sets it back. */
  readonly suppress?: Readonly<{ table: string; key: string; column: string; value: string }>;
};

type SqlBase = SystemBase & {
  readonly dsn: SecretRef;
  readonly write: (SqlWrite & { readonly dsn: SecretRef }) | null;
  readonly statementTimeoutSeconds: number;
  /** SQL of every record in the system, same columns as a segment's; null: base not readable. */
  readonly base: string | null;
};
export type PostgresSystem = SqlBase & {
  readonly kind: "postgres";
  /** May an audit compare a copy here with its owner's, so that only what differs travels? auto, or absent: where that is cheaper. */
  readonly pushdown?: "auto" | "on" | "off";
};
/** MySQL 8 or MariaDB. */
export type MysqlSystem = SqlBase & { readonly kind: "mysql" };
export type SqlSystem = PostgresSystem | MysqlSystem;

export type FilesSystem = SystemBase & {
  readonly kind: "files";
  /** Folder of CSV, CSV.gz or Parquet exports, absolute or relative to the configuration file. */
  readonly folder: string;
  /** File of every record; null: base not readable. */
  readonly base: string | null;
  readonly columns: Readonly<
    Partial<Record<IdentifierKind | "consent" | "consent_at" | "updated_at", string>>
  >;
};

/** What every system reached over HTTP may set. */
export type HttpSystem = SystemBase & {
  /** Part of the vendor's limits that is ours; 0 < share <= 1. */
  readonly limitShare: number;
  /** May names of this system lead into a private network? */
  readonly privateNetwork: boolean;
};

export type GhostSystem = HttpSystem & {
  readonly kind: "ghost";
  readonly url: string;
  /** Admin API key `id:secret`. */
  readonly key: SecretRef;
  readonly writeKey: SecretRef | null;
};

export type KlaviyoSystem = HttpSystem & {
  readonly kind: "klaviyo";
  readonly url: string;
  /** Private API key with read scopes. */
  readonly key: SecretRef;
  readonly writeKey: SecretRef | null;
};

export type MailchimpSystem = HttpSystem & {
  readonly kind: "mailchimp";
  /** null: from the data centre at the end of the key. */
  readonly url: string | null;
  /** Id of the Mailchimp audience (their "list"). */
  readonly list: string;
  readonly key: SecretRef;
  readonly writeKey: SecretRef | null;
};

export type HubspotSystem = HttpSystem & {
  readonly kind: "hubspot";
  readonly url: string;
  /** Private-app token with read scopes. */
  readonly token: SecretRef;
  readonly writeToken: SecretRef | null;
  /** Subscription type (name or id) that decides who can be mailed, and that `suppress` takes away; null: all of them. */
  readonly subscription: string | null;
};

export type MailmanSystem = HttpSystem & {
  readonly kind: "mailman";
  /** With the API's version: http://127.0.0.1:8001/3.1 */
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
  /** Mailman has one REST account: writing is a matter of naming it twice. */
  readonly writePassword: SecretRef | null;
};

export type SystemConfig =
  | PostgresSystem
  | MysqlSystem
  | FilesSystem
  | GhostSystem
  | KlaviyoSystem
  | MailchimpSystem
  | HubspotSystem
  | MailmanSystem
  | RestSystem;
/** Systems reached over HTTP. */
export type HttpSystemConfig = Exclude<SystemConfig, PostgresSystem | MysqlSystem | FilesSystem>;

export type Purpose = "suppression" | "ineligible" | "consent" | "lifecycle" | "marketing";

export type SegmentConfig = {
  readonly system: SystemId;
  readonly source: SegmentSource;
  /** Only people whose owner record has one of these values belong here. */
  readonly where: Readonly<Record<string, readonly string[]>> | null;
  readonly latencyBudgetHours: number | null;
};

export type Audience = {
  readonly id: AudienceId;
  readonly title: string;
  readonly purpose: Purpose;
  readonly owner: SystemId;
  readonly identity: IdentifierKind;
  readonly segments: readonly SegmentConfig[];
  readonly requiredAttributes: readonly string[];
  /** Cron in the configuration's time zone. */
  readonly cadence: string;
  readonly latencyBudgetHours: number;
  readonly direction: "one_way";
  readonly repair: "off" | "manual" | "auto_safe";
  readonly holdout: AudienceId | null;
  /** Planned share of the audience that is held out; absent: not told. */
  readonly holdoutShare?: number;
  readonly exclusiveWith: readonly AudienceId[];
  readonly proposedBy: "person" | "model";
  readonly approvedBy: string | null;
  readonly reason: string | null;
};

export type AttributeRule = {
  readonly name: string;
  readonly title: string;
  readonly owners: readonly SystemId[];
  readonly merge: "owner_wins" | "newest" | "most_restrictive" | "manual";
  readonly class: "plain" | "personal" | "consent";
  /** Values that count as valid; null: any value that is not empty or a placeholder. */
  readonly values: readonly string[] | null;
  readonly pattern: string | null;
  /** Only `newest`: how far apart two times must be before the later one counts; absent: 60. */
  readonly newestLeadMinutes?: number;
  /** The only systems that may hold it; absent: any. */
  readonly allowedIn?: readonly SystemId[];
  /** The only regions whose systems may hold it; absent: any. */
  readonly regions?: readonly string[];
};

/** How long a system may take to stop mailing somebody who opted out. */
export type ConsentClock = {
  readonly id: string;
  readonly title: string;
  /** Neither hours nor business days: no grace at all. */
  readonly hours: number | null;
  readonly businessDays: number | null;
  /** Law or rule that says so. */
  readonly source: string;
};

/** What an opt-out may cover: "marketing", "newsletter". Whoever opted out of one opted out of all within it. */
export type ConsentScope = {
  readonly id: string;
  readonly title: string;
  /** The next wider one; null: none is wider. */
  readonly within: string | null;
};

/** What the word of a system covers. */
export type ScopeMapping = {
  readonly system: SystemId;
  /** The system's own id of one list or topic; null: the system as a whole. */
  readonly name: string | null;
  readonly scope: string;
};

export type ConsentScopes = {
  readonly scopes: readonly ConsentScope[];
  readonly map: readonly ScopeMapping[];
};

/** A known job that writes into a system: who writes what, when. */
export type WriterJob = {
  readonly name: string;
  readonly from: SystemId | null;
  readonly to: SystemId;
  readonly audiences: readonly AudienceId[];
  readonly attributes: readonly string[];
  /** Cron; null: not known. */
  readonly schedule: string | null;
  readonly enabled: boolean;
};

/** A planned send; `at` or `cron`. Without any, the next send is "not known". */
export type Send = {
  readonly name: string;
  readonly system: SystemId;
  /** null: a campaign of the system to people who are no audience of ours. */
  readonly audience: AudienceId | null;
  readonly at: string | null;
  readonly cron: string | null;
  /** Audiences whose copy in this system is left out; absent: none that the calendar names. */
  readonly excludes?: readonly AudienceId[];
  /** Receipts, alerts, notices: they may go to people who opted out of marketing. Absent: marketing. */
  readonly transactional?: boolean;
};

export type Role = "viewer" | "editor" | "approver" | "admin";
export type Person = {
  readonly name: string;
  readonly role: Role;
  readonly email: string | null;
  readonly password: SecretRef | null;
  readonly token: SecretRef | null;
};

export type Safeguards = {
  /** The author alone, with a typed confirmation, up to both. */
  readonly alonePeople: number; // 500
  readonly aloneShare: number; // 0.05
  /** Above either: refused whole. */
  readonly refusePeople: number; // 5000
  readonly refuseShare: number; // 0.20
  /** On lists below 100 people a share means little: refused above this many. */
  readonly refuseSmallList: number; // 20
  readonly coolingOffMinutes: number; // 15
  readonly freshMinutes: number; // 60
  readonly planExpiresMinutes: number; // 60
  readonly undoDays: number; // 30
  readonly sendMarginMinutes: number; // 30
  readonly leaseSeconds: number; // 15
};

export type Routes = {
  readonly slack: {
    readonly token: SecretRef;
    readonly channel: string;
    readonly apiUrl: string | null;
  } | null;
  readonly mail: {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
    readonly user: SecretRef | null;
    readonly password: SecretRef | null;
    readonly from: string;
    readonly to: readonly string[];
    /** Cron of the weekly integrity report, in the configuration's time zone. */
    readonly report: string;
  } | null;
};

/** Numbers a check fires on: significance and share and people must all be exceeded. */
export type CheckSettings = Readonly<Record<string, number | boolean>>;

export type Config = {
  readonly company: string;
  readonly timezone: string;
  readonly server: { readonly host: string; readonly port: number; readonly publicUrl: string | null };
  readonly systems: readonly SystemConfig[];
  readonly audiences: readonly Audience[];
  readonly attributes: readonly AttributeRule[];
  readonly dictionary: Readonly<Record<string, string>>;
  readonly writers: readonly WriterJob[];
  readonly calendar: readonly Send[];
  /** Those that apply here; absent: config/consent-clocks.ts. The strictest counts. */
  readonly consentClocks?: readonly ConsentClock[];
  /** How far opt-outs travel; absent: the word of every system covers everything. */
  readonly consentScopes?: ConsentScopes;
  readonly people: readonly Person[];
  readonly checks: Readonly<Record<string, CheckSettings>>;
  readonly routes: Routes;
  readonly safeguards: Safeguards;
  readonly retention: { readonly spoolDays: number; readonly snapshotDays: number };
  /** Absent: anchors of the audit log are kept in the data folder alone. */
  readonly auditLog?: { readonly anchorFile: string };
};
