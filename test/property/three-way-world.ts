/** A small world of up to six systems for the three-way plan: what it holds, a naive comparison of it, and plain writes. */
import fc from "fast-check";
import type { AttributeRule, Config, ConsentScopes } from "../../core/config.ts";
import {
  audienceId,
  CONSENT_ORDER,
  type ConsentState,
  type Instant,
  type PersonKey,
  type SystemId,
  systemId,
} from "../../core/model.ts";
import type { Change, PlanDoc } from "../../core/repair.ts";
import { type LastAgreed, type Move, memberCase } from "../../core/three-way.ts";
import type { Difference } from "../../members/differences.ts";
import type { OptOutScope, SpooledRow } from "../../members/spool.ts";
import type { DraftInput } from "../../sync/plan.ts";
import { openSealedChange } from "../../sync/sealed.ts";
import { at, CAPABILITIES, keyOf, mailOf, plainSealer, print, START, testConfig } from "./sync-world.ts";

export const FIELDS = ["plan", "region"] as const;
type Field = (typeof FIELDS)[number];
type Values = Readonly<Record<Field, string | null | undefined>>;

export type Rec = {
  readonly in: boolean;
  readonly values: Values;
  readonly consent: ConsentState;
  readonly consentAt: Instant | null;
  readonly mailable: boolean | null;
  readonly updatedAt: Instant | null;
  /** When we last wrote to it. */
  readonly written?: Instant;
  /** Lists and topics that the opt-out is of; empty: of the system as a whole. */
  readonly optOuts: readonly OptOutScope[];
  readonly settled: boolean;
};
/** What was last agreed of one person with one copy. */
export type Last = { readonly agreement: LastAgreed; readonly values: Values };
export type Person = {
  readonly recs: readonly (Rec | null)[];
  readonly last: readonly Last[];
  readonly listed: boolean;
};
export type World = {
  readonly systems: number;
  readonly owner: number;
  readonly people: readonly Person[];
  readonly rules: readonly (Pick<AttributeRule, "merge" | "class"> & {
    readonly newestLeadMinutes: number;
    readonly owners: readonly number[];
  })[];
  readonly scopes: ConsentScopes | undefined;
  readonly kinds: readonly ("global" | "channel" | "topic" | "list" | null)[];
  readonly accepted: boolean;
};

const MOST = 6;
export const nameOf = (s: number): SystemId => systemId(`s${s}`);
const seatOf = (system: string): number => Number(system.slice(1));
const minutes = (n: number): Instant => at(Date.parse(START) - n * 60_000);
/** Few, so that ties and leads that are just enough come up. */
const time = fc.constantFrom(0, 1, 60, 61, 300, 400).map(minutes);
const value = fc.constantFrom<string | null | undefined>("a", "b", "c", null, undefined);
const values = fc.record({ plan: value, region: value });
const OUT: readonly ConsentState[] = ["erased", "complained", "unsubscribed"];
export const isOut = (c: ConsentState): boolean => OUT.includes(c);

const rec = fc
  .record({
    in: fc.boolean(),
    values,
    consent: fc.constantFrom<ConsentState>(
      "subscribed",
      "subscribed",
      "subscribed",
      "pending",
      "unknown",
      "unsubscribed",
      "unsubscribed",
      "complained",
      "erased",
    ),
    consentAt: fc.option(time),
    mailable: fc.constantFrom<boolean | null>(true, true, true, false, null),
    updatedAt: fc.option(time, { freq: 8 }),
    optOuts: fc.array(
      fc.record({
        scope: fc.constantFrom<OptOutScope["scope"]>("global", "topic", "list"),
        name: fc.constantFrom("n1", "n2", "n3"),
      }),
      { maxLength: 2 },
    ),
    settled: fc.boolean(),
  })
  // who opted out there can rarely be mailed from there; and only members have fields that are compared
  .map(
    (r): Rec => ({
      ...r,
      mailable: isOut(r.consent) ? false : r.mailable,
      values: r.in ? r.values : { plan: undefined, region: undefined },
      optOuts: isOut(r.consent)
        ? r.optOuts.map((o) => (o.scope === "global" ? { ...o, name: null } : o))
        : [],
    }),
  );
