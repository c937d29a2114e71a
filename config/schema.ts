import { type Static, Type } from "typebox";
import { STANDARD_CLOCK_IDS, STANDARD_CLOCKS, termOf } from "./consent-clocks.ts";
import { AttributeEntry, AudienceEntry } from "./schema-audiences.ts";
import { closed, count, cron, email, id, named, secret, share, text } from "./schema-parts.ts";
import { REST_DEFS } from "./schema-rest.ts";
import { System } from "./schema-systems.ts";

const list = (description: string) => ({ description });

const Server = closed("Server", "Where the dashboard and API listen.", {
  host: Type.Optional(
    Type.String({
      description: "Anything but a loopback address needs `people`, which turns sign-in on.",
      default: "127.0.0.1",
      minLength: 1,
    }),
  ),
  port: Type.Optional(count("Port.", 4780, { minimum: 0, maximum: 65535 })),
  public_url: Type.Optional(
    Type.String({
      description: "Address people reach it by; used in links of Slack and mail.",
      pattern: "^https?://[^\\s/?#]+",
    }),
  ),
});

const Writer = closed(
  "Writer",
  "A sync job that is not Plumbline: who writes what, when. Causes come from here.",
  {
    name: text("Name of the job."),
    from: Type.Optional(id("System it reads.")),
    to: id("System it writes."),
    audiences: Type.Optional(Type.Array(id("Audience."), list("Audiences it writes."))),
    attributes: Type.Optional(Type.Array(id("Attribute."), list("Attributes it writes."))),
    schedule: Type.Optional(cron("When it runs. Leave it out if it is not known.")),
    enabled: Type.Optional(Type.Boolean({ description: "Is it switched on?", default: true })),
  },
);

const Send = closed("Send", "A planned send. Say when with `at` or `cron`.", {
  name: text("Name of the send."),
  system: id("System that sends."),
  audience: id("Audience it goes to."),
  at: Type.Optional(text("Time with zone, ISO-8601: 2026-12-01T10:00:00+01:00.")),
  cron: Type.Optional(cron("Repeated send.")),
  excludes: Type.Optional(
    Type.Array(id("Audience."), { description: "Audiences that are left out of it.", uniqueItems: true }),
  ),
  transactional: Type.Optional(
    Type.Boolean({
      description: "A receipt or notice, which may go to people who opted out of marketing.",
      default: false,
    }),
  ),
});

const ConsentClock = closed(
  "ConsentClock",
  "A term of your own. Neither hours nor business days: no grace.",
  {
    id: id("Name of the term."),
    title: Type.Optional(text("What people call it. Default: the id.")),
    hours: Type.Optional(count("Hours after the opt-out.", 48, { minimum: 1, maximum: 8760 })),
    business_days: Type.Optional(
      count("Whole business days after the day of the opt-out, in the time zone of this file.", 10, {
        minimum: 1,
        maximum: 250,
      }),
    ),
    source: text("Law, contract or rule that says so."),
  },
);

const ConsentClocks = closed(
  "ConsentClocks",
  "How soon an opt-out must be honoured. The strictest term that applies counts.",
  {
    apply: Type.Optional(
      Type.Array(
        Type.Enum(STANDARD_CLOCK_IDS, {
          description: STANDARD_CLOCKS.map((c) => `${c.id}: ${termOf(c)} (${c.source})`).join("; "),
        }),
        { description: "Terms that apply here. Default: all of them.", uniqueItems: true },
      ),
    ),
    own: Type.Optional(Type.Array(ConsentClock, { description: "Terms of your own." })),
  },
);

const ConsentScope = closed("ConsentScope", "Something that people can opt out of.", {
  id: id("Name of the scope."),
  title: Type.Optional(text("What people call it. Default: the id.")),
  within: Type.Optional(
    id("The wider scope that it is part of: opting out of that one is opting out of this one too."),
  ),
});

const ScopeMapping = closed("ScopeMapping", "What an opt-out in a system covers.", {
  system: id("System."),
  name: Type.Optional(
    text("The system's own id of one of its lists or topics. Left out: the system as a whole."),
  ),
  scope: id("Scope that it covers."),
});

const ConsentScopes = closed(
  "ConsentScopes",
  "How far opt-outs travel. Without this section the word of every system covers everything.",
  {
    scopes: Type.Array(ConsentScope, { description: "The scopes.", minItems: 1 }),
    map: Type.Optional(
      Type.Array(ScopeMapping, {
        description:
          "Systems, and where they tell them apart their lists and topics. What is not mapped never travels.",
      }),
    ),
  },
);

const Person = closed("Person", "Someone who may sign in.", {
  name: text("Name, as shown in the log."),
  role: Type.Enum(["viewer", "editor", "approver", "admin"], {
    description:
      "viewer reads; editor also drafts plans; approver also approves and applies; admin also configures.",
  }),
  email: Type.Optional(email("Address for reports.")),
  password: Type.Optional(secret("Argon2id hash of the password.")),
  token: Type.Optional(secret("Token for the API.")),
});

const Slack = closed("Slack", "One message per incident, updated in place.", {
  token: secret(
    "Bot token (xoxb-…) with chat:write. With channels:history (private channel: groups:history) too, a message that was cut off by a crash is found again and not posted twice.",
  ),
  channel: text("Channel id (C0123456789) or name."),
  api_url: Type.Optional(
    Type.String({ description: "Another Slack API address, for a proxy.", pattern: "^https?://" }),
  ),
});

