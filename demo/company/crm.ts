import { mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Copies, consentIn, exists, inList, planIn } from "./copies.ts";
import { LISTS, type Population } from "./population.ts";
import { unit } from "./random.ts";
import type { AudienceName } from "./truth.ts";

/** File of each audience; one is compressed, as some exports are. */
export const CRM_FILES: Readonly<Record<AudienceName, string>> = {
  do_not_contact: "do_not_contact.csv",
  newsletter_opt_in: "newsletter_opt_in.csv",
  active_customers: "active_customers.csv",
  trial: "trial.csv",
  recent_purchasers: "recent_purchasers.csv.gz",
  vip: "vip.csv",
  lapsed_180: "lapsed_180.csv",
};
export const CRM_BASE = "contacts.csv";
const HEADER = ["Contact ID", "Email", "First name", "Plan", "Country", "Opt-in status", "Opt-in changed"];
const TITLE = { first_name: "First name", plan: "Plan", country: "Country" };

const cell = (value: string | null): string =>
  value === null
    ? ""
    : /[",\r\n]/.test(value) || value.trim() !== value
      ? `"${value.replaceAll('"', '""')}"`
      : value;

export type CrmDay = {
  readonly folder: string;
  readonly day: number;
  readonly seed: number;
  readonly exportedAt: Date;
  readonly optedOutAt: (i: number) => Date | null;
};

/** Writes the CRM's exports of one day: everybody in one file, and a file for each list. */
export function exportCrm(packed: Uint16Array, population: Population, copies: Copies, d: CrmDay): void {
  mkdirSync(d.folder, { recursive: true });
  const rows: string[] = [];
  const people: Record<AudienceName, number[]> = {
    do_not_contact: [],
    newsletter_opt_in: [],
    active_customers: [],
    trial: [],
    recent_purchasers: [],
    vip: [],
    lapsed_180: [],
  };
  for (let i = 0; i < packed.length; i++) {
    const p = packed[i] ?? 0;
    if (!exists(p)) continue;
    rows[i] = row(i, p, population, d, false);
    people[consentIn(p) === "subscribed" ? "newsletter_opt_in" : "do_not_contact"].push(i);
    for (const list of LISTS) if (inList(p, list)) people[list].push(i);
  }
  write(d, CRM_BASE, [HEADER.join(","), ...rows.filter((r) => r !== undefined)]);

  const [stale, renamed, doubled, cut] = (
    ["stale_copy", "renamed_field", "duplicates_by_case", "truncated_gzip"] as const
  ).map((kind) => copies.active(kind, d.day));
  for (const [audience, members] of Object.entries(people) as [AudienceName, number[]][]) {
    if (stale?.audience === audience) continue;
    const header = HEADER.map((h) =>
      renamed?.audience === audience && renamed.attribute && TITLE[renamed.attribute] === h ? newName(h) : h,
    );
    const lines = [header.join(","), ...members.map((i) => rows[i] ?? "")];
    if (doubled?.audience === audience) {
      const every = Math.max(1, Math.floor(members.length / Math.max(14, members.length * 0.03)));
      for (const [n, i] of members.entries())
        if (n % every === 0) lines.push(row(i, packed[i] ?? 0, population, d, true));
    }
    write(d, CRM_FILES[audience], lines, cut !== undefined);
  }
}

/** How an administrator "tidies up" a column: Plan → Plan name, First name → Given name. */
const newName = (column: string): string => (column === "First name" ? "Given name" : `${column} name`);

/** @param shouted the address in capitals, as somebody typed it into a form once more */
function row(i: number, packed: number, population: Population, d: CrmDay, shouted: boolean): string {
  const person = population.person(i);
  const mixed = unit(d.seed, i, 70) < 0.03;
  const email = shouted
    ? person.email.toUpperCase()
    : mixed
      ? person.email.replace(/^./, (c) => c.toUpperCase())
      : person.email;
  const id = shouted ? `K${i}b` : `K${i}`;
  const consent = consentIn(packed);
  const at = consent === "subscribed" ? "" : (d.optedOutAt(i)?.toISOString() ?? "");
  return [id, email, cell(person.firstName), planIn(packed), person.country, consent, at].join(",");
}

function write(d: CrmDay, name: string, lines: readonly string[], cut = false): void {
  const text = `${lines.join("\r\n")}\r\n`;
  let bytes = name.endsWith(".gz") ? gzipSync(text, { level: 1 }) : Buffer.from(text);
  if (cut && name.endsWith(".gz")) bytes = bytes.subarray(0, Math.floor(bytes.length * 0.7));
  const file = join(d.folder, name);
  writeFileSync(`${file}.part`, bytes);
  utimesSync(`${file}.part`, d.exportedAt, d.exportedAt);
  renameSync(`${file}.part`, file);
}
