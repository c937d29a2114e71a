import type { HttpSystem, SecretRef } from "./config.ts";
import type { IdentifierKind, KnownConsent } from "./model.ts";

/** A secret by reference, or plain text where what stands there is none (a user name). */
export type PlainOrSecret = { readonly plain: string } | { readonly secret: SecretRef };

/** JMESPath (https://jmespath.site), checked when the configuration is read. */
export type JsonPath = string;

/** JSON with `{{name}}` in its strings and keys; filled value by value, never by pasting text. */
export type JsonTemplate =
  | string
  | number
  | boolean
  | null
  | readonly JsonTemplate[]
  | { readonly [key: string]: JsonTemplate };

/** Where a token goes: `<header>: <prefix><token>`. */
export type TokenHeader = { readonly header: string; readonly prefix: string };

export type RestAuth =
  | { readonly kind: "none" }
  | ({ readonly kind: "header"; readonly value: SecretRef } & TokenHeader)
  | { readonly kind: "basic"; readonly user: PlainOrSecret; readonly password: SecretRef | null }
  | ({
      readonly kind: "oauth2";
      /** Path below the system's url, or a whole https address. */
      readonly tokenUrl: string;
      readonly clientId: PlainOrSecret;
      readonly clientSecret: SecretRef;
      readonly sendClient: "basic" | "body";
      /** Further fields of the token request: scope, audience. */
      readonly fields: Readonly<Record<string, string>>;
    } & TokenHeader)
  | ({
      readonly kind: "login";
      readonly path: string;
      readonly body: JsonTemplate;
      readonly user: PlainOrSecret;
      readonly password: SecretRef;
      readonly token: JsonPath;
      /** Seconds that the token lives, in the answer; null: `lastsMinutes` counts. */
      readonly expiresIn: JsonPath | null;
      readonly lastsMinutes: number;
    } & TokenHeader)
  | ({
      readonly kind: "jwt";
      readonly algorithm: "HS256" | "RS256";
      readonly key: SecretRef;
      /** How the key of HS256 is written. */
      readonly encoding: "utf8" | "hex" | "base64";
      readonly keyId: string | null;
      readonly claims: Readonly<Record<string, string | number>>;
      readonly lastsMinutes: number;
    } & TokenHeader);

export type RestVerb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One call as a template. The path starts with `/` and lies below the system's url. */
export type RestCall = {
  readonly verb: RestVerb;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: JsonTemplate | undefined;
};

export type PageSize = { readonly send: string; readonly value: number };
type PagingBase = {
  /** How the page size is asked for; null: the vendor's own, which we do not know. */
  readonly size: PageSize | null;
  /** Number of records of the whole list, as the vendor declares it: in the answer, or in a header. */
  readonly total: JsonPath | null;
  readonly totalHeader: string | null;
};

export type RestPaging =
  | ({ readonly kind: "none" } & PagingBase)
  | ({
      readonly kind: "cursor";
      readonly cursor: { readonly path: JsonPath } | { readonly header: string };
      /** Query parameter, or field of the body when the list is read by POST. */
      readonly send: string;
      readonly more: JsonPath | null;
      /** The vendor leaves the cursor out on the last page, so that its absence alone proves the end. */
      readonly absentMeansEnd: boolean;
    } & PagingBase)
  | ({ readonly kind: "next_url"; readonly next: JsonPath; readonly absentMeansEnd: boolean } & PagingBase)
  | ({ readonly kind: "link_header" } & PagingBase)
  | ({ readonly kind: "offset"; readonly send: string; readonly overlap: boolean } & PagingBase & {
        readonly size: PageSize;
      })
  | ({
      readonly kind: "page";
      readonly send: string;
      readonly first: number;
      readonly totalPages: JsonPath | null;
    } & PagingBase);

/** One rule for consent; several are merged, the most restrictive wins. */
export type ConsentRule = {
  readonly path: JsonPath;
  /** Vendor's word (lower case; booleans as `true`, `false`) → state. A word that is not here is unknown. */
  readonly words: Readonly<Record<string, KnownConsent>>;
  /** State when the field holds anything that is no known word: for time stamps (`unsubscribed_at`). */
  readonly set: KnownConsent | null;
  /** State when the field is there and empty; a field that is not there at all is always unknown. */
  readonly empty: KnownConsent | null;
};

