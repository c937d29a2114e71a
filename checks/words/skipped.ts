import type { SkipReason } from "../../core/finding.ts";

/** Why a check has no verdict, for whoever reads its row. Every reason has words, or this does not compile. */
export const SKIPPED: Readonly<Record<SkipReason, string>> = {
  partial: "the last reading was not complete",
  owner_partial: "the owner was not read completely",
  no_data: "nothing new was read",
  learning: "still learning what is normal",
  settling: "numbers are still settling",
  not_readable: "the system does not tell",
  not_collected: "not collected: no connection provides it",
  told_elsewhere: "told elsewhere, by another check or audience",
  not_configured: "not set up",
};

/** Where a verdict is missing, as against a check that is not meant for the place, or that another one speaks for. */
export const isUnjudged = (because: SkipReason): boolean =>
  because !== "not_configured" && because !== "told_elsewhere";
