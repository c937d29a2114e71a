import type { Cell, Point, Status } from "../../app/api/contract.ts";

/** Harbour & Pine on a Tuesday morning: the invented company of every picture and browser test. */
export const NOW = "2026-11-24T05:20:00.000Z";
export const READ = "2026-11-24T05:04:00.000Z";
const DAY = 86_400_000;

export const ago = (days: number, hours = 0): string =>
  new Date(Date.parse(READ) - days * DAY - hours * 3_600_000).toISOString();
export const ahead = (hours: number): string => new Date(Date.parse(NOW) + hours * 3_600_000).toISOString();

/** Small repeatable noise in [-1, 1): fixtures look the same in every run. */
export const noise = (seed: number, n: number): number => {
  const x = Math.sin(seed * 12.9898 + n * 78.233) * 43758.5453;
  return (x - Math.floor(x)) * 2 - 1;
};

export const systems = [
  { id: "warehouse", title: "Warehouse" },
  { id: "hubspot", title: "HubSpot" },
  { id: "klaviyo", title: "Klaviyo" },
  { id: "mailchimp", title: "Mailchimp" },
  { id: "google_ads", title: "Google Ads" },
];

type Line = {
  size: number;
  swing?: number;
  seed: number;
  last?: number;
  days?: number;
  partial?: readonly number[];
  unknown?: number;
  learning?: boolean;
};

/** Daily reads with a weekly rhythm; `partial` are days ago, `unknown` the newest days nobody could read. */
export function line(o: Line): Point[] {
  const days = o.days ?? 28;
  const swing = o.swing ?? o.size * 0.007;
  return Array.from({ length: days }, (_, index): Point => {
    const back = days - 1 - index;
    const rhythm = Math.sin((index / 7) * Math.PI * 2) * swing;
    const usual = o.size + rhythm;
    const isPartial = o.partial?.includes(back) ?? false;
    const lost = back < (o.unknown ?? 0);
    const value =
      back === 0 && o.last !== undefined ? o.last : Math.round(usual + noise(o.seed, index) * swing * 0.35);
    return {
      at: ago(back),
      size: lost ? null : isPartial ? Math.round(value * 0.97) : value,
      coverage: lost ? "unusable" : isPartial ? "partial" : "complete",
      low: o.learning ? null : Math.round(usual - swing * 0.95),
      high: o.learning ? null : Math.round(usual + swing * 0.95),
      flagged: back === 0 && o.last !== undefined,
      ordinal: lost || isPartial ? null : index,
    };
  });
}

export const cell = (
  system: string,
  mark: Cell["mark"],
  missing: number | null = 0,
  extra: number | null = 0,
  over: Partial<Cell> = {},
): Cell => ({
  system,
  mark,
  missing,
  extra,
  mailableOptedOut: 0,
  size: null,
  asOf: READ,
  because: null,
  ...over,
});
export const absent = (system: string): Cell =>
  cell(system, "absent", null, null, { asOf: null, mailableOptedOut: null });
export const owner = (system: string, size: number): Cell => cell(system, "owner", 0, 0, { size });
export const unknown = (system: string): Cell =>
  cell(system, "cant_tell", null, null, {
    because: "the key was refused Mon 22:04",
    mailableOptedOut: null,
    asOf: "2026-11-23T17:04:00.000Z",
  });

const G = "google_ads";
type Row = {
  audience: string;
  title: string;
  purpose: string;
  ownerSize: number;
  cells: Cell[];
  nextSend: { name: string; at: string; system: string } | null;
};
const send = (name: string, at: string) => ({ name, at, system: "klaviyo" });

