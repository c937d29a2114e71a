import type { ConnectResult } from "./result.ts";

type Row = ConnectResult["copies"][number]["sample"][number];

const MARK = { complete: "✓", stopped: "✓", partial: "▲", unusable: "✗" } as const;
const or = (n: number | null, unit = ""): string => (n === null ? "not known" : `${whole(n)}${unit}`);
const whole = (n: number): string => Math.round(n).toLocaleString("en-GB");
const short = (n: number): string => (n < 10 ? n.toFixed(1) : whole(n));

/** The result for people, one line a fact. */
export function connectText(r: ConnectResult): string {
  const lines = [`${r.system} (${r.kind})`, ""];
  for (const c of r.copies) {
    lines.push(
      `${MARK[c.state]} ${c.audience ?? "base"}, ${c.source}: ${c.state === "stopped" ? "can be read" : c.state}`,
      `    ${c.because}`,
      `    total ${or(c.total)}, ${whole(c.rows)} rows in ${whole(c.pages)} pages${c.calls === null ? "" : ` by ${whole(c.calls)} calls`}`,
    );
    for (const row of c.sample) {
      lines.push(`    ${rowText(row)}`);
      for (const consent of row.consents) lines.push(`        ${consentText(consent)}`);
    }
    const states = Object.entries(c.consent).map(([state, n]) => `${whole(n)} ${state}`);
    if (states.length > 0) lines.push(`    consent: ${states.join(", ")}`);
    if (c.withoutIdentifier > 0) lines.push(`    ${whole(c.withoutIdentifier)} rows have no identifier`);
  }
  lines.push("");
  lines.push(
    r.rateLimit.length === 0
      ? "rate limit    the answers name none"
      : `rate limit    ${r.rateLimit.map((h) => `${h.header}: ${h.value}`).join("; ")}`,
  );
  for (const w of r.warnings) lines.push(`▲ ${w}`);
  for (const c of r.cannot) lines.push(`cannot        ${c}`);
  return `${[...lines, ...forecastLines(r.forecast)].join("\n")}\n`;
}

/** `email · topic 4711: unsubscribed since 2026-03-02` */
function consentText(c: Row["consents"][number]): string {
  const scope = c.scopeId === null ? c.scope : `${c.scope} ${c.scopeId}`;
  return `${c.channel} · ${scope}: ${c.state}${c.at === null ? "" : ` since ${c.at.slice(0, 10)}`}`;
}

function rowText(row: Row): string {
  const parts = [
    ...Object.values(row.identifiers),
    ...Object.entries(row.attributes).map(([name, value]) => `${name} ${value ?? "(empty)"}`),
    row.consent,
    row.mailable === null ? null : row.mailable ? "can be mailed" : "cannot be mailed",
    row.joinedAt === null ? null : `joined ${row.joinedAt.slice(0, 10)}`,
  ];
  return parts.filter((p) => p !== null).join(" · ");
}

function forecastLines(f: ConnectResult["forecast"]): readonly string[] {
  const minutes =
    f.minutesPerRun === null
      ? "not known"
      : f.minutesPerRun < 1
        ? "under a minute"
        : `${short(f.minutesPerRun)} minutes`;
  const quota =
    f.quota === null
      ? "no daily quota is known"
      : `${short(f.quota.share * 100)} % of ${whole(f.quota.perDay)} calls a day${f.callsPerDay !== null && f.callsPerDay > f.quota.ours ? `, more than the ${whole(f.quota.ours)} that Plumbline may use: audit less often or raise limit_share` : ""}`;
  return [
    `forecast      ${short(f.runsPerDay)} audits a day, each at most ${or(f.callsPerRun, " calls")}, ${minutes}`,
    `              ${f.callsPerDay === null ? "calls a day not known" : `${whole(f.callsPerDay)} calls a day`}; ${quota}`,
  ];
}
