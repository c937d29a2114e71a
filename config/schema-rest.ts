import { type Static, Type } from "typebox";
import { closed, count, named, text } from "./schema-parts.ts";
import {
  auth,
  PART_DEFS,
  paging,
  path,
  readCall,
  route,
  shared,
  statuses,
  word,
  writeCall,
} from "./schema-rest-parts.ts";

const CONSENT = ["erased", "complained", "unsubscribed", "pending", "subscribed"] as const;
const state = (description: string) => Type.Optional(Type.Enum([...CONSENT], { description }));
const words = (state: string) =>
  Type.Optional(
    Type.Array(word("Word of the vendor."), { description: `Words that mean ${state}.`, minItems: 1 }),
  );

const Rule = closed("Consent", "One field that says whether a person may be mailed.", {
  path: path("Path to the field."),
  words: Type.Optional(
    closed("Words", "State → the vendor's words for it. A word that is not here is unknown.", {
      erased: words("erased"),
      complained: words("complained"),
      unsubscribed: words("unsubscribed"),
      pending: words("pending"),
      subscribed: words("subscribed"),
    }),
  ),
  set: state("State when the field holds anything else, for times: unsubscribed_at."),
  empty: state("State when the field is there and empty."),
});

const Record_ = closed("Record", "What a record of this system is. All are paths into it.", {
  id: path("The vendor's own id."),
  email: Type.Optional(path("E-mail address.")),
  phone: Type.Optional(path("Phone number.")),
  customer_id: Type.Optional(path("Your own customer id.")),
  consent: Type.Optional(
    Type.Array(Rule, { description: "Who may be mailed; the most restrictive wins.", minItems: 1 }),
  ),
  consent_at: Type.Optional(path("Time of the consent.")),
  mailable: Type.Optional(path("The vendor's own word on whether it would mail this person.")),
  bounced: Type.Optional(path("Does mail to this person bounce?")),
  updated_at: Type.Optional(path("Time of the last change.")),
});

const Read = closed("Read", "How one list is read.", {
  ...readCall,
  records: path("Path to the array of records."),
  paging,
  only: Type.Optional(
    path("Of a record: values of which one must be the segment's name, where the vendor cannot filter."),
  ),
  joined_at: Type.Optional(path("Of a record of the list: when the person joined.")),
  lookup: Type.Optional(
    closed("Look-up", "How records are fetched where the list gives ids only.", {
      id: path("Path to the id in a record of the list."),
      ...readCall,
      records: path("Path to the array of records, or to the one record."),
      batch: Type.Optional(count("Ids in one call.", 1, { minimum: 1, maximum: 10_000 })),
      missing: Type.Optional(
        Type.Enum(["partial", "drop"], {
          description: "What an id without a record means: the read is partial, or a person deleted.",
          default: "partial",
        }),
      ),
    }),
  ),
});

const Results = closed(
  "Results",
  "What the answer says about each person. Conditions are JMESPath on one result.",
  {
    path: path("Path to the array of results."),
    by: Type.Optional(
      Type.Enum(["index", "id"], { description: "In the order sent, or told by id.", default: "index" }),
    ),
    id: Type.Optional(path("Path to the id in a result.")),
    ok: path("It was done."),
    noop: Type.Optional(path("It was so already.")),
    refused: Type.Optional(path("The vendor refuses it.")),
    consent: Type.Optional(path("The vendor refuses it because of consent.")),
  },
);
const Statuses = closed("Statuses", "Statuses of the whole call that have a meaning of their own.", {
  noop: Type.Optional(statuses("It was so already.")),
  refused: Type.Optional(statuses("The vendor refuses it.")),
  consent: Type.Optional(statuses("The vendor refuses it because of consent.")),
});
const answers = {
  batch: Type.Optional(count("People in one call.", 1, { minimum: 1, maximum: 1000 })),
  results: Type.Optional(
    shared<Static<typeof Results>>("rest_results", "What the answer says about each person."),
  ),
  statuses: Type.Optional(
    shared<Static<typeof Statuses>>(
      "rest_statuses",
      "Statuses of the whole call that have a meaning of their own.",
    ),
  ),
};

