import { mkdirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Copies } from "./copies.ts";
import { ExportFile } from "./export-file.ts";
import { belongs } from "./history-target.ts";
import { consentIn, exists, planIn, tableOf } from "./packed.ts";
import { LISTS, type Population } from "./population.ts";
import { unit } from "./random.ts";

/** Audiences that ad platforms are given. */
export const EXPORTED = ["do_not_contact", ...LISTS] as const;
export type ExportedName = (typeof EXPORTED)[number];

/** File of each audience; one is compressed, as some exports are. */
export const AD_FILES: Readonly<Record<ExportedName, string>> = {
  do_not_contact: "do_not_contact.csv",
  active_customers: "active_customers.csv",
  trial: "trial.csv",
  recent_purchasers: "recent_purchasers.csv.gz",
  vip: "vip.csv",
  lapsed_180: "lapsed_180.csv",
};
export const AD_BASE = "contacts.csv";
const HEADER = ["Contact ID", "Email", "First name", "Plan", "Country", "Opt-in status", "Opt-in changed"];
const TITLE = { first_name: "First name", plan: "Plan", country: "Country" };

const cell = (value: string | null): string =>
  value === null
    ? ""
    : /[",\r\n]/.test(value) || value.trim() !== value
      ? `"${value.replaceAll('"', '""')}"`
      : value;

export type AdDay = {
  readonly folder: string;
  readonly day: number;
  readonly seed: number;
  readonly exportedAt: Date;
  readonly optedOutAt: (i: number) => Date | null;
};

/** People after whom the process looks at its other work. */
const AT_ONCE = 16_384;

/** Writes the exports for the ad platforms of one day: everybody in one file, and a file for each list. */
export async function exportAds(
  packed: Uint16Array,
  population: Population,
  copies: Copies,
  d: AdDay,
): Promise<void> {
  mkdirSync(d.folder, { recursive: true });
  const [stale, renamed, doubled, cut] = (
    ["stale_copy", "renamed_field", "duplicates_by_case", "truncated_gzip"] as const
  ).map((kind) => copies.active(kind, d.day));
  const base = new ExportFile(d.folder, AD_BASE);
  base.line(HEADER.join(","));
  const lists = EXPORTED.filter((audience) => stale?.audience !== audience).map((audience) => {
    const file = new ExportFile(d.folder, AD_FILES[audience]);
    const column = renamed?.audience === audience && renamed.attribute ? TITLE[renamed.attribute] : null;
    file.line(HEADER.map((h) => (h === column ? newName(h) : h)).join(","));
    return { file, audience, members: tableOf(belongs({ audience, system: "ads" })) };
  });
  const again: number[] = [];
  for (let i = 0; i < packed.length; i++) {
    if (i % AT_ONCE === 0) await setImmediate();
    const p = packed[i] ?? 0;
    if (!exists(p)) continue;
    const text = row(i, p, population, d, false);
    base.line(text);
    for (const { file, audience, members } of lists) {
      if (!members[p]) continue;
      file.line(text);
      if (doubled?.audience === audience) again.push(i);
    }
  }
  base.end(d.exportedAt, false);
  const every = Math.max(1, Math.floor(again.length / Math.max(14, again.length * 0.03)));
  for (const { file, audience } of lists) {
    for (let n = 0; doubled?.audience === audience && n < again.length; n += every) {
      const i = again[n] ?? 0;
      file.line(row(i, packed[i] ?? 0, population, d, true));
    }
    file.end(d.exportedAt, cut !== undefined);
  }
}

/** How an administrator "tidies up" a column: Plan → Plan name, First name → Given name. */
const newName = (column: string): string => (column === "First name" ? "Given name" : `${column} name`);

/** @param shouted the address in capitals, as somebody typed it into a form once more */
function row(i: number, packed: number, population: Population, d: AdDay, shouted: boolean): string {
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
