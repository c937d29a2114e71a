import type { SegmentSource } from "../../core/model.ts";
import type { Writer } from "../../core/ports.ts";
import { startGhostSim } from "../../demo/ghost/server.ts";
import { startHubspotSim } from "../../demo/hubspot/server.ts";
import type { Consent, SuppressionReason } from "../../demo/klaviyo/model.ts";
import { startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { STATUSES } from "../../demo/mailchimp/model.ts";
import { startMailchimpSim } from "../../demo/mailchimp/server.ts";
import { startMailmanSim } from "../../demo/mailman/server.ts";
import type { Delivery } from "../../demo/mailman/store.ts";
import { ghostWriter } from "../../sync/writers/ghost.ts";
import { hubspotWriter } from "../../sync/writers/hubspot.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import { mailchimpWriter } from "../../sync/writers/mailchimp.ts";
import { mailmanWriter } from "../../sync/writers/mailman.ts";
import { ghostSystem } from "../contract/ghost-world.ts";
import { hubspotSystem, NEWSLETTER, OFFERS } from "../contract/hubspot-world.ts";
import { klaviyoSystem } from "../contract/klaviyo-world.ts";
import { mailchimpSystem } from "../contract/mailchimp-world.ts";
import { mailmanSystem } from "../contract/mailman-world.ts";
import type { Account } from "./in-process.ts";
import type { Random } from "./random.ts";

/**
 * Where a person stands with a vendor, read from the account itself. `may`: every way in which mail can reach them now;
 * `noes`: every no of theirs that is on record; `groups`: all lists and labels but the segment under test.
 */
export type Standing = {
  readonly may: ReadonlySet<string>;
  readonly noes: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
};

export type ConsentVendor = Account & {
  readonly name: string;
  readonly writer: Writer;
  /** Every kind of segment that the configuration can name here, and one of another system. */
  readonly sources: readonly SegmentSource[];
  /** Fields to set: some plain, some that bear consent under one name or another, some that nobody mapped. */
  readonly attributes: readonly string[];
  /** Puts people in anew, each in a state of the seed's choice; some are not there at all. */
  seed(r: Random, emails: readonly string[]): void;
  /** null: the vendor has no such person. */
  standing(email: string): Standing | null;
  /** The person, or another program, changes something. */
  act(r: Random, email: string): void;
  /** How many at a time: enough for its batches, few enough for its simulator to be quick. */
  readonly people: number;
  /** A person stays known after every operation of ours; false: leaving the last list forgets them. */
  readonly keepsRecords: boolean;
  close(): Promise<void>;
};

const quick = { random: () => 0.5, sleep: async () => undefined };
/** Names under which a buggy plan might try to give consent. */
const HOSTILE = ["marketing_consent", "subscribed", "opt_in", "status", "plain_name"];
const mapped = (fields: readonly string[]): Record<string, string> =>
  Object.fromEntries([
    ["name", fields[0] ?? ""],
    ...HOSTILE.map((h, i) => [h, fields[i % fields.length] ?? ""]),
  ]);

export async function ghost(): Promise<ConsentVendor> {
  const sim = await startGhostSim({ port: 0 });
  sim.control.addNewsletter("Second", { slug: "second", subscribeOnSignup: false });
  const attributes = {
    ...mapped(["name", "newsletters", "subscribed", "note", "email_disabled"]),
    plan: "label:plan-*",
  };
  return {
    ...sim,
    name: "Ghost",
    people: 10,
    keepsRecords: true,
    writer: ghostWriter(ghostSystem(sim.url, { attributes }), { secret: () => sim.key, ...quick }),
    sources: [
      { label: "Active" },
      { newsletter: "second" },
      { suppressed: true },
      { all: true },
      { list: "x" },
    ],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load([{ email: "keeps@example.test", labels: ["Active", "Other"] }]);
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            labels: ["Active", "Other", "plan-pro"].filter(() => r.chance(0.4)),
            newsletters: ["default-newsletter", "second"].filter(() => r.chance(0.5)),
            ...(r.chance(0.15) ? { suppressed: r.pick(["bounce", "spam"] as const) } : {}),
          })),
      );
    },
    standing(email) {
      const m = sim.control.find(email);
      if (m === undefined) return null;
      const on = m.newsletters.map((n) => n.slug);
      return {
        may: new Set(m.emailDisabled ? [] : on),
        noes: new Set([
          ...(m.emailDisabled ? ["suppressed"] : []),
          ...["default-newsletter", "second"].filter((n) => !on.includes(n)),
        ]),
        groups: new Set(m.labels.map((l) => l.name).filter((l) => l !== "Active" && !l.startsWith("plan-"))),
      };
    },
    act(r, email) {
      const m = sim.control.find(email);
      if (m === undefined) return;
      if (r.chance(0.2)) sim.control.suppress(email, "spam");
      else
        sim.control.load([
          {
            email,
            labels: m.labels.map((l) => l.name),
            newsletters: r.pick([[], ["default-newsletter"], ["second"]]),
            ...(m.emailDisabled ? { suppressed: "spam" as const } : {}),
          },
        ]);
    },
  };
}

