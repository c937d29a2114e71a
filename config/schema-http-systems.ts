import { type Static, Type } from "typebox";
import { closed, secret, share, text } from "./schema-parts.ts";
import { restProperties } from "./schema-rest.ts";
import { base, kind } from "./schema-system-base.ts";

const address = (description: string, example: string) =>
  Type.String({ description, pattern: "^https?://[^\\s/?#]+", examples: [example] });

/** What every system reached over HTTP may set. */
export const http = {
  ...base,
  limit_share: Type.Optional(
    share("Part of the vendor's request limits that Plumbline may use; the rest is for campaigns.", 0.3),
  ),
  private_network: Type.Optional(
    Type.Boolean({
      description: "May the name of this system lead to an address in a private network?",
      default: false,
    }),
  ),
};

export const GhostSystem = closed("Ghost", "A Ghost site: members, labels, newsletters, suppression.", {
  ...http,
  kind: kind("ghost"),
  url: address("Address of the site, without /ghost.", "https://news.example.com"),
  key: secret("Admin API key of an integration (id:secret), used for reading."),
  write_key: Type.Optional(
    secret(
      "Admin API key used for repairs, best of an integration of its own. Without it, nothing is written.",
    ),
  ),
});

export const KlaviyoSystem = closed("Klaviyo", "A Klaviyo account: profiles, lists, segments, consent.", {
  ...http,
  kind: kind("klaviyo"),
  url: Type.Optional(address("Another address of the API, for a proxy.", "https://a.klaviyo.com")),
  key: secret("Private API key with read scopes only."),
  write_key: Type.Optional(secret("Private API key used for repairs. Without it, nothing is written.")),
});

export const MailchimpSystem = closed("Mailchimp", "One Mailchimp audience: members, tags, segments.", {
  ...http,
  kind: kind("mailchimp"),
  list: text("Id of the Mailchimp audience: Settings, Audience ID."),
  url: Type.Optional(
    address(
      "Another address of the API. Default: from the data centre at the end of the key.",
      "https://us6.api.mailchimp.com",
    ),
  ),
  key: secret("API key. Mailchimp has none that can only read: Plumbline’s reader can only GET."),
  write_key: Type.Optional(secret("API key used for repairs. Without it, nothing is written.")),
});

export const HubspotSystem = closed("HubSpot", "A HubSpot portal: contacts, lists, subscriptions.", {
  ...http,
  kind: kind("hubspot"),
  url: Type.Optional(address("Another address of the API, for a proxy.", "https://api.hubapi.com")),
  token: secret("Token of a private app with read scopes only."),
  write_token: Type.Optional(
    secret("Token of a private app used for repairs. Without it, nothing is written."),
  ),
  subscription: Type.Optional(
    text("Subscription type (name or id) that decides who can be mailed. Default: all of them."),
  ),
});

export const MailmanSystem = closed("Mailman", "A Mailman 3 server: mailing lists and their members.", {
  ...http,
  kind: kind("mailman"),
  url: address("Address of the REST API with its version.", "http://127.0.0.1:8001/3.1"),
  user: Type.Optional(text("REST user. Default: restadmin.")),
  password: secret("Password of the REST user."),
  write_password: Type.Optional(
    secret("The same password once more: allows repairs. Without it, nothing is written."),
  ),
});

export const RestSystem = closed("REST", "Any REST system, described by its documentation in YAML.", {
  ...http,
  kind: kind("rest"),
  ...restProperties,
});

export const HTTP_SYSTEMS = [
  GhostSystem,
  KlaviyoSystem,
  MailchimpSystem,
  HubspotSystem,
  MailmanSystem,
  RestSystem,
] as const;
export type HttpSystemEntry = Static<(typeof HTTP_SYSTEMS)[number]>;
