import { type Static, Type } from "typebox";
import { closed, count, cron, id, named, text } from "./schema-parts.ts";

const hours = (description: string) => Type.Number({ description, minimum: 0, maximum: 8760 });
const values = Type.Array(text("Value."), { minItems: 1 });

export const Segment = closed(
  "Segment",
  "The copy of the audience in one system. Say where it is with one of: sql (postgres, mysql), file (files), label or newsletter (ghost), list (klaviyo, hubspot, mailman, rest), segment (klaviyo, mailchimp, rest), tag (mailchimp, rest), subscribed, suppressed or all.",
  {
    system: id("Id of the system."),
    sql: Type.Optional(text("Query with one row per member.")),
    file: Type.Optional(text("File name in the system's folder.")),
    filter: Type.Optional(named("Only rows of the file with one of these values: column → values.", values)),
    label: Type.Optional(text("Name of the Ghost label.")),
    newsletter: Type.Optional(text("Name or slug of the Ghost newsletter.")),
    list: Type.Optional(text("Name or id of the list.")),
    segment: Type.Optional(text("Name or id of the segment.")),
    tag: Type.Optional(text("Name of the tag.")),
    subscribed: Type.Optional(
      Type.Unsafe<true | string>({
        description:
          "Everyone who may be mailed: `true`, or the name or id of one subscription, topic or channel.",
        anyOf: [{ const: true }, { type: "string", minLength: 1 }],
      }),
    ),
    suppressed: Type.Optional(Type.Literal(true, { description: "Everyone whom the system will not mail." })),
    all: Type.Optional(Type.Literal(true, { description: "Everyone in the system." })),
    where: Type.Optional(
      named(
        "Only people whose record at the owner has one of these values belong here: attribute → values.",
        values,
      ),
    ),
    latency_budget_hours: Type.Optional(hours("Overrides the audience's latency budget for this copy.")),
  },
);

export const AudienceEntry = closed("Audience", "One group of people and all its copies.", {
  id: id("Name of the audience everywhere else."),
  title: Type.Optional(text("What people call it. Default: the id.")),
  purpose: Type.Enum(["suppression", "ineligible", "consent", "lifecycle", "marketing"], {
    description: "suppression: must not be contacted; it is checked first and wins everywhere.",
  }),
  owner: id("System whose word counts."),
  identity: Type.Optional(
    Type.Enum(["email", "phone", "customer_id"], {
      description: "What makes two records the same person.",
      default: "email",
    }),
  ),
  segments: Type.Array(Segment, { description: "The copies, the owner's among them.", minItems: 1 }),
  required_attributes: Type.Optional(
    Type.Array(text("Attribute."), { description: "Attributes that every member needs.", uniqueItems: true }),
  ),
  cadence: Type.Optional(cron("When it is audited.", "0 6 * * *")),
  latency_budget_hours: Type.Optional(
    Type.Number({
      description: "How old a difference must be before it counts.",
      default: 24,
      minimum: 0,
      maximum: 8760,
    }),
  ),
  direction: Type.Optional(
    Type.Enum(["one_way", "two_way"], {
      description: "Only one_way is supported so far.",
      default: "one_way",
    }),
  ),
  repair: Type.Optional(
    Type.Enum(["off", "manual", "auto_safe"], {
      description:
        "off: never written. manual: plans that a person approves. auto_safe: small safe plans by themselves.",
      default: "manual",
    }),
  ),
  holdout: Type.Optional(id("Audience of people who are kept out on purpose.")),
  holdout_share: Type.Optional(
    Type.Number({
      description: "Planned share of the audience that is held out; a split that differs is told.",
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
    }),
  ),
  exclusive_with: Type.Optional(
    Type.Array(id("Audience."), { description: "Nobody may be in both.", uniqueItems: true }),
  ),
  proposed_by: Type.Optional(
    Type.Enum(["person", "model"], { description: "Who thought of it.", default: "person" }),
  ),
  approved_by: Type.Optional(text("Who agreed to it.")),
  reason: Type.Optional(text("Why it exists.")),
});

export const AttributeEntry = closed(
  "Attribute",
  "A field that Plumbline compares, and whose word counts for it.",
  {
    name: id("Name of the attribute everywhere else."),
    title: Type.Optional(text("What people call it. Default: the name.")),
    owners: Type.Optional(
      Type.Array(id("System."), {
        description: "Systems whose word counts, the first first.",
        uniqueItems: true,
      }),
    ),
    merge: Type.Optional(
      Type.Enum(["owner_wins", "newest", "most_restrictive", "manual"], {
        description: "What happens when copies differ. Consent is always most_restrictive.",
        default: "manual",
      }),
    ),
    newest_lead_minutes: Type.Optional(
      count(
        "Only with merge: newest. Two values whose times are closer than this are for a person to decide.",
        60,
        { minimum: 0, maximum: 525_600 },
      ),
    ),
    class: Type.Optional(
      Type.Enum(["plain", "personal", "consent"], {
        description: "consent: says whether a person may be contacted; never loosened.",
        default: "plain",
      }),
    ),
    values: Type.Optional(
      Type.Array(text("Value."), { description: "The only valid values.", minItems: 1, uniqueItems: true }),
    ),
    pattern: Type.Optional(
      Type.String({ description: "Regular expression of valid values.", minLength: 1, maxLength: 200 }),
    ),
    allowed_in: Type.Optional(
      Type.Array(id("System."), {
        description: "The only systems that may hold it; a value anywhere else is told.",
        uniqueItems: true,
      }),
    ),
    regions: Type.Optional(
      Type.Array(text("Region."), {
        description: "The only regions (of systems) that may hold it.",
        minItems: 1,
        uniqueItems: true,
      }),
    ),
  },
);

export type SegmentEntry = Static<typeof Segment>;
export type AudienceFileEntry = Static<typeof AudienceEntry>;
export type AttributeFileEntry = Static<typeof AttributeEntry>;