const Mail = closed("Mail", "The weekly integrity report.", {
  host: text("SMTP server."),
  port: Type.Optional(count("SMTP port.", 587, { minimum: 1, maximum: 65535 })),
  secure: Type.Optional(Type.Boolean({ description: "TLS from the first byte (port 465).", default: false })),
  user: Type.Optional(secret("SMTP user.")),
  password: Type.Optional(secret("SMTP password.")),
  from: email("Sender."),
  to: Type.Array(email("Recipient."), { description: "Recipients.", minItems: 1, uniqueItems: true }),
  report: Type.Optional(cron("When the report goes out.", "0 7 * * 1")),
});

const Safeguards = closed("Safeguards", "Limits of every repair, over a rolling 24 hours.", {
  alone_people: Type.Optional(
    count("The author alone may change up to this many people.", 500, { minimum: 0, maximum: 1_000_000 }),
  ),
  alone_share: Type.Optional(share("… and up to this share of the list.", 0.05)),
  refuse_people: Type.Optional(
    count("Above this many the plan is refused.", 5000, { minimum: 0, maximum: 10_000_000 }),
  ),
  refuse_share: Type.Optional(share("Above this share the plan is refused.", 0.2)),
  refuse_small_list: Type.Optional(
    count("On lists below 100 people: refused above this many.", 20, { minimum: 0, maximum: 100 }),
  ),
  cooling_off_minutes: Type.Optional(
    count("Wait that replaces a second person when there is only one.", 15, { minimum: 1, maximum: 10_080 }),
  ),
  fresh_minutes: Type.Optional(
    count("A plan needs snapshots no older than this.", 60, { minimum: 1, maximum: 10_080 }),
  ),
  plan_expires_minutes: Type.Optional(
    count("A plan not applied by then expires.", 60, { minimum: 1, maximum: 10_080 }),
  ),
  undo_days: Type.Optional(count("How long a repair can be undone.", 30, { minimum: 0, maximum: 365 })),
  send_margin_minutes: Type.Optional(
    count("No repair starts this close to a planned send.", 30, { minimum: 0, maximum: 1440 }),
  ),
  lease_seconds: Type.Optional(
    count("How long a crashed apply blocks another.", 15, { minimum: 5, maximum: 600 }),
  ),
});

const Retention = closed("Retention", "How long things are kept.", {
  spool_days: Type.Optional(
    count("Sealed identifiers of the latest snapshot.", 7, { minimum: 0, maximum: 90 }),
  ),
  snapshot_days: Type.Optional(count("Snapshots and their counts.", 400, { minimum: 30, maximum: 3650 })),
});

const AuditLog = closed("AuditLog", "How the log of who did what is kept honest: docs/audit-log.md.", {
  anchor_file: Type.Optional(
    text(
      "A second file for the hourly anchors, from this file’s folder. Best where lines can be added and not changed.",
    ),
  ),
});

const properties = {
  company: text("Name of the company, shown in the dashboard and in reports."),
  timezone: Type.Optional(
    Type.String({
      description: "IANA time zone of all times in this file.",
      default: "UTC",
      examples: ["Europe/Berlin"],
    }),
  ),
  server: Type.Optional(Server),
  systems: Type.Array(System, { description: "Places where audiences live.", minItems: 1 }),
  audiences: Type.Array(AudienceEntry, {
    description: "Groups of people with one owner and their copies.",
    minItems: 1,
  }),
  attributes: Type.Optional(Type.Array(AttributeEntry, list("Fields that are compared."))),
  dictionary: Type.Optional(named("What words mean here: word → meaning.", text("Meaning."))),
  writers: Type.Optional(Type.Array(Writer, list("Sync jobs that write into the systems."))),
  calendar: Type.Optional(
    Type.Array(Send, list("Planned sends. Without them the next send is “not known”.")),
  ),
  consent_clocks: Type.Optional(ConsentClocks),
  consent_scopes: Type.Optional(ConsentScopes),
  people: Type.Optional(Type.Array(Person, list("Who may sign in. Empty: only this machine, as `local`."))),
  checks: Type.Optional(
    named(
      "Settings of checks: check → setting → value. See docs/checks.md.",
      named("Setting → value.", Type.Unsafe<number | boolean>({ type: ["number", "boolean"] })),
    ),
  ),
  routes: Type.Optional(
    closed("Routes", "Where alerts and reports go.", {
      slack: Type.Optional(Slack),
      mail: Type.Optional(Mail),
    }),
  ),
  safeguards: Type.Optional(Safeguards),
  retention: Type.Optional(Retention),
  audit_log: Type.Optional(AuditLog),
};

/** The configuration file as written; `config/build.ts` turns it into `Config` of core/config.ts. */
export const ConfigFile = Type.Object(properties, {
  title: "Plumbline",
  description: "Configuration of Plumbline.",
  additionalProperties: false,
  $defs: REST_DEFS,
});

export type ConfigFile = Static<typeof ConfigFile>;

/** JSON Schema for editors, as published in config/plumbline.schema.json. */
export function publishedSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(JSON.parse(JSON.stringify(ConfigFile)) as Record<string, unknown>),
  };
}
