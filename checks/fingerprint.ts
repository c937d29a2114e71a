import type { Finding } from "../core/finding.ts";

/** check|audience|system|subject: one incident each. Subjects are untrusted, so the separator in them is escaped. */
export const fingerprintOf = (f: Pick<Finding, "check" | "audience" | "system" | "subject">): string =>
  [f.check, f.audience ?? "", f.system, f.subject ?? ""]
    .map((part) => part.replace(/[%|]/g, (c) => (c === "%" ? "%25" : "%7C")))
    .join("|");
