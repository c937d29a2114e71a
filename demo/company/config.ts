import { AD_BASE, AD_FILES } from "./ads.ts";
import { NEWSLETTER } from "./hubspot.ts";
import { LIST_TITLES } from "./lists.ts";
import { VIP_TAG } from "./mailchimp.ts";
import { LISTS, type ListName, PLANS } from "./population.ts";
import { TIMEZONE } from "./time.ts";

export type DemoPlaces = {
  readonly hubspotUrl: string;
  readonly klaviyoUrl: string;
  readonly mailchimpUrl: string;
  readonly adsFolder: string;
  readonly slackApiUrl: string;
  readonly smtpPort: number;
  /** Date of day 56, ISO. */
  readonly today: string;
  /** Titles that try to be markup, formulas or code; for tests. */
  readonly hostile?: boolean;
};

/** Names of the environment variables that the configuration refers to. */
export type DemoSecrets =
  | "DEMO_WAREHOUSE_DSN"
  | "DEMO_WAREHOUSE_WRITE_DSN"
  | "DEMO_HUBSPOT_READ_TOKEN"
  | "DEMO_HUBSPOT_TOKEN"
  | "DEMO_KLAVIYO_KEY"
  | "DEMO_MAILCHIMP_KEY"
  | "DEMO_SLACK_TOKEN";

const PURPOSE: Readonly<Record<ListName, string>> = {
  active_customers: "marketing",
  trial: "lifecycle",
  recent_purchasers: "marketing",
  vip: "marketing",
  lapsed_180: "lifecycle",
};
const REQUIRED: Readonly<Record<ListName, readonly string[]>> = {
  active_customers: ["plan", "country", "first_name"],
  trial: ["country", "first_name"],
  recent_purchasers: ["plan", "country"],
  vip: ["plan", "first_name"],
  lapsed_180: ["country"],
};

const CUSTOMER = "customer_id, email, first_name, plan, country, consent, consent_at, updated_at";
/** A string that YAML reads as just this text. */
const q = (text: string): string => JSON.stringify(text);