const Write = closed("Write", "How Plumbline may write here. Without it, nothing is ever written.", {
  auth: auth("A credential of its own."),
  find: closed("Find", "How a person is looked up.", {
    ...readCall,
    records: path("Path to the array of records, or to the one record."),
    by: Type.Optional(
      Type.Enum(["email", "phone", "customer_id"], {
        description: "Identifier to look up by.",
        default: "email",
      }),
    ),
    batch: Type.Optional(count("People in one call.", 1, { minimum: 1, maximum: 1000 })),
    absent: Type.Optional(statuses("Statuses that mean: nobody there.")),
  }),
  in_segment: Type.Optional(
    closed("In segment", "Whether a record is in the segment: a path into the record, or a call.", {
      path: Type.Optional(path("Path to the names or ids of its lists.")),
      get: Type.Optional(route("Path of a GET with {{id}}.")),
      absent: Type.Optional(statuses("Statuses that mean no. Default: 404.")),
    }),
  ),
  suppress: Type.Optional(closed("Suppress", "Takes consent away.", { ...writeCall, ...answers })),
  remove: Type.Optional(
    closed("Remove", "Takes a membership away, never a person.", {
      ...writeCall,
      delete: Type.Optional(route("Path of a DELETE, with the list in it.")),
      ...answers,
    }),
  ),
  add: Type.Optional(
    closed("Add", "Adds somebody to a list, without consent.", {
      ...writeCall,
      ...answers,
      subscribes: Type.Literal(false, {
        description: "false: the documentation says that this changes nobody's consent.",
      }),
      evidence: Type.String({ description: "Where it says so, with the date read.", minLength: 10 }),
    }),
  ),
  set: Type.Optional(
    closed("Set", "Sets one attribute; {{field}} and {{value}}.", {
      ...writeCall,
      ...answers,
      fields: named("Attribute → its field in this call.", text("Field.")),
    }),
  ),
  settle_seconds: Type.Optional(
    count("Seconds until a read shows what was written.", 0, { minimum: 0, maximum: 86_400 }),
  ),
});

const optionalRead = (description: string) => Type.Optional(shared<RestReadEntry>("rest_read", description));

/** Parts of `rest` systems that the schema refers to; they stand at the root of the whole. */
export const REST_DEFS = { ...PART_DEFS, rest_read: Read, rest_results: Results, rest_statuses: Statuses };

/** What a `rest` system says beyond what every HTTP system does; docs/systems/rest.md explains it. */
export const restProperties = {
  url: Type.String({
    description: "Address that every path starts from.",
    pattern: "^https?://[^\\s?#]+$",
    examples: ["https://api.shop.example/v2"],
  }),
  auth: auth("How one signs in, for reading."),
  headers: Type.Optional(named("Fixed headers of every call; nothing secret.", text("Value."))),
  record: Record_,
  read: closed("Read", "The lists that can be read.", {
    all: optionalRead("Everybody in the system."),
    list: optionalRead("One list, {{list}}."),
    segment: optionalRead("One segment, {{segment}}."),
    tag: optionalRead("One tag, {{tag}}."),
    subscribed: optionalRead("Whoever may be mailed, by topic {{subscribed}} where there are several."),
    suppressed: optionalRead("Whoever must not be mailed."),
  }),
  scopes: Type.Optional(
    closed("Scopes", "How the system tells what the credential may do.", {
      get: route("Path of a GET."),
      granted: path("Path to the scopes: an array, or text with spaces."),
      needed: Type.Array(text("Scope."), { description: "Scopes that reading needs.", uniqueItems: true }),
    }),
  ),
  limits: Type.Optional(
    closed("Limits", "What the vendor allows.", {
      requests: count("Requests …", 2, { minimum: 1, maximum: 1_000_000 }),
      per_seconds: count("… in so many seconds.", 1, { minimum: 1, maximum: 86_400 }),
      concurrency: Type.Optional(count("Requests at the same time.", 1, { minimum: 1, maximum: 32 })),
      per_day: Type.Optional(Type.Integer({ description: "Requests a day.", minimum: 1 })),
    }),
  ),
  write: Type.Optional(Write),
};

export type RestReadEntry = Static<typeof Read>;
export type RestWriteEntry = Static<typeof Write>;
export type RestRecordEntry = Static<typeof Record_>;
