import { type Static, Type } from "typebox";
import type { JsonTemplate } from "../core/rest-config.ts";
import { closed, count, named, secret, text } from "./schema-parts.ts";

/** JMESPath is checked where the references are: its syntax is no pattern. */
export const path = (description: string) => Type.String({ description, minLength: 1, maxLength: 500 });

export const route = (description: string) =>
  Type.String({ description, pattern: "^/[^\\s?#]*$", maxLength: 500 });

/** Text, number or boolean, as YAML writes them. */
export const word = (description: string) =>
  Type.Unsafe<string | number | boolean>({ description, type: ["string", "number", "boolean"] });

const body = Type.Optional(
  Type.Unsafe<JsonTemplate>({
    description: "Body of the call, sent as JSON, with {{names}} in its strings.",
  }),
);
const query = Type.Optional(named("Query: parameter → value, with {{names}}.", word("Value.")));

export const readCall = {
  get: Type.Optional(route("Path of a GET, below the url of the system.")),
  post: Type.Optional(route("Path of a POST that only searches.")),
  query,
  body,
};

export const writeCall = {
  post: Type.Optional(route("Path of a POST.")),
  put: Type.Optional(route("Path of a PUT.")),
  patch: Type.Optional(route("Path of a PATCH.")),
  query,
  body,
};

export const statuses = (description: string) =>
  Type.Array(Type.Integer({ minimum: 100, maximum: 599 }), { description, uniqueItems: true });

const tokenHeader = {
  header: Type.Optional(text("Header of the token. Default: Authorization.")),
  prefix: Type.Optional(Type.String({ description: "What stands before the token. Default: “Bearer ”." })),
};
const lasts = (fallback: number) =>
  Type.Optional(count("Minutes that a token lasts.", fallback, { minimum: 1, maximum: 1440 }));
const kind = <K extends string>(name: K, description: string) => Type.Literal(name, { description });

const AUTHS = [
  closed("No sign-in", "Nothing is sent.", { kind: kind("none", "Nothing is sent.") }),
  closed("Bearer", "Authorization: Bearer.", {
    kind: kind("bearer", "Authorization: Bearer <token>."),
    token: secret("Token."),
  }),
  closed("Header", "A key in a header.", {
    kind: kind("header", "A key in a header of its own."),
    header: text("Name of the header."),
    value: secret("The key."),
    prefix: Type.Optional(Type.String({ description: "What stands before the key." })),
  }),
  closed("Basic", "HTTP Basic.", {
    kind: kind("basic", "HTTP Basic."),
    user: text("User: as it is, or by reference if it is secret."),
    password: Type.Optional(secret("Password.")),
  }),
  closed("OAuth2", "OAuth2 client credentials.", {
    kind: kind("oauth2", "OAuth2 client credentials."),
    token_url: Type.String({
      description: "Where the token comes from: a path below the url, or a whole address.",
      pattern: "^(/|https?://)[^\\s?#]+$",
    }),
    client_id: text("Client id: as it is, or by reference."),
    client_secret: secret("Client secret."),
    scope: Type.Optional(text("Scopes to ask for, with spaces between them.")),
    fields: Type.Optional(named("Further fields of the form.", text("Value."))),
    send_client: Type.Optional(
      Type.Enum(["basic", "body"], {
        description: "How the client proves itself: HTTP Basic, or in the form.",
        default: "basic",
      }),
    ),
    ...tokenHeader,
  }),
  closed("Login", "A login call that answers with a token.", {
    kind: kind("login", "A login call that answers with a token."),
    post: route("Path of the login call."),
    body: Type.Unsafe<JsonTemplate>({ description: "Its body, with {{user}} and {{password}}." }),
    user: text("User: as it is, or by reference."),
    password: secret("Password."),
    token: path("Path to the token in the answer."),
    expires_in: Type.Optional(path("Path to the seconds that it lasts.")),
    lasts_minutes: lasts(30),
    ...tokenHeader,
  }),
  closed("JWT", "A token that we sign for each call.", {
    kind: kind("jwt", "A token that we sign for each call."),
    algorithm: Type.Enum(["HS256", "RS256"], { description: "How it is signed." }),
    key: secret("Key: text for HS256, PEM for RS256."),
    key_encoding: Type.Optional(
      Type.Enum(["utf8", "hex", "base64"], {
        description: "How the key of HS256 is written.",
        default: "utf8",
      }),
    ),
    key_id: Type.Optional(text("Goes into the token's header as kid.")),
    claims: Type.Optional(
      named(
        "Claims: iss, aud, sub …",
        Type.Unsafe<string | number>({ description: "Value.", type: ["string", "number"] }),
      ),
    ),
    lasts_minutes: lasts(5),
    ...tokenHeader,
  }),
] as const;

