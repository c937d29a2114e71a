import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { PlanDoc } from "../../core/repair.ts";
import { planHash } from "../../sync/hash.ts";
import { draftPlan } from "../../sync/plan.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { LEFT_OUT } from "../../sync/words.ts";
import { plainSealer } from "./sync-world.ts";
import {
  applied,
  carriedOn,
  differencesOf,
  inputOf,
  isOut,
  nameOf,
  personOf,
  rankOf,
  SCOPES,
  seats,
  type World,
  world,
} from "./three-way-world.ts";

vi.setConfig({ testTimeout: 120_000 });

const RUNS = 2000;
const check = (property: (w: World, order: readonly number[], seed: number) => void, numRuns = RUNS): void =>
  fc.assert(
    fc.property(
      world.chain((w) =>
        fc.tuple(fc.constant(w), fc.shuffledSubarray([...seats(w)], { minLength: w.systems })),
      ),
      fc.nat(),
      ([w, order], seed) => property(w, order, seed),
    ),
    { numRuns },
  );

/** The same list in an order that a number decides. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const key = (i: number): number => ((i + 1) * (seed + 7) * 2_654_435_761) % 1_000_003;
  return list
    .map((x, i) => [key(i), x] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, x]) => x);
}

const planOf = (w: World): PlanDoc => draftPlan(inputOf(w));

describe("a plan over up to six systems", () => {
  it("is the same document when it is drafted again, in any order of systems and differences", () => {
    check((w, order, seed) => {
      const doc = planOf(w);
      expect(planOf(w)).toEqual(doc);
      const other = inputOf(w, order);
      const turned = draftPlan({ ...other, differences: shuffled(other.differences, seed) });
      expect(turned).toEqual(doc);
      expect(planHash(turned)).toBe(planHash(doc));
    });
  });

  it("leaves nothing to do once it was carried out, whether or not an audit came between", () => {
    check((w) => {
      const seen = carriedOn(w);
      const after = applied(seen, planOf(seen));
      for (const next of [applied(w, planOf(w)), after, carriedOn(after)])
        expect(planOf(next).changes.map((c) => `${c.op} ${c.system} ${c.attribute} ${c.rule}`)).toEqual([]);
    });
  });

  it("gives one person one value of a field, wherever it writes it", () => {
    check((w) => {
      const values = new Map<string, string | null>();
      for (const c of planOf(w).changes) {
        if (c.op !== "set") continue;
        const { value } = openSealedChange(plainSealer, c.sealed);
        const key = `${c.person} ${c.attribute}`;
        expect(values.get(key) ?? value).toBe(value);
        expect(value).not.toBeNull();
        values.set(key, value);
      }
    });
  });

  it("takes nobody off before the base is accepted, or where nobody can tell what was agreed", () => {
    check((w) => {
      for (const doc of [planOf({ ...w, accepted: false }), planOf(w)])
        for (const c of doc.changes.filter((x) => x.op === "remove")) {
          expect(w.accepted && doc.changes.length > 0).toBe(true);
          const last = w.people[personOf(c)]?.last[Number(c.system.slice(1))];
          expect(last?.agreement).not.toBe("none");
          expect(c.system).not.toBe(nameOf(w.owner));
        }
      expect(planOf({ ...w, accepted: false }).changes.filter((c) => c.op === "remove")).toEqual([]);
    });
  });

  it("says the case in the rule of every add and removal", () => {
    check((w) => {
      const titles = (c: { system: string }) => [`System ${w.owner}`, `System ${c.system.slice(1)}`] as const;
      for (const c of planOf(w).changes) {
        if (c.op !== "remove" && c.op !== "add") continue;
        const [owner, here] = titles(c);
        const agreement = w.people[personOf(c)]?.last[Number(c.system.slice(1))]?.agreement;
        const then = agreement === "in" ? "gone from" : agreement === "out" ? "added in" : null;
        const where = (c.op === "remove") === (agreement === "in") ? owner : here;
        if (then === null) expect(c.rule).toMatch(/for 2 reads$/);
        else expect(c.rule).toContain(`then ${then} ${where}`);
      }
    });
  });
});

describe("consent", () => {
  /** Every scope that an opt-out of this one is an opt-out of; "*": of things that no scope names, too. */
  const within = (scope: string | null): ReadonlySet<string> =>
    new Set(
      scope === null
        ? []
        : scope === "*"
          ? ["*", ...SCOPES]
          : scope === "all"
            ? SCOPES
            : scope === "news"
              ? ["news", "weekly"]
              : [scope],
    );
  const wholeOf = (w: World, s: number): string | null => {
    if (w.scopes === undefined) return "*";
    const mapped = w.scopes.map.find((m) => m.system === nameOf(s) && m.name === null);
    if (mapped !== undefined) return mapped.scope;
    return w.kinds[s] === "topic" || w.kinds[s] === "list" ? null : "*";
  };
  /** What this person's opt-out in a system is an opt-out of, told apart as far as anybody can. */
  const optedOutOf = (w: World, person: number, s: number): ReadonlySet<string> => {
    const r = w.people[person]?.recs[s];
    if (r == null || !isOut(r.consent)) return new Set();
    if (w.scopes === undefined || r.consent === "erased") return within("*");
    const maps = w.scopes.map.filter((m) => m.system === nameOf(s));
    const whole = wholeOf(w, s);
    if (r.optOuts.length === 0) return within(whole);
    const all = r.optOuts.flatMap((o) => {
      if (o.scope === "global") return [...within(maps.some((m) => m.name === null) ? whole : "*")];
      const named = maps.find((m) => m.name === o.name);
      if (named !== undefined) return [...within(named.scope)];
      return maps.length > 0 && maps.every((m) => m.name === null) ? [...within(whole)] : [];
    });
    return new Set(all);
  };

  it("is only ever tightened, by scope: nobody is suppressed for more than they opted out of", () => {
    let suppressions = 0;
    check((w) => {
      const doc = planOf(w);
      const after = applied(w, doc);
      for (const [i, p] of w.people.entries())
        for (const s of seats(w)) {
          const before = p.recs[s];
          const now = after.people[i]?.recs[s];
          if (before == null || now == null) continue;
          expect(rankOf(now.consent)).toBeLessThanOrEqual(rankOf(before.consent));
          if (now.mailable === true) expect(before.mailable).toBe(true);
        }
      for (const c of doc.changes.filter((x) => x.op === "suppress")) {
        suppressions++;
        const person = personOf(c);
        const here = Number(c.system.slice(1));
        const from = Number(c.evidence?.system.slice(1));
        const listed = w.people[person]?.listed === true && from === w.owner;
        if (from === here) continue; // its own list says so: nothing travels
        const needs = within(wholeOf(w, here));
        expect(needs.size).toBeGreaterThan(0);
        const has =
          listed && !hasOptOut(w, person, from) ? within(wholeOf(w, from)) : optedOutOf(w, person, from);
        for (const scope of needs) expect([...has]).toContain(scope);
      }
    });
    expect(suppressions).toBeGreaterThan(RUNS / 10);
  });

  const hasOptOut = (w: World, person: number, s: number): boolean => {
    const r = w.people[person]?.recs[s];
    return r != null && isOut(r.consent);
  };

  it("adds nobody who opted out anywhere", () => {
    check((w) => {
      for (const c of planOf(w).changes.filter((x) => x.op === "add")) {
        const person = personOf(c);
        expect(w.people[person]?.listed).toBe(false);
        expect(seats(w).filter((s) => hasOptOut(w, person, s))).toEqual([]);
      }
    });
  });

  it("leaves out with a reason whoever is opted out somewhere, mailable here, and not covered", () => {
    check((w) => {
      const doc = planOf(w);
      const told = new Set([
        ...doc.changes.filter((c) => c.op === "suppress").map((c) => `${c.system} ${c.person}`),
        ...doc.leftOut.map((l) => `${l.system} ${l.person}`),
      ]);
      for (const d of differencesOf(w, seats(w)))
        if (d.kind === "consent_conflict") expect(told.has(`${d.system} ${d.person}`)).toBe(true);
      for (const l of doc.leftOut) {
        expect(l.reason).not.toBe("");
        if (l.reason === LEFT_OUT.scopeNotMapped) expect(w.scopes).toBeDefined();
      }
    });
  });
});