export type RestRecord = {
  readonly id: JsonPath;
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, JsonPath>>>;
  readonly consent: readonly ConsentRule[];
  readonly consentAt: JsonPath | null;
  readonly mailable: JsonPath | null;
  readonly bounced: JsonPath | null;
  readonly updatedAt: JsonPath | null;
};

/** Fetches whole records for ids that a list gave, `{{ids}}` at once or `{{id}}` one by one (`batch` 1). */
export type RestLookup = {
  readonly call: RestCall;
  readonly records: JsonPath;
  readonly batch: number;
  /** What an id without a record means: the read is partial, or the vendor lists what it has deleted. */
  readonly missing: "partial" | "drop";
};

export type RestRead = {
  readonly call: RestCall;
  readonly records: JsonPath;
  readonly paging: RestPaging;
  /** Only records in which one of these values is the segment's list: for vendors that cannot filter. */
  readonly only: JsonPath | null;
  /** Of an entry of the list: when the person joined it. */
  readonly joinedAt: JsonPath | null;
  /** Set when the list gives ids only: the entry's id, and how to get the records. */
  readonly lookup: (RestLookup & { readonly id: JsonPath }) | null;
};

/** What the answer says about each item of a batch. Conditions are JMESPath on one result; absent: never. */
export type RestResults = {
  readonly path: JsonPath;
  /** `index`: in the order that was sent; `id`: found by the path `id`. */
  readonly by: "index" | "id";
  readonly id: JsonPath | null;
  readonly ok: JsonPath;
  readonly noop: JsonPath | null;
  readonly refused: JsonPath | null;
  readonly consent: JsonPath | null;
};

export type RestWriteCall = {
  readonly call: RestCall;
  /** People in one call; 1: `{{id}}`, more: `{{ids}}` or `{{each}}`. */
  readonly batch: number;
  readonly results: RestResults | null;
  /** Statuses with a meaning of their own, for the whole call. */
  readonly statuses: Readonly<Record<"noop" | "refused" | "consent", readonly number[]>>;
};

export type RestWrite = {
  readonly auth: RestAuth;
  /** Looks people up by an identifier: `{{email}}`, or `{{emails}}` with `batch` above 1. */
  readonly find: {
    readonly call: RestCall;
    readonly records: JsonPath;
    readonly by: IdentifierKind;
    readonly batch: number;
    /** Statuses that mean: nobody there. */
    readonly absent: readonly number[];
  };
  /** Is a record in the segment? Names or ids in the record, or a call of its own; null: cannot be told. */
  readonly inSegment:
    | { readonly path: JsonPath }
    /** Any success means yes, one of `absent` no. */
    | { readonly call: RestCall; readonly absent: readonly number[] }
    | null;
  readonly suppress: RestWriteCall | null;
  readonly remove: RestWriteCall | null;
  /** Only with the vendor's word that it changes nobody's consent. */
  readonly add: (RestWriteCall & { readonly subscribes: false; readonly evidence: string }) | null;
  /** `{{field}}` and `{{value}}`; attribute → the field's name in a write. */
  readonly set: (RestWriteCall & { readonly fields: Readonly<Record<string, string>> }) | null;
  readonly settleSeconds: number;
};

export type RestLimits = {
  readonly requests: number;
  readonly perSeconds: number;
  readonly concurrency: number;
  /** null: no daily quota is known. */
  readonly perDay: number | null;
};

export type RestSystem = HttpSystem & {
  readonly kind: "rest";
  readonly url: string;
  readonly auth: RestAuth;
  /** Fixed headers of every request; nothing secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly record: RestRecord;
  readonly read: Readonly<Partial<Record<RestReadName, RestRead>>>;
  /** Tells the scopes of the credential; null: the system cannot tell. */
  readonly scopes: {
    readonly path: string;
    readonly granted: JsonPath;
    readonly needed: readonly string[];
  } | null;
  readonly limits: RestLimits;
  readonly write: RestWrite | null;
};

/** As segments name them: `list: "42"` is read by `list`, with `{{list}}`. `all` is the base. */
export type RestReadName = "list" | "segment" | "tag" | "subscribed" | "suppressed" | "all";