const last = fc
  .record({ agreement: fc.constantFrom<LastAgreed>("in", "out", "never", "none"), values })
  .map((l): Last => (l.agreement === "in" ? l : { ...l, values: { plan: undefined, region: undefined } }));
const person = fc.record({
  recs: fc.array(fc.option(rec, { freq: 5 }), { minLength: MOST, maxLength: MOST }),
  last: fc.array(last, { minLength: MOST, maxLength: MOST }),
  listed: fc.boolean(),
});
const system = fc.nat({ max: MOST - 1 });
const rule = fc.record({
  merge: fc.constantFrom<AttributeRule["merge"]>(
    "owner_wins",
    "owner_wins",
    "newest",
    "newest",
    "most_restrictive",
    "manual",
  ),
  class: fc.constantFrom<AttributeRule["class"]>("plain", "plain", "plain", "consent"),
  newestLeadMinutes: fc.constantFrom(0, 60, 200),
  owners: fc.uniqueArray(system, { maxLength: 3 }),
});
export const SCOPES = ["all", "news", "weekly", "product"] as const;
const scopes = fc
  .array(
    fc.record({
      system,
      name: fc.constantFrom<string | null>(null, "n1", "n2"),
      scope: fc.constantFrom(...SCOPES),
    }),
    { maxLength: 9 },
  )
  .map(
    (map): ConsentScopes => ({
      scopes: [
        { id: "all", title: "All mail", within: null },
        { id: "news", title: "News", within: "all" },
        { id: "weekly", title: "Weekly", within: "news" },
        { id: "product", title: "Product", within: "all" },
      ],
      map: map
        .filter((m, i) => map.findIndex((o) => o.system === m.system && o.name === m.name) === i)
        .map((m) => ({ ...m, system: nameOf(m.system) })),
    }),
  );

export const world: fc.Arbitrary<World> = fc
  .record({
    systems: fc.integer({ min: 1, max: MOST }),
    owner: system,
    people: fc.array(person, { minLength: 1, maxLength: 4 }),
    rules: fc.tuple(rule, rule),
    scopes: fc.option(scopes, { nil: undefined }),
    kinds: fc.array(fc.constantFrom("global", "channel", "topic", "list", null), {
      minLength: MOST,
      maxLength: MOST,
    }),
    accepted: fc.boolean(),
  })
  .map((w) => ({ ...w, owner: w.owner % w.systems }));

export const seats = (w: World): readonly number[] => Array.from({ length: w.systems }, (_, s) => s);
export const AUDIENCE_OF = audienceId("active_customers");

export function configOf(w: World, order: readonly number[]): Config {
  const base = testConfig();
  const like = base.systems[0];
  if (like === undefined) throw new Error("no system");
  return testConfig(
    {
      systems: order.map((s) => ({ ...like, id: nameOf(s), title: `System ${s}` })),
      attributes: w.rules.map((r, a) => ({
        name: FIELDS[a] as string,
        title: FIELDS[a] as string,
        owners: r.owners.filter((o) => o < w.systems).map(nameOf),
        merge: r.class === "consent" ? "most_restrictive" : r.merge,
        class: r.class,
        newestLeadMinutes: r.newestLeadMinutes,
        values: null,
        pattern: null,
      })),
      ...(w.scopes === undefined
        ? {}
        : {
            consentScopes: {
              scopes: w.scopes.scopes,
              map: w.scopes.map.filter((m) => seatOf(m.system) < w.systems),
            },
          }),
    },
    {
      owner: nameOf(w.owner),
      segments: order.map((s) => ({
        system: nameOf(s),
        source: { label: "x" },
        where: null,
        latencyBudgetHours: null,
      })),
      requiredAttributes: [...FIELDS],
    },
  );
}

const rowOf = (p: Person, i: number, s: number): SpooledRow | null => {
  const r = p.recs[s] ?? null;
  if (r === null) return null;
  const attributes = Object.fromEntries(
    FIELDS.flatMap((f) => (r.values[f] === undefined ? [] : [[f, r.values[f] ?? null]])),
  );
  return {
    id: String(i),
    identifiers: { email: mailOf(i) },
    attributes,
    consent: r.consent,
    consentAt: isOut(r.consent) ? r.consentAt : null,
    updatedAt: r.updatedAt,
    method: null,
    ...(r.optOuts.length === 0 ? {} : { optOuts: r.optOuts }),
  };
};