export async function klaviyo(): Promise<ConsentVendor> {
  const sim = await startKlaviyoSim({ port: 0, jobMs: 0 });
  sim.control.setLimits(false);
  const [, , kept] = ["Active", "Other", "Do not mail"].map((name) => sim.control.addList(name).id);
  sim.control.addSegment("Engaged", { condition_groups: [] });
  sim.control.addCampaign({ name: "November", included: [], excluded: [kept ?? ""] });
  const attributes = {
    ...mapped([
      "first_name",
      "properties.marketing_consent",
      "properties.$consent",
      "subscriptions.email",
      "properties.plan",
    ]),
    plan: "properties.plan",
  };
  const consents: readonly Consent[] = ["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"];
  const reasons: readonly SuppressionReason[] = [
    "HARD_BOUNCE",
    "SPAM_COMPLAINT",
    "UNSUBSCRIBE",
    "USER_SUPPRESSED",
  ];
  return {
    ...sim,
    name: "Klaviyo",
    people: 100,
    keepsRecords: true,
    writer: klaviyoWriter(klaviyoSystem(sim.url, { attributes }), { secret: () => sim.key, ...quick }),
    sources: [
      { list: "Active" },
      { list: "Do not mail" },
      { segment: "Engaged" },
      { subscribed: true },
      { suppressed: true },
      { all: true },
      { label: "x" },
    ],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            consent: r.pick(consents),
            suppressions: r.chance(0.3) ? [r.pick(reasons)] : [],
            lists: ["Active", "Other", "Do not mail"].filter(() => r.chance(0.4)),
            properties: { plan: "pro" },
          })),
      );
    },
    standing(email) {
      const s = sim.control.state(email);
      if (s === null) return null;
      const mail = s.canReceiveEmail ? ["email"] : [];
      return {
        // a campaign to come leaves "Do not mail" out: off that list, it reaches them
        may: new Set([
          ...mail,
          ...(s.canReceiveEmail && !s.lists.includes(kept ?? "") ? ["November"] : []),
          ...(s.consent === "SUBSCRIBED" ? ["consent"] : []),
        ]),
        noes: new Set([...s.suppressions, ...(s.consent === "UNSUBSCRIBED" ? ["unsubscribed"] : [])]),
        groups: new Set(s.lists.filter((l) => l === kept)),
      };
    },
    act(r, email) {
      if (sim.control.find(email) === undefined) return;
      if (r.chance(0.6)) sim.control.setConsent(email, "UNSUBSCRIBED", [r.pick(reasons)]);
      else sim.control.setConsent(email, "SUBSCRIBED", []);
    },
  };
}

export async function mailchimp(): Promise<ConsentVendor> {
  const sim = await startMailchimpSim({ port: 0 });
  sim.control.addSegment("Active");
  sim.control.addSegment("Rule", { match: "all", conditions: [] });
  const attributes = mapped(["FNAME", "status", "interests.a", "marketing_permissions", "LNAME"]);
  return {
    ...sim,
    name: "Mailchimp",
    people: 20,
    keepsRecords: true,
    writer: mailchimpWriter(mailchimpSystem(sim.url, { attributes }), { secret: () => sim.key, ...quick }),
    sources: [
      { tag: "Active" },
      { segment: "Rule" },
      { subscribed: true },
      { suppressed: true },
      { all: true },
      { list: "x" },
    ],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            status: r.pick(STATUSES),
            tags: ["Active", "Other"].filter(() => r.chance(0.4)),
            unsubscribedBy: r.pick(["person", "api"] as const),
          })),
      );
    },
    standing(email) {
      const m = sim.control.find(email);
      if (m === undefined) return null;
      return {
        may: new Set(m.status === "subscribed" ? ["mail"] : m.status === "pending" ? ["asked"] : []),
        noes: new Set([
          ...(["unsubscribed", "cleaned", "archived"].includes(m.status) ? [m.status] : []),
          ...(m.compliance ? ["their own act"] : []),
        ]),
        groups: new Set(m.tags.filter((t) => t !== "Active")),
      };
    },
    act(r, email) {
      if (sim.control.find(email) === undefined) return;
      sim.control.setStatus(
        email,
        r.pick(["unsubscribed", "unsubscribed", "cleaned", "subscribed", "archived"]),
      );
    },
  };
}

