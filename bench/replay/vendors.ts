import { HUBSPOT } from "./hubspot.ts";
import type { Vendor } from "./judge.ts";
import { KLAVIYO } from "./klaviyo.ts";
import { MAILCHIMP } from "./mailchimp.ts";

/** The vendors we have connectors for, with the parser of every operation that a connector uses. */
export const VENDORS: readonly Vendor[] = [HUBSPOT, KLAVIYO, MAILCHIMP];