/** The company's Plumbline configuration. Secrets are `${env:…}`; their values travel beside it. */
export function demoConfig(p: DemoPlaces): string {
  const hostile = (plain: string, nasty: string): string => q(p.hostile ? nasty : plain);
  return `# Harbour & Pine, the demo company. Made by the demo at each start; edits are lost.
company: "Harbour & Pine"
timezone: ${TIMEZONE}

systems:
  - id: warehouse
    title: Warehouse
    kind: postgres
    dsn: \${env:DEMO_WAREHOUSE_DSN}
    base: select ${CUSTOMER} from customers
    attributes: { plan: plan, country: country, first_name: first_name }
    write:
      dsn: \${env:DEMO_WAREHOUSE_WRITE_DSN}
      attributes:
        table: customers
        key: email
        columns: { plan: plan, country: country, first_name: first_name }
      suppress: { table: customers, key: email, column: consent, value: unsubscribed }
  - id: hubspot
    title: HubSpot
    kind: hubspot
    url: ${p.hubspotUrl}
    token: \${env:DEMO_HUBSPOT_READ_TOKEN}
    write_token: \${env:DEMO_HUBSPOT_TOKEN}
    subscription: ${NEWSLETTER.name}
    limit_share: 1
    attributes: { plan: plan, country: country, first_name: firstname }
  - id: klaviyo
    title: Klaviyo
    kind: klaviyo
    url: ${p.klaviyoUrl}
    key: \${env:DEMO_KLAVIYO_KEY}
    write_key: \${env:DEMO_KLAVIYO_KEY}
    limit_share: 1
    attributes: { plan: properties.Plan, country: properties.Country, first_name: first_name }
  - id: mailchimp
    title: Mailchimp
    kind: mailchimp
    url: ${p.mailchimpUrl}
    list: a36b000001
    key: \${env:DEMO_MAILCHIMP_KEY}
    write_key: \${env:DEMO_MAILCHIMP_KEY}
    limit_share: 1
    attributes: { first_name: FNAME }
  - id: ads
    title: Ad exports
    kind: files
    folder: ${q(p.adsFolder)}
    base: ${AD_BASE}
    columns: { email: Email, consent: Opt-in status, consent_at: Opt-in changed }
    attributes: { plan: Plan, country: Country, first_name: First name }

audiences:
  - id: do_not_contact
    title: Do not contact
    purpose: suppression
    owner: hubspot
    segments:
      - { system: hubspot, suppressed: true }
      - system: warehouse
        sql: select ${CUSTOMER} from customers where consent <> 'subscribed'
      - { system: klaviyo, suppressed: true }
      - { system: mailchimp, suppressed: true }
      - { system: ads, file: ${AD_FILES.do_not_contact} }
    cadence: "4 6 * * *"
    latency_budget_hours: 24
    reason: People who told us to stop; they get no marketing mail from anywhere
  - id: newsletter_opt_in
    title: Newsletter opt-in
    purpose: consent
    owner: hubspot
    segments:
      - { system: hubspot, subscribed: ${NEWSLETTER.name} }
      - system: warehouse
        sql: select ${CUSTOMER} from customers where consent = 'subscribed'
      - { system: klaviyo, subscribed: true }
      - { system: mailchimp, subscribed: true }
    required_attributes: [country]
    exclusive_with: [do_not_contact]
    cadence: "4 6 * * *"
    latency_budget_hours: 24
${LISTS.map((list) => audience(list, p.hostile === true)).join("\n")}

attributes:
  - { name: plan, title: Plan, owners: [warehouse, hubspot], merge: owner_wins, values: [${PLANS.join(", ")}] }
  - { name: country, title: Country, owners: [warehouse], merge: owner_wins, pattern: "^[A-Z]{2}$" }
  - { name: first_name, title: First name, owners: [hubspot, warehouse], merge: owner_wins, class: personal }

dictionary:
  active: Has a paid plan today
  trial: In the first ten days after signing up
  recent purchaser: Bought within the last 30 days
  lapsed: Ended the paid plan at least 180 days ago
  opt-in: Said yes to the newsletter by form, and has not said no since

writers:
  - name: ${hostile("Nightly CRM sync", '=HYPERLINK("http://example.invalid","nightly")')}
    from: warehouse
    to: hubspot
    audiences: [${LISTS.join(", ")}]
    attributes: [plan, country, first_name]
    schedule: "40 4 * * *"
  - name: Marketing sync
    from: warehouse
    to: klaviyo
    audiences: [${LISTS.join(", ")}]
    attributes: [plan, country, first_name]
    schedule: "10 5 * * *"
  - name: Lifecycle workflow
    from: hubspot
    to: klaviyo
    audiences: [active_customers, recent_purchasers, lapsed_180]
    schedule: "30 5 * * *"
  - name: Sales import
    from: warehouse
    to: hubspot
    audiences: [active_customers, lapsed_180]
    schedule: "0 5 * * *"
  - name: Newsletter sync
    from: hubspot
    to: mailchimp
    audiences: [newsletter_opt_in, vip]
    attributes: [first_name]
    schedule: "20 5 * * *"
  - name: Ad export
    from: warehouse
    to: ads
    audiences: [do_not_contact, ${LISTS.join(", ")}]
    schedule: "40 5 * * *"
  - name: Opt-out sync
    from: hubspot
    to: warehouse
    audiences: [do_not_contact, newsletter_opt_in]
    schedule: "50 3 * * *"

calendar:
  - { name: ${hostile("Autumn drop", "<script>alert('drop')</script>")}, system: klaviyo, audience: active_customers, at: ${later(p.today, 1)}T10:00:00+01:00 }
  - { name: Weekly letter, system: mailchimp, audience: newsletter_opt_in, cron: "0 9 * * 4" }
  - { name: Getting started, system: klaviyo, audience: trial, cron: "30 8 * * 3" }
  - { name: We miss you, system: klaviyo, audience: lapsed_180, cron: "0 10 * * 1" }

people:
  - { name: Ana, role: editor, email: ana@harbour-pine.example }
  - { name: Ben, role: approver, email: ben@harbour-pine.example }

routes:
  slack:
    token: \${env:DEMO_SLACK_TOKEN}
    channel: C0AUDIENCES
    api_url: ${p.slackApiUrl}
  mail:
    host: 127.0.0.1
    port: ${p.smtpPort}
    from: plumbline@harbour-pine.example
    to: [ana@harbour-pine.example]
    report: "0 7 * * 1"
`;
}

function audience(list: ListName, hostile: boolean): string {
  const title = hostile && list === "vip" ? "VIP <img src=x onerror=alert(1)> =1+1" : LIST_TITLES[list];
  return `  - id: ${list}
    title: ${q(title)}
    purpose: ${PURPOSE[list]}
    owner: warehouse
    segments:
      - system: warehouse
        sql: |
          select ${CUSTOMER}
          from segment_members join customers using (customer_id) where segment = '${list}'
      - { system: hubspot, list: ${q(LIST_TITLES[list])} }
      - { system: klaviyo, list: ${q(LIST_TITLES[list])} }${list === "vip" ? `\n      - { system: mailchimp, tag: ${q(VIP_TAG)} }` : ""}
      - { system: ads, file: ${AD_FILES[list]} }
    required_attributes: [${REQUIRED[list].join(", ")}]
    cadence: "4 6 * * *"
    latency_budget_hours: 24`;
}

const later = (today: string, days: number): string =>
  new Date(Date.parse(`${today.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
