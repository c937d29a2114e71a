import type { SystemId } from "../core/model.ts";
import type { GuardVerdict, PlanDoc } from "../core/repair.ts";
import type { GuardFacts } from "./guard.ts";
import { titleOf } from "./place.ts";
import { people } from "./words.ts";

type Said = Pick<GuardVerdict, "verdict" | "because">;
const count = (n: number): string => n.toLocaleString("en-US");

/** Off until an admin switched it on, whatever credentials the configuration has. */
export function writesOn(systems: readonly SystemId[], f: GuardFacts): Said {
  const off = systems.filter((s) => f.writes[s] !== true).map((s) => titleOf(f.config, s));
  if (off.length > 0)
    return {
      verdict: "fail",
      because: `writes to ${off.join(" and ")} are off; an admin turns them on under Systems`,
    };
  const on = systems.map((s) => titleOf(f.config, s));
  return { verdict: "pass", because: on.length === 0 ? "nothing to write" : `on for ${on.join(", ")}` };
}

export function access(systems: readonly SystemId[], f: GuardFacts): Said {
  const bad = systems.flatMap((s) => {
    const why = f.access[s];
    return why === null ? [] : [`${titleOf(f.config, s)}: ${why ?? "not checked"}`];
  });
  if (bad.length > 0) return { verdict: "fail", because: bad.join("; ") };
  return {
    verdict: "pass",
    because: systems.map((s) => titleOf(f.config, s)).join(", ") || "nothing to write",
  };
}

/** Approved or running plans on a list of this plan, under whatever audience. */
export function otherPlan(doc: PlanDoc, systems: readonly SystemId[], f: GuardFacts): Said {
  const busy = f.otherPlans.filter(
    (p) =>
      (p.state === "approved" || p.state === "applying" || p.state === "verifying") &&
      p.systems.some((s) => systems.includes(s) && sameList(doc, p, s)),
  );
  if (busy.length === 0) return { verdict: "pass", because: "none approved or running" };
  return { verdict: "fail", because: busy.map((p) => `PL-${p.id} is ${p.state}`).join(", ") };
}

/** Two plans write to one list there when they share the audience, or the vendor's list under two names. */
export function sameList(
  a: Pick<PlanDoc, "audience" | "lists">,
  b: Pick<PlanDoc, "audience" | "lists">,
  system: SystemId,
): boolean {
  if (a.audience === b.audience) return true;
  const list = a.lists?.[system];
  return list !== undefined && list === b.lists?.[system];
}

/** Whoever is held out is never added. The draft leaves them out; the guard asks the holdout's set itself. */
export function holdout(doc: PlanDoc, f: GuardFacts): Said {
  const adds = doc.changes.filter((c) => c.op === "add");
  if (adds.length === 0) return { verdict: "pass", because: "nobody is added" };
  if (f.audience.holdout === null) return { verdict: "pass", because: "this audience holds nobody out" };
  const title =
    f.config.audiences.find((a) => a.id === f.audience.holdout)?.title ?? (f.audience.holdout as string);
  if (f.heldOut === null)
    return {
      verdict: "fail",
      because: `cannot tell who is in “${title}”, so nobody is added; read it again`,
    };
  const held = adds.filter((c) => f.heldOut?.has(c.person)).length;
  const because = `${count(held)} of ${people(adds.length)} to add ${held === 1 ? "is" : "are"} in “${title}”`;
  return { verdict: held === 0 ? "pass" : "fail", because };
}