export type RestAuthEntry = Static<(typeof AUTHS)[number]>;

/** Stands once in the published schema, however often it is used: compiling it takes time at every start. */
export const shared = <T>(name: string, description: string) =>
  Type.Unsafe<T>({ $ref: `#/$defs/${name}`, description });

const Auth = {
  type: "object",
  title: "Sign-in",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: AUTHS,
};
export const auth = (description: string) => shared<RestAuthEntry>("rest_auth", description);

const paged = {
  size: Type.Optional(
    closed("Page size", "How a page size is asked for.", {
      send: text("Parameter that takes it."),
      value: count("Records a page.", 100, { minimum: 1, maximum: 10_000 }),
    }),
  ),
  total: Type.Optional(path("Path to the number of records that the vendor declares for the whole list.")),
  total_header: Type.Optional(text("Header with that number.")),
};
const absent = Type.Optional(
  Type.Boolean({
    description: "The vendor leaves the next one out on the last page, as its documentation says.",
    default: false,
  }),
);

const PAGINGS = [
  closed("One answer", "One answer holds the whole list.", {
    kind: kind("none", "One answer holds the whole list."),
    ...paged,
  }),
  closed("Cursor", "A cursor in the answer or in a header.", {
    kind: kind("cursor", "A cursor in the answer or in a header."),
    cursor: Type.Optional(path("Path to the next cursor.")),
    cursor_header: Type.Optional(text("Header with the next cursor.")),
    send: text("Parameter (for a POST: field of the body) that takes it."),
    more: Type.Optional(path("Path to the vendor's own flag that more follows.")),
    absent_means_end: absent,
    ...paged,
  }),
  closed("Next address", "The whole address of the next page in the answer.", {
    kind: kind("next_url", "The whole address of the next page in the answer."),
    next: path("Path to the address."),
    absent_means_end: absent,
    ...paged,
  }),
  closed("Link header", 'A Link header with rel="next".', {
    kind: kind("link_header", 'A Link header with rel="next".'),
    ...paged,
  }),
  closed("Offset", "Offset and size.", {
    kind: kind("offset", "Offset and size."),
    send: text("Parameter with the offset."),
    overlap: Type.Optional(
      Type.Boolean({
        description: "Ask for the last record again, to notice when the list moves.",
        default: true,
      }),
    ),
    ...paged,
    size: closed("Page size", "How a page size is asked for.", {
      send: text("Parameter that takes it."),
      value: count("Records a page.", 100, { minimum: 1, maximum: 10_000 }),
    }),
  }),
  closed("Page number", "Page numbers.", {
    kind: kind("page", "Page numbers."),
    send: text("Parameter with the number."),
    first: Type.Optional(count("Number of the first page.", 1, { minimum: 0, maximum: 1 })),
    total_pages: Type.Optional(path("Path to the number of pages.")),
    ...paged,
  }),
] as const;

export type RestPagingEntry = Static<(typeof PAGINGS)[number]>;

const Paging = {
  type: "object",
  title: "Paging",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: PAGINGS,
};
export const paging = shared<RestPagingEntry>("rest_paging", "How it pages, and what proves the end.");

export const PART_DEFS = { rest_auth: Auth, rest_paging: Paging };
