import type { Audience, Config } from "../core/config.ts";
import type { AudienceId, Coverage, Instant, PersonKey, SystemId } from "../core/model.ts";
import type {
  ApprovalNeed,
  GuardName,
  GuardVerdict,
  PlanDoc,
  PlanState,
  SizeOverride,
  Touched,
} from "../core/repair.ts";
import { placeGuard } from "./guard-place.ts";
import { freshness, readsHold } from "./guard-reads.ts";
import { access, holdout, otherPlan, writesOn } from "./guard-writing.ts";
import { withOverride } from "./override.ts";
import { isExcluding, type RuleCause, titleOf } from "./place.ts";
import { heldBack } from "./quarantine.ts";
import { NOBODY, radiusOf, sizeLimit, type Undone } from "./size-limit.ts";
import { changes, minutesText, people } from "./words.ts";

/** The latest reading of one segment of the audience, as the store knows it when the guards run. */
export type GuardReading = {
  readonly snapshot: string;
  readonly system: SystemId;
  readonly coverage: Coverage;
  /** The moment whose truth it shows, and the moment it was read. */
  readonly asOf: Instant;
  readonly takenAt: Instant;
  readonly size: number | null;
  /** Size in the complete reading before; null: there is none. */
  readonly previousSize: number | null;
  /** How long the read took; null: not recorded. */
  readonly readMs: number | null;
};

/** What the guards need to know of the world; everything by system id. */
export type GuardFacts = {
  readonly now: Instant;
  readonly config: Config;
  readonly audience: Audience;
  /** Of the owner and of every system that the plan touches. */
  readonly readings: readonly GuardReading[];
  /** PlanStore.touchedSince over the last 24 h; a missing system counts as nobody. */
  readonly touched: Readonly<Record<string, Touched>>;
  /** Coming sends of the calendar to this audience. */
  readonly sends: readonly { readonly name: string; readonly system: SystemId; readonly at: Instant }[];
  /** Writer.probe per system: null when it can write, else why not. A missing system was not asked. */
  readonly access: Readonly<Record<string, string | null>>;
  /** Did an admin switch writing on? A missing system is off. */
  readonly writes: Readonly<Record<string, boolean>>;
  /** Who of the people to add is in the audience's holdout; null: nobody can tell. Not asked where there is none. */
  readonly heldOut: ReadonlySet<PersonKey> | null;
  /** The edit of a rule that the incident's cause names, while it stands; null: none. */
  readonly ruleCause: RuleCause | null;
  /** An admin's override of a refusal for size; null: none. */
  readonly override: SizeOverride | null;
  readonly otherPlans: readonly {
    readonly id: number;
    readonly state: PlanState;
    readonly audience: AudienceId;
    readonly systems: readonly SystemId[];
    readonly lists?: Readonly<Record<string, string>>;
  }[];
  readonly baseAccepted: boolean;
  /** A campaign that leaves out a copy of this audience; null: none is known. */
  readonly leftOutBy: string | null;
  /** For an undo: the plan that it takes back; else null. */
  readonly undone: Undone | null;
  /** Who is in a duel with another writer now (sync/quarantine.ts); absent: nobody. */
  readonly fought?: ReadonlySet<string>;
};

/** The window of the size limits. */
export const DAY_MS = 86_400_000;

type Said = Pick<GuardVerdict, "verdict" | "because">;

/** Runs every guard, in the order of the page. Pure; runs again before approving and before applying. */
export function runGuards(
  doc: PlanDoc,
  f: GuardFacts,
): { readonly guards: readonly GuardVerdict[]; readonly need: ApprovalNeed } {
  const systems = [...new Set(doc.changes.map((c) => c.system))].sort();
  const title = (s: SystemId): string => titleOf(f.config, s);
  const guard = (name: GuardName, text: string, said: Said): GuardVerdict => ({
    guard: name,
    title: text,
    ...said,
  });
  const sizes = systems.map((s) => guard("size_limit", `Size limit, ${title(s)}`, size(doc, s, f)));
  const place = placeGuard(doc, f);
  const guards = [
    guard("complete_and_fresh", "Reads complete and fresh", freshness(doc, systems, f)),
    guard("no_consent_loosened", "No consent loosened", consent(doc, f)),
    guard("opt_out_evidence", "Each opt-out has evidence", evidence(doc, title)),
    ...sizes,
    guard("source_not_empty", "Reads are not empty or halved", readsHold(doc, f)),
    guard("accepted_base", "Base is accepted", base(doc, f)),
    guard("holdout", "Held-out people stay out", holdout(doc, f)),
    guard("place_of_repair", "This is the place to repair", place),
    guard("automations", "Automations may start on adds", automations(doc)),
    guard("next_send", "Next send is far enough away", nextSend(doc, systems, f)),
    guard("writes_on", "Writes are switched on", writesOn(systems, f)),
    guard("write_access", "Write access works", access(systems, f)),
    guard("no_other_plan", "No other plan on these lists", otherPlan(doc, systems, f)),
    guard("no_fighting", "Nobody is fought over", fighting(doc, f)),
  ];
  if (guards.some((g) => g.verdict === "fail")) return { guards, need: "refused" };
  const second = place.verdict === "needs" || sizes.some((g) => g.verdict === "needs");
  return { guards, need: second ? "second_person" : "author" };
}

