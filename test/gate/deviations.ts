import type { Violation } from "./gate.ts";

/** Where a vendor's own document is not true, and how we know. */
export type Deviation = {
  readonly vendor: string;
  /** Fits `operation`, and `what` of a violation. */
  readonly operation: RegExp;
  readonly what: RegExp;
  readonly evidence: string;
};

const RECORDED = "recorded in November 2021 from the vendor, and so in every such answer there";

export const DEVIATIONS: readonly Deviation[] = [
  {
    vendor: "klaviyo",
    operation: /^GET /,
    what: /^200: body\/links\/(next|prev) must be string$/,
    evidence:
      "documented as strings; null on the last and first page (the official SDK reads on until next is null)",
  },
  {
    vendor: "klaviyo",
    operation: /./,
    what: /^[45]\d\d: body\/errors\/\* has the undocumented field (status|links|meta)$/,
    evidence:
      "in real answers quoted in verbb/formie#1986 (2024-07-22) and klaviyo/klaviyo-api-python#9 (2023-02-11)",
  },
  {
    vendor: "klaviyo",
    operation: /^GET \/api\/(lists|segments)\/\{id\}\/profiles$/,
    what: /must have required property 'joined_group_at'$/,
    evidence:
      "documented as required; an answer to fields[profile]=… holds only what was asked for (API overview, sparse fieldsets)",
  },
  {
    vendor: "mailchimp",
    operation: / \/lists\/\{list_id\}/,
    what: /^200: body(\/(members|new_members|updated_members|members_added|members_removed)\/\*)?\/timestamp_(signup|opt) must match format "date-time"$/,
    evidence: `documented as date-time; timestamp_signup is "" for members who came by API or import, ${RECORDED}; timestamp_opt of who never confirmed is not recorded, and "" in the simulator for our parsers to bear`,
  },
  {
    vendor: "mailchimp",
    operation: /^GET \/lists/,
    what: /stats\/(campaign_last_sent|last_sub_date|last_unsub_date) must match format "date-time"$/,
    evidence: `documented as date-time; "" while there is none, ${RECORDED}`,
  },
  {
    vendor: "mailchimp",
    operation: /^PUT \/lists\/\{list_id\}\/members\/\{subscriber_hash\}$/,
    what: /^body must have required property 'status_if_new'$/,
    evidence: "documented as required; accepted without it for members who exist, recorded in November 2021",
  },
  {
    vendor: "mailchimp",
    operation: /^(PUT|PATCH|POST) \/lists\/\{list_id\}\/members/,
    what: /^400: body must have required property 'type'$/,
    evidence:
      "problems about a member's state come without type (“Member Exists”), recorded in November 2021",
  },
  {
    vendor: "mailchimp",
    operation: / \/batches/,
    what: /completed_at must match format "date-time"$/,
    evidence:
      'documented as date-time; not recorded, and "" in the simulator while a batch runs, as other times that are not there',
  },
];

/** What is left of violations when the known faults of the document are taken away. */
export const undeviated = (vendor: string, violations: readonly Violation[]): Violation[] =>
  violations.filter(
    (v) =>
      !DEVIATIONS.some((d) => d.vendor === vendor && d.operation.test(v.operation) && d.what.test(v.what)),
  );
