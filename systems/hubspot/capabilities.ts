import type { Capabilities } from "../../core/ports.ts";

/** What reader and writer can do with a HubSpot account; the rest is NOTHING. */
export const HUBSPOT_CAPABILITIES = {
  read: "stream",
  write: "batch",
  ops: ["suppress", "remove", "add", "set"],
  maxBatch: { suppress: 100, remove: 100, add: 100, set: 100 },
  identifiers: ["email"],
  consentScope: "topic",
  joinedAt: true,
  baseReadable: true,
  settle: { typicalMs: 2_000, maxMs: 60_000 },
  cannot: [
    "Lists that follow a rule (DYNAMIC) cannot be edited: correct the rule or the property it looks at",
    "People who are not contacts are not added: whether mail may reach a new contact is a setting that HubSpot does not tell",
    "Who said yes to a type of mail can be read with Marketing Hub Enterprise only",
  ],
} as const satisfies Partial<Capabilities>;
