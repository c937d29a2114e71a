import type { SystemId } from "../core/model.ts";
import type { GuardVerdict, PlanDoc } from "../core/repair.ts";
import type { GuardFacts } from "./guard.ts";
import { titleOf, writersInto, writersOf } from "./place.ts";

type Said = Pick<GuardVerdict, "verdict" | "because">;
type Named = { readonly hard: boolean; readonly text: string };

/**
 * Is the destination the place to repair, and is what caused the difference over? A job that still writes the list, or
 * a rule that was edited and still stands, would undo the repair or be undone by it. Suppressions go direct.
 */
export function placeGuard(doc: PlanDoc, f: GuardFacts): Said {
  const jobs = [...jobsOf(doc, f).values()].sort((a, b) => (a.text < b.text ? -1 : 1));
  const rule = ruleOf(doc, f);
  const all = rule === null ? jobs : [...jobs, rule];
  if (all.length === 0) return { verdict: "pass", because: doc.place.because };
  const because = all.map((n) => n.text).join("; ");
  if (!all.some((n) => n.hard)) return { verdict: "needs", because: `${because}; a second person approves` };
  const todo = [
    ...(jobs.some((j) => j.hard) ? ["switch it off or let it sync again"] : []),
    ...(rule?.hard === true ? ["correct the rule there, then read again"] : []),
  ];
  return { verdict: "fail", because: `${because}; ${todo.join("; ")}` };
}

function jobsOf(doc: PlanDoc, f: GuardFacts): ReadonlyMap<string, Named> {
  const named = new Map<string, Named>();
  for (const c of doc.changes) {
    if (c.op === "suppress") continue;
    const list = c.op !== "set";
    const jobs = list
      ? writersInto(f.config, f.audience.id, c.system)
      : c.attribute === null
        ? []
        : writersOf(f.config, c.attribute, c.system);
    for (const job of jobs) {
      const runs = job.schedule === null ? "is switched on" : "is still scheduled";
      const text = `“${job.name}” writes ${list ? "this list" : "this field"} in ${titleOf(f.config, c.system)} and ${runs}`;
      named.set(text, { hard: list && job.schedule !== null, text });
    }
  }
  return named;
}

function ruleOf(doc: PlanDoc, f: GuardFacts): Named | null {
  const rule = f.ruleCause;
  if (rule === null || doc.undoes !== null) return null;
  const moves = (s: SystemId): boolean =>
    doc.changes.some((c) => c.system === s && (c.op === "add" || c.op === "remove"));
  if (!moves(rule.system)) return null;
  return { hard: rule.certainty === "confirmed", text: `${rule.text}, and still stands` };
}