const printOf = (v: string | null | undefined): number => (v === undefined ? 0 : v === null ? 1 : print(v));

function moveOf(agreed: string | null | undefined, now: string | null | undefined): Move | null {
  if (agreed === undefined || now === undefined) return null;
  return agreed === now ? "same" : now === null ? "removed" : "added";
}

/** The naive comparison: every difference of every person in every system. */
export function differencesOf(w: World, order: readonly number[]): Difference[] {
  const found: Difference[] = [];
  for (const [i, p] of w.people.entries()) {
    const own = p.recs[w.owner] ?? null;
    const isIn = (s: number): boolean => p.recs[s]?.in === true;
    const outs = order.filter((s) => p.recs[s] != null && isOut((p.recs[s] as Rec).consent));
    for (const s of order) {
      const here = p.recs[s] ?? null;
      const from = [...outs]
        .filter((o) => o !== s)
        .sort(
          (x, y) =>
            OUT.indexOf((p.recs[x] as Rec).consent) - OUT.indexOf((p.recs[y] as Rec).consent) ||
            Number(y === w.owner) - Number(x === w.owner),
        )[0];
      const agreed: LastAgreed = s === w.owner ? "none" : (p.last[s]?.agreement ?? "none");
      const common = {
        system: nameOf(s),
        person: keyOf(i),
        attribute: null,
        nullHere: false,
        settled: here?.settled ?? true,
        consentHere: here?.consent ?? null,
        consentOwner: own?.consent ?? null,
        mailableHere: here?.mailable ?? null,
        inBaseHere: here !== null,
        consentFrom: null,
        atOwner: isIn(w.owner),
        agreed,
        agreedAt: null,
        case: null,
      } satisfies Omit<Difference, "kind">;
      if (s !== w.owner && isIn(w.owner) !== isIn(s)) {
        const kind = isIn(s) ? "extra" : "missing";
        const what = memberCase(agreed, isIn(w.owner), isIn(s));
        const consentFrom = from === undefined ? null : nameOf(from);
        found.push({ ...common, kind, case: what, ...(kind === "extra" ? { consentFrom } : {}) });
      }
      if (here?.mailable === true && here.in) {
        const consentFrom = from === undefined ? null : nameOf(from);
        if (p.listed) found.push({ ...common, kind: "mailable_opted_out", consentFrom });
        else if (from !== undefined) found.push({ ...common, kind: "consent_conflict", consentFrom });
      }
      if (!isIn(s) || !isIn(w.owner)) continue;
      for (const [a, f] of FIELDS.entries()) {
        const rule = w.rules[a];
        const mine = here?.values[f];
        if (mine === undefined || rule === undefined) continue;
        const others = order.filter((o) => o !== s && isIn(o) && p.recs[o]?.values[f] != null);
        const owners = [...rule.owners.filter((o) => o < w.systems), w.owner];
        const counts = owners.find((o) => isIn(o) && p.recs[o]?.values[f] !== undefined);
        const against =
          rule.merge === "newest" && rule.class !== "consent"
            ? others.filter((o) => p.recs[o]?.values[f] !== mine)
            : others.filter((o) => o === counts && p.recs[o]?.values[f] !== mine);
        if (against.length === 0) continue;
        found.push({
          ...common,
          kind: "differs",
          attribute: f,
          nullHere: mine === null,
          moves: movesOf(w, p, f),
        });
      }
    }
  }
  return found;
}

function movesOf(w: World, p: Person, f: Field): Record<string, Move> {
  const moves: Record<string, Move> = {};
  const now = (s: number) => (p.recs[s]?.in === true ? p.recs[s]?.values[f] : undefined);
  for (const s of seats(w)) {
    if (s === w.owner) continue;
    const here = moveOf(p.last[s]?.values[f], now(s));
    if (here !== null) moves[nameOf(s)] = here;
    const there = moveOf(p.last[s]?.values[f], now(w.owner));
    if (there !== null && (moves[nameOf(w.owner)] ?? "same") === "same") moves[nameOf(w.owner)] = there;
  }
  return moves;
}

