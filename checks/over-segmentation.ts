import type { Audience } from "../core/config.ts";
import type { Check, CheckInput, Finding, Outcome } from "../core/finding.ts";
import { type Likeness, likeness, mayBeMerged, partnersHere } from "./near-identical.ts";
import { latestComplete, metric, PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { alikeFinding, tinyFinding } from "./words/over-segmentation.ts";

const DEFAULTS = {
  /** People in both / people in either. */
  jaccard: 0.95,
  minimum_people: 100,
  tiny_people: 50,
  /** A list of this share of the people known in the owner's system is not tiny, however few they are. */
  tiny_share: 0.01,
  tiny_days: 28,
  readings: 10,
};
type Settings = typeof DEFAULTS;
type Judged = Finding | Exclude<Likeness, "alike"> | "told";

const DAY_MS = 86_400_000;

/** Audiences that are nearly the same people, or that stay tiny and get no mail: each costs care and says little. */
export const overSegmentation: Check = {
  name: "over_segmentation",
  defaults: DEFAULTS,
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "over_segmentation", DEFAULTS);
    if (!settings.enabled || !mayBeMerged(input.audience)) return skip("not_configured");
    const { latest, skip: none } = latestComplete(input);
    if (latest === null) return none;
    const partners = partnersHere(input);
    if (partners.length === 0 && !input.isOwner) return skip("told_elsewhere");
    const judged = [
      ...nearlyTheSame(input, partners, settings),
      ...(input.isOwner ? [tiny(input, settings)] : []),
    ];
    const [first, ...more] = judged.filter((j) => typeof j === "object");
    if (first !== undefined) return { status: "fail", findings: [first, ...more] };
    if (judged.includes("unknown")) return skip("partial");
    if (judged.includes("learning")) return skip("learning");
    return judged.includes("told") ? skip("told_elsewhere") : PASS;
  },
};

/**
 * A cluster is told once, at its first audience in the order of the configuration: of those after this one, all that
 * are like it and were not told together with it before.
 */
function nearlyTheSame(input: CheckInput, partners: readonly Audience[], settings: Settings): Judged[] {
  const like = (a: Audience, b: Audience) => likeness(input.overlaps, a.id, b.id, settings);
  const place = (a: Audience) => input.config.audiences.findIndex((x) => x.id === a.id);
  const me = input.audience;
  const before = partners.filter((p) => place(p) < place(me) && like(p, me) === "alike");
  const after = partners.filter((p) => place(p) > place(me));
  const alike = after.filter(
    (p) => like(me, p) === "alike" && !before.some((earlier) => like(earlier, p) === "alike"),
  );
  const others = after.map((p) => like(me, p)).filter((l) => l !== "alike");
  const told = before.length > 0 ? (["told"] as const) : [];
  if (alike.length === 0) return [...others, ...told];
  const cluster = [me, ...alike];
  const overlap = input.overlaps.find((o) => cluster.every((a) => o.audiences.includes(a.id)));
  if (overlap !== undefined) return [alikeFinding(input, overlap, cluster, "near_identical")];
  // More lists than are overlapped at once: pair by pair.
  return alike.flatMap((p) => {
    const both = input.overlaps.find((o) => [me, p].every((a) => o.audiences.includes(a.id)));
    return both === undefined ? [] : [alikeFinding(input, both, [me, p], `near_identical ${p.id}`)];
  });
}

function tiny(input: CheckInput, settings: Settings): Judged {
  const since = Date.parse(input.now) - settings.tiny_days * DAY_MS;
  const sizes = input.history
    .filter((s) => s.coverage === "complete" && Date.parse(s.takenAt) >= since)
    .flatMap((s) => metric(s, "size") ?? []);
  const most = Math.max(...sizes);
  const known = peopleKnown(input);
  if (sizes.length === 0) return "unknown";
  if (most >= settings.tiny_people || (known !== null && most >= known * settings.tiny_share))
    return "different";
  if (input.config.calendar.some((send) => send.audience === input.audience.id)) return "different";
  const old = input.history.some((s) => Date.parse(s.takenAt) < since + DAY_MS);
  if (!old || sizes.length < settings.readings) return "learning";
  return tinyFinding(input, { least: Math.min(...sizes), most, known, days: settings.tiny_days });
}

/** People in this system; where it cannot be read as a whole, in any of its audiences. */
function peopleKnown(input: CheckInput): number | null {
  const base = metric(
    input.baseHistory.findLast((s) => s.coverage === "complete"),
    "size",
  );
  if (base !== null) return base;
  const counts = input.overlaps.map((o) => Object.values(o.masks).reduce((n, people) => n + people, 0));
  return counts.length === 0 ? null : Math.max(...counts);
}