export const rows: Row[] = [
  {
    audience: "do_not_contact",
    title: "Do not contact",
    purpose: "suppression",
    ownerSize: 38_412,
    nextSend: send("Autumn drop", "2026-11-24T09:00:00.000Z"),
    cells: [
      cell("warehouse", "fine"),
      owner("hubspot", 38_412),
      cell("klaviyo", "act", 1204, 0, { mailableOptedOut: 1204, size: 37_208 }),
      cell("mailchimp", "fine", 0, 26),
      absent(G),
    ],
  },
  {
    audience: "newsletter_opt_in",
    title: "Newsletter opt-in",
    purpose: "consent",
    ownerSize: 212_640,
    nextSend: send("Harbour letter", "2026-11-26T08:00:00.000Z"),
    cells: [
      cell("warehouse", "fine", 3, 0),
      owner("hubspot", 212_640),
      cell("klaviyo", "fine", 118, 0),
      cell("mailchimp", "fine", 96, 4),
      absent(G),
    ],
  },
  {
    audience: "active_customers",
    title: "Active customers",
    purpose: "lifecycle",
    ownerSize: 48_316,
    nextSend: send("Autumn drop", "2026-11-24T09:00:00.000Z"),
    cells: [
      owner("warehouse", 48_316),
      cell("hubspot", "fine", 37, 12, { size: 48_291 }),
      cell("klaviyo", "act", 42, 27_310, { size: 75_584, mailableOptedOut: 1204 }),
      cell("mailchimp", "look", 431, 17, { size: 47_902 }),
      { ...unknown(G), size: 41_000 },
    ],
  },
  {
    audience: "trial",
    title: "Trial",
    purpose: "lifecycle",
    ownerSize: 6204,
    nextSend: send("Trial day 5", "2026-11-25T07:30:00.000Z"),
    cells: [
      owner("warehouse", 6204),
      cell("hubspot", "look", 9, 212),
      cell("klaviyo", "fine", 14, 3),
      absent("mailchimp"),
      unknown(G),
    ],
  },
  {
    audience: "recent_purchasers",
    title: "Recent purchasers",
    purpose: "marketing",
    ownerSize: 14_880,
    nextSend: send("Care guide", "2026-11-27T06:00:00.000Z"),
    cells: [
      owner("warehouse", 14_880),
      cell("hubspot", "fine", 2, 0),
      cell("klaviyo", "fine", 6, 1),
      cell("mailchimp", "fine"),
      unknown(G),
    ],
  },
  {
    audience: "vip",
    title: "VIP",
    purpose: "marketing",
    ownerSize: 2118,
    nextSend: send("VIP evening", "2026-11-27T06:00:00.000Z"),
    cells: [
      owner("warehouse", 2118),
      cell("hubspot", "fine"),
      cell("klaviyo", "fine"),
      absent("mailchimp"),
      unknown(G),
    ],
  },
  {
    audience: "churn_risk",
    title: "Churn risk",
    purpose: "lifecycle",
    ownerSize: 5430,
    nextSend: null,
    cells: [
      owner("warehouse", 5430),
      cell("hubspot", "fine", 1, 0),
      cell("klaviyo", "fine", 4, 2),
      absent("mailchimp"),
      absent(G),
    ],
  },
  {
    audience: "lapsed_180",
    title: "Lapsed 180 days",
    purpose: "marketing",
    ownerSize: 31_077,
    nextSend: send("We miss you", "2026-11-30T09:00:00.000Z"),
    cells: [
      owner("warehouse", 31_077),
      cell("hubspot", "fine", 58, 20),
      absent("klaviyo"),
      cell("mailchimp", "fine", 12, 8),
      unknown(G),
    ],
  },
];

const system = (
  id: string,
  kind: string,
  over: Partial<Status["systems"][number]> = {},
): Status["systems"][number] => ({
  id,
  title: systems.find((s) => s.id === id)?.title ?? id,
  kind,
  sends: id !== "warehouse" && id !== G,
  writable: id !== "warehouse" && id !== G,
  coverage: "complete",
  asOf: READ,
  stale: false,
  because: null,
  warnings: [],
  ...over,
});

export const people: Status["switchable"] = [
  { name: "Ana", role: "editor" },
  { name: "Ben", role: "approver" },
];

export const status: Status = {
  company: "Harbour & Pine",
  timezone: "Europe/Berlin",
  version: "0.1.0",
  mode: "demo",
  now: NOW,
  me: { name: "Ana", role: "editor" },
  switchable: people,
  systems: [
    system("warehouse", "postgres", { warnings: ["The role may write; give Plumbline a read-only one."] }),
    system("hubspot", "files"),
    system("klaviyo", "klaviyo"),
    system("mailchimp", "mailchimp"),
    system(G, "google_ads", {
      coverage: "unusable",
      asOf: "2026-11-23T17:04:00.000Z",
      because: "the key was refused (401) since Mon 22:04; renew GOOGLE_ADS_KEY",
    }),
  ],
  counts: { audiences: 8, openIncidents: 4, actIncidents: 1, waitingPlans: 1 },
  progress: null,
  applying: null,
};

/** Parts of a verdict, and what several stories share. */
export const strong = (text: string) => ({ text, strong: true });
export const plain = (text: string) => ({ text, strong: false });
export const title = (id: string): string => systems.find((s) => s.id === id)?.title ?? id;
export const SEND = { name: "Autumn drop", at: "2026-11-24T09:00:00.000Z", system: "klaviyo" };