export function inputOf(w: World, order: readonly number[] = seats(w)): DraftInput {
  const config = configOf(w, order);
  const audience = config.audiences[0];
  if (audience === undefined) throw new Error("no audience");
  const rows = new Map<SystemId, ReadonlyMap<PersonKey, SpooledRow>>();
  for (const s of order)
    rows.set(
      nameOf(s),
      new Map(
        w.people.flatMap((p, i) => {
          const row = rowOf(p, i, s);
          return row === null ? [] : [[keyOf(i), row] as const];
        }),
      ),
    );
  return {
    config,
    audience,
    author: "Ana",
    now: START as Instant,
    incidentId: null,
    differences: differencesOf(w, order),
    rows,
    optedOut: new Map(
      w.people.flatMap((p, i) =>
        p.listed ? [[keyOf(i), { system: nameOf(w.owner), at: null }] as const] : [],
      ),
    ),
    baseAccepted: w.accepted,
    leftOutBy: null,
    basedOn: order.map((s) => ({ snapshot: `n${s}`, system: nameOf(s), asOf: START as Instant, size: 10 })),
    sizes: {},
    capabilities: new Map(order.map((s) => [nameOf(s), CAPABILITIES])),
    scopeKinds: new Map(order.map((s) => [nameOf(s), w.kinds[s] ?? null])),
    written: new Map(
      order.map((s) => [
        nameOf(s),
        new Map(
          w.people.flatMap((p, i) => {
            const at = p.recs[s]?.written;
            return at === undefined ? [] : [[keyOf(i), at] as const];
          }),
        ),
      ]),
    ),
    sealer: plainSealer,
    fingerprint: printOf,
    automations: {},
  };
}

export const personOf = (c: Pick<Change, "person">): number => Number.parseInt(c.person, 16);
export const rankOf = (c: ConsentState): number => CONSENT_ORDER.indexOf(c === "unknown" ? "subscribed" : c);

/** A vendor dates a record by whatever was last written to it, ours too. */
const TOUCHED = { updatedAt: START as Instant, written: START as Instant };

/** Carries a plan out, plainly: no faults, no limits. */
export function applied(w: World, doc: PlanDoc): World {
  const people = w.people.map((p) => ({ ...p, recs: [...p.recs] }));
  for (const c of doc.changes) {
    const p = people[personOf(c)];
    const s = seatOf(c.system);
    if (p === undefined) throw new Error("a change about nobody");
    const r = p.recs[s] ?? null;
    if (c.op === "add")
      p.recs[s] = {
        ...(r ?? {
          consent: "unsubscribed",
          consentAt: null,
          mailable: false,
          updatedAt: START as Instant,
          optOuts: [],
          settled: true,
        }),
        in: true,
        written: START as Instant,
        values: { plan: undefined, region: undefined },
      };
    else if (r === null) throw new Error("a change of a record that is not there");
    else if (c.op === "remove")
      p.recs[s] = { ...r, in: false, values: { plan: undefined, region: undefined } };
    else if (c.op === "suppress")
      p.recs[s] = {
        ...r,
        ...TOUCHED,
        mailable: false,
        consent: isOut(r.consent) ? r.consent : "unsubscribed",
      };
    else {
      const { value: set } = openSealedChange(plainSealer, c.sealed);
      p.recs[s] = { ...r, ...TOUCHED, values: { ...r.values, [c.attribute ?? ""]: set } };
    }
  }
  return { ...w, people };
}

/** What the next audit would keep as agreed, naively. */
export function carriedOn(w: World): World {
  return {
    ...w,
    people: w.people.map((p) => ({
      ...p,
      last: p.last.map((l, s): Last => {
        if (s === w.owner || s >= w.systems) return l;
        const own = p.recs[w.owner];
        const here = p.recs[s];
        if (own?.in !== true && here?.in !== true)
          return { agreement: "out", values: { plan: undefined, region: undefined } };
        if (own?.in !== true || here?.in !== true)
          return l.agreement === "none" ? { ...l, agreement: "never" } : l;
        const agree = (f: Field) =>
          own.values[f] !== undefined && own.values[f] === here.values[f] ? own.values[f] : l.values[f];
        return { agreement: "in", values: { plan: agree("plan"), region: agree("region") } };
      }),
    })),
  };
}