export async function hubspot(): Promise<ConsentVendor> {
  const limits = { perTenSeconds: null, perDay: null, searchPerSecond: null };
  const sim = await startHubspotSim({ port: 0, settings: { limits } });
  sim.control.addSubscription(NEWSLETTER, "Newsletter");
  sim.control.addSubscription(OFFERS, "Offers");
  for (const list of ["Active", "Other"]) sim.control.addList(list);
  const attributes = mapped([
    "firstname",
    "hs_marketable_status",
    "hs_legal_basis",
    "hs_email_optout",
    "city",
  ]);
  const config = hubspotSystem(sim.url, { attributes });
  return {
    ...sim,
    name: "HubSpot",
    people: 100,
    keepsRecords: true,
    writer: hubspotWriter(config, { secret: () => sim.token, ...quick }),
    sources: [{ list: "Active" }, { subscribed: true }, { suppressed: true }, { all: true }, { label: "x" }],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      sim.control.clear();
      sim.control.load(
        emails
          .filter(() => r.chance(0.85))
          .map((email) => ({
            email,
            lists: ["Active", "Other"].filter(() => r.chance(0.4)),
            optedOut: r.chance(0.15),
            bounced: r.chance(0.1),
            marketing: !r.chance(0.2),
            subscriptions: Object.fromEntries(
              [NEWSLETTER, OFFERS].map((id) => [
                id,
                r.pick(["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"] as const),
              ]),
            ),
          })),
      );
    },
    standing(email) {
      const c = sim.control.find(email);
      if (c === null) return null;
      const subscribed = Object.entries(c.subscriptions);
      return {
        may: new Set([
          ...[NEWSLETTER, OFFERS].filter((id) => sim.control.mailable(email, id) === true).map(String),
          ...subscribed.filter(([, s]) => s === "SUBSCRIBED").map(([id]) => `consent ${id}`),
        ]),
        noes: new Set([
          ...(c.optedOut ? ["all"] : []),
          ...subscribed.filter(([, s]) => s === "UNSUBSCRIBED").map(([id]) => id),
        ]),
        groups: new Set(sim.control.listsOf(email).filter((l) => l !== "Active")),
      };
    },
    act(r, email) {
      if (sim.control.find(email) === null) return;
      const status = r.pick(["UNSUBSCRIBED", "UNSUBSCRIBED", "SUBSCRIBED"] as const);
      sim.control.setConsent(
        email,
        r.pick([NEWSLETTER, OFFERS, ...(status === "UNSUBSCRIBED" ? [null] : [])]),
        status,
      );
    },
  };
}

export async function mailman(): Promise<ConsentVendor> {
  const sim = await startMailmanSim({ port: 0 });
  const { store } = sim;
  const lists = ["active", "other"].map((name) => {
    const list = {
      id: `${name}.example.test`,
      address: `${name}@example.test`,
      members: [],
      bans: new Set<string>(),
      pending: new Set<string>(),
    };
    store.lists.set(list.id, list);
    return list;
  });
  const attributes = mapped([
    "display_name",
    "delivery_status",
    "preferences.x",
    "role",
    "moderation_action",
  ]);
  const deliveries: readonly Delivery[] = ["enabled", "by_user", "by_bounces", "by_moderator", "unknown"];
  const of = (email: string) => store.members().filter((m) => m.email === email);
  return {
    url: sim.url,
    answer: sim.answer,
    close: sim.close,
    name: "Mailman",
    people: 10,
    keepsRecords: false,
    writer: mailmanWriter(
      mailmanSystem({ url: sim.url, user: sim.user, password: sim.password }, { attributes }),
      { secret: () => sim.password, ...quick },
    ),
    sources: [{ list: "active@example.test" }, { suppressed: true }, { all: true }, { label: "x" }],
    attributes: [...Object.keys(attributes), "unmapped"],
    seed(r, emails) {
      for (const list of lists) {
        list.members.length = 0;
        list.bans.clear();
        list.pending.clear();
        for (const email of emails) {
          if (r.chance(0.5)) {
            store.address(email, "");
            store.join(list, email, r.pick(deliveries));
          } else if (r.chance(0.15)) list.bans.add(email);
          else if (r.chance(0.1)) list.pending.add(email);
        }
      }
    },
    standing(email) {
      const mine = of(email);
      const banned = lists.filter((l) => l.bans.has(email)).map((l) => `banned ${l.id}`);
      if (mine.length === 0 && banned.length === 0) return null;
      return {
        may: new Set(mine.filter((m) => m.delivery === "enabled").map((m) => m.listId)),
        noes: new Set([
          ...banned,
          ...mine.filter((m) => m.delivery === "by_user").map((m) => `off ${m.listId}`),
        ]),
        groups: new Set(mine.filter((m) => m.listId !== lists[0]?.id).map((m) => m.listId)),
      };
    },
    act(r, email) {
      const [member] = of(email);
      if (member !== undefined) member.delivery = r.pick(["by_user", "by_user", "enabled"]);
    },
  };
}