function size(doc: PlanDoc, system: SystemId, f: GuardFacts): Said {
  const said = sizeLimit(radiusOf(doc, system, f.touched[system] ?? NOBODY, f.undone), f.config.safeguards);
  return withOverride(said, f.override, doc, f.now);
}

/** The draft never plans these; the guard does not take its word for it. */
function consent(doc: PlanDoc, f: GuardFacts): Said {
  const bearing = new Set(f.config.attributes.filter((a) => a.class === "consent").map((a) => a.name));
  const excluding = isExcluding(f.audience, f.config) || f.leftOutBy !== null;
  const bad = doc.changes.filter(
    (c) =>
      (c.op === "remove" && excluding) ||
      (c.op === "set" && (c.attribute === null || bearing.has(c.attribute))),
  );
  const why =
    bad.length > 0 && f.leftOutBy !== null ? `; the campaign “${f.leftOutBy}” leaves this list out` : "";
  const because = `${bad.length.toLocaleString("en-US")} of ${changes(doc.changes.length)} would loosen it${why}`;
  return { verdict: bad.length === 0 ? "pass" : "fail", because };
}

function evidence(doc: PlanDoc, title: (s: SystemId) => string): Said {
  const all = doc.changes.filter((c) => c.op === "suppress");
  if (all.length === 0) return { verdict: "pass", because: "nobody is suppressed" };
  const proven = all.filter((c) => c.evidence !== null);
  const where = [
    ...new Set(proven.flatMap((c) => (c.evidence === null ? [] : [title(c.evidence.system)]))),
  ].sort();
  const because = `${proven.length.toLocaleString("en-US")} of ${all.length.toLocaleString("en-US")} in ${where.join(", ")}`;
  return { verdict: proven.length === all.length ? "pass" : "fail", because };
}

function base(doc: PlanDoc, f: GuardFacts): Said {
  const removals = doc.changes.filter((c) => c.op === "remove").length;
  if (removals === 0) return { verdict: "pass", because: "nobody is removed" };
  // An undo takes back our own adds; it does not lean on the base.
  if (doc.undoes !== null) return { verdict: "pass", because: "only people whom Plumbline added" };
  return f.baseAccepted
    ? { verdict: "pass", because: "accepted" }
    : { verdict: "fail", because: `removes ${people(removals)}; accept the audience’s base first` };
}

function automations(doc: PlanDoc): Said {
  const adds = doc.changes.filter((c) => c.op === "add");
  if (adds.length === 0) return { verdict: "pass", because: "nobody is added" };
  const known = [...new Set(adds.map((c) => c.system))].map((s) => doc.automations[s] ?? null);
  if (known.includes(null))
    return { verdict: "needs", because: `cannot tell which may start; confirm for ${people(adds.length)}` };
  const live = known.reduce((n, names) => n + (names?.length ?? 0), 0);
  return live === 0
    ? { verdict: "pass", because: "none is live" }
    : { verdict: "needs", because: `confirm ${live}` };
}

function nextSend(doc: PlanDoc, systems: readonly SystemId[], f: GuardFacts): Said {
  const margin = f.config.safeguards.sendMarginMinutes;
  const next = f.sends
    .filter((s) => systems.includes(s.system) && Date.parse(s.at) >= Date.parse(f.now))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
  if (next === undefined) return { verdict: "pass", because: "not known; the calendar has none" };
  const minutes = Math.floor((Date.parse(next.at) - Date.parse(f.now)) / 60_000);
  const away = minutesText(minutes);
  const because = `${away}; needs ${margin} min`;
  if (Date.parse(next.at) - Date.parse(f.now) >= margin * 60_000) return { verdict: "pass", because };
  return doc.changes.every((c) => c.op === "suppress")
    ? { verdict: "pass", because: `${away}; suppressions do not wait` }
    : { verdict: "fail", because: `“${next.name}” in ${because}` };
}

/** The draft leaves them out; between draft and apply another plan may have repaired them for the third time. */
function fighting(doc: PlanDoc, f: GuardFacts): Said {
  const held = heldBack(doc, f.fought ?? new Set());
  if (held === 0) return { verdict: "pass", because: "nobody was repaired 3 times in 7 days" };
  const because = `${people(held)} were repaired 3 times in 7 days: somebody else puts it back; draft it again without them`;
  return { verdict: "fail", because };
}
