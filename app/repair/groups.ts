import { clean } from "../../alerts/clean.ts";
import type { Instant } from "../../core/model.ts";
import { type Change, type LeftOut, OP_ORDER, type Op, type Plan } from "../../core/repair.ts";
import { maskIdentifier } from "../../members/mask.ts";
import { sizeAfter } from "../../sync/forecast.ts";
import { SAMPLE } from "../../sync/plan.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { reasonOf, undoText } from "../../sync/words.ts";
import type { PlanDetail } from "../api/contract.ts";
import type { App } from "../app.ts";
import { audienceOf } from "../audit/judge.ts";

type Group = PlanDetail["groups"][number];

/** What changes, system by system, then by verb and reason, in the order of apply; and who is left out, by reason. */
export function groupsOf(app: App, plan: Plan, until: Instant): Group[] {
  const { doc } = plan;
  const audience = audienceOf(app, doc.audience);
  const systems = [...new Set([...doc.changes.map((c) => c.system), ...doc.leftOut.map((l) => l.system)])];
  return systems.map((system) => ({
    system,
    systemTitle: titleIn(app, system),
    audienceTitle: audience?.title ?? doc.audience,
    sizeNow: doc.sizes[system] ?? null,
    sizeAfter: sizeAfter(doc, system),
    verbs: verbsOf(
      app,
      plan,
      doc.changes.filter((c) => c.system === system),
      until,
    ),
    leftOut: leftOutOf(
      app,
      doc.leftOut.filter((l) => l.system === system),
    ),
    automations: doc.automations[system] == null ? null : [...(doc.automations[system] ?? [])],
    forecast: doc.forecast?.[system]?.map((l) => ({ ...l })) ?? null,
  }));
}

function verbsOf(app: App, plan: Plan, changes: readonly Change[], until: Instant): Group["verbs"] {
  const byReason = new Map<string, Change[]>();
  for (const c of changes) {
    const key = JSON.stringify([
      OP_ORDER.indexOf(c.op),
      c.attribute ?? "",
      reasonOf(c, (s) => titleIn(app, s)),
    ]);
    const mine = byReason.get(key);
    if (mine === undefined) byReason.set(key, [c]);
    else mine.push(c);
  }
  return [...byReason.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, mine]) => {
      const [first] = mine;
      if (first === undefined) return [];
      const reversible = mine.every((c) => c.reversible);
      return [
        {
          op: first.op,
          attribute: first.attribute,
          count: mine.length,
          rule: reasonOf(first, (s) => titleIn(app, s)),
          undo: undoText(first.op, reversible, until, app.config.timezone, plan.doc.undoes !== null),
          sample: mine.slice(0, SAMPLE).map((c) => sampleOf(app, c)),
        },
      ];
    });
}

function leftOutOf(app: App, people: readonly LeftOut[]): Group["leftOut"] {
  const reasons = new Map<string, { count: number; sample: string[] }>();
  for (const l of people) {
    const r = reasons.get(l.reason) ?? { count: 0, sample: [] };
    r.count += 1;
    if (l.sealed !== undefined && r.sample.length < SAMPLE)
      r.sample.push(maskedOf(openSealedChange(app.sealer, l.sealed).identifiers));
    reasons.set(l.reason, r);
  }
  return [...reasons].map(([reason, r]) => ({ reason, ...r })).sort((a, b) => b.count - a.count);
}

const FROM_TO: Readonly<Record<Exclude<Op, "set">, readonly [string, string]>> = {
  suppress: ["mailable", "suppressed"],
  remove: ["on list", "off list"],
  add: ["not on list", "on list"],
};

function sampleOf(app: App, c: Change): Group["verbs"][number]["sample"][number] {
  const open = openSealedChange(app.sealer, c.sealed);
  const common = {
    masked: maskedOf(open.identifiers),
    why: c.rule,
    version: c.before.version === null ? null : clean(c.before.version, 40),
  };
  if (c.op !== "set") return { ...common, from: FROM_TO[c.op][0], to: FROM_TO[c.op][1] };
  const personal = app.config.attributes.find((a) => a.name === c.attribute)?.class !== "plain";
  return { ...common, from: shown(open.from, personal), to: shown(open.value, personal) };
}

/** A name or birthday shows its first letter only; an address in a plain field is left out. */
function shown(value: string | null, personal: boolean): string {
  if (value === null || value === "") return "empty";
  return personal ? `“${[...clean(value, 60)].slice(0, 1).join("")}•••”` : `“${clean(value, 60)}”`;
}

export function maskedOf(identifiers: ReturnType<typeof openSealedChange>["identifiers"]): string {
  const { email, phone, customer_id: id } = identifiers;
  if (email !== undefined) return maskIdentifier("email", email);
  if (phone !== undefined) return maskIdentifier("phone", phone);
  return id === undefined ? "•••" : maskIdentifier("customer_id", id);
}

export const titleIn = (app: Pick<App, "config">, system: string): string =>
  app.config.systems.find((s) => s.id === system)?.title ?? system;
