import type { Vendor } from "./judge.ts";

/** The vendors we have connectors for, with the parser of every operation that a connector uses. */
export const VENDORS: readonly Vendor[] = [
  { name: "hubspot", host: /(^|\.)(hubapi|hubspot)\.com$/, operations: [] },
  { name: "klaviyo", host: /(^|\.)klaviyo\.com$/, operations: [] },
  { name: "mailchimp", host: /(^|\.)mailchimp\.com$/, operations: [] },
];
