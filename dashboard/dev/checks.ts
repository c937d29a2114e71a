import type { AudienceChecks, CheckCell } from "../../app/api/contract.ts";
import { READ, rows, title } from "./story.ts";

const WORDS: Record<string, string> = {
  partial: "the last reading was not complete",
  learning: "still learning what is normal",
  settling: "numbers are still settling",
  not_readable: "the system does not tell",
  not_collected: "not collected: no connection provides it",
  told_elsewhere: "told elsewhere, by another check or audience",
  not_configured: "not set up",
};

/** Five systems: warehouse, HubSpot, Klaviyo, Mailchimp, Google Ads. "1042!" is an incident to act on, "1041?" can't tell. */
const CHECKS: readonly (readonly [check: string, group: string, title: string, cells: string])[] = [
  ["suppression_leak", "People and consent", "The suppression list is kept", off()],
  [
    "consent_violation",
    "People and consent",
    "Opt-outs are respected",
    "not_configured fine fine fine not_readable",
  ],
  ["consent_exposure", "People and consent", "Opt-outs arrive in time", off()],
  ["over_suppression", "People and consent", "Nobody is held back against a newer yes", off()],
  ["unmapped_scope", "People and consent", "What an opt-out covers is known", off()],
  ["size_anomaly", "Lists", "The size is normal", "fine fine 1042! fine partial"],
  ["disagreement", "Lists", "The same people as the owner has", "not_configured fine 1042! 1039 partial"],
  ["funnel", "Lists", "Nobody is lost on the way", "fine fine told_elsewhere fine partial"],
  ["latency", "Lists", "Changes arrive in time", "not_configured fine fine settling not_readable"],
  ["flip_flop", "Lists", "Nobody comes and goes", "fine fine 1037 fine not_readable"],
  ["match_rate", "Lists", "The match rate holds", "not_configured fine fine learning partial"],
  ["completeness", "Data", "Required fields are filled", "fine fine fine fine partial"],
  ["duplicates", "Data", "Nobody is there twice", "fine fine found fine not_readable"],
  [
    "identity_conflict",
    "Data",
    "One address is one person",
    "fine fine not_collected not_collected not_collected",
  ],
  ["run_failure", "Systems", "It was read completely", "fine fine fine fine 1041?"],
  ["deliverability", "Systems", "Mail arrives and is welcome", "not_configured not_collected fine fine none"],
  ["ineligible", "Rules", "Nobody who is not eligible", off()],
  ["holdout", "Rules", "Held-out people stay out", off()],
];

function off(): string {
  return Array.from({ length: 5 }, () => "not_configured").join(" ");
}

function cellOf(system: string, code: string): CheckCell {
  const none = { system, because: null, findings: [], incidents: [] };
  if (code === "fine") return { ...none, state: "fine", mark: "fine" };
  const id = Number.parseInt(code, 10);
  if (code === "found" || id > 0)
    return {
      ...none,
      state: "found",
      mark: code.endsWith("!") ? "act" : code.endsWith("?") ? "cant_tell" : "look",
      findings: ["What was found, in a title"],
      incidents: id > 0 ? [id] : [],
    };
  const words = WORDS[code];
  const because = words === undefined ? { code: "not_judged", words: "not judged yet" } : { code, words };
  const silent = code === "not_configured" || code === "told_elsewhere";
  return { ...none, state: "cant_tell", mark: silent ? "absent" : "cant_tell", because };
}

/** At risk of leaving was never judged; in an old scene the audit ran two days ago. */
export function audienceChecks(audience: string, old: boolean): AudienceChecks {
  const held = rows.find((r) => r.audience === audience)?.cells ?? [];
  const at = ["warehouse", "hubspot", "klaviyo", "mailchimp", "google_ads"];
  const judged = audience !== "churn_risk";
  return {
    audience,
    judgedAt: judged ? (old ? "2026-11-22T05:04:00.000Z" : READ) : null,
    overdue: old,
    systems: at.map((id) => ({
      id,
      title: title(id),
      owner: held.some((c) => c.system === id && c.mark === "owner"),
    })),
    checks: judged
      ? CHECKS.map(([check, group, name, codes]) => {
          const cells = codes.split(" ").map((code, i) => cellOf(at[i] ?? "", code));
          return {
            check,
            group,
            title: name,
            off: cells.every((c) => c.because?.code === "not_configured"),
            cells,
          };
        })
      : [],
  };
}
