import { CONSENT_ORDER, type ConsentState } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import type { WriteOutcome } from "../../core/repair.ts";
import { normalise } from "../../members/normalise.ts";
import { consentWord } from "../../systems/sql/consent-words.ts";
import { bearsConsent } from "./consent-fields.ts";
import { applied, failed, noop, refused, refusedForConsent } from "./outcome.ts";
import type { Person, SqlWriteSession } from "./sql-session.ts";
import { listValue, type Names, type Targets } from "./sql-targets.ts";

/** One change with its person, or why it cannot be one. */
type Ready = { readonly change: OpenChange; readonly person: Person };

/** Refusals that need no database. null: go on. Pure. */
export function refusal(change: OpenChange, t: Targets, names: Names): WriteOutcome | null {
  switch (change.op) {
    case "add":
    case "remove":
      return t.membership === null
        ? refused("write.membership is not set, so nobody is added or removed here")
        : null;
    case "suppress":
      return t.suppress === null
        ? refused("write.suppress is not set, so nobody can be suppressed here")
        : null;
    case "set": {
      const name = change.attribute ?? "";
      const column =
        t.attributes !== null && Object.hasOwn(t.attributes.columns, name)
          ? t.attributes.columns[name]
          : undefined;
      if (t.attributes === null || column === undefined)
        return refused(`write.attributes has no column for "${name}"`);
      if (column === t.attributes.key) return refused("the column that identifies people is never set");
      const isSuppress =
        t.suppress !== null && t.suppress.table === t.attributes.table && t.suppress.column === column;
      if (isSuppress || bearsConsent(names.bare(column)) || bearsConsent(name)) {
        return refusedForConsent(`${column} says whether people may be contacted; Plumbline does not set it`);
      }
      return null;
    }
  }
}

/** The person by the identifier that the op's table is keyed with; null: no usable one. */
export function personOf(change: OpenChange, t: Targets): Person | null {
  const target = change.op === "suppress" ? t.suppress : change.op === "set" ? t.attributes : t.membership;
  const raw = target === null ? undefined : change.identifiers[target.kind];
  if (target === null || raw === undefined) return null;
  const norm = normalise(target.kind, raw);
  return norm === null ? null : { norm, raw: target.kind === "email" ? norm : raw.trim() };
}

/** Changes of one op, attribute and audience, in one statement. Answers in their order; throws what the database throws. */
export async function writeTogether(
  session: SqlWriteSession,
  t: Targets,
  group: readonly Ready[],
): Promise<readonly WriteOutcome[]> {
  const first = group[0]?.change;
  if (first === undefined) return [];
  const people = group.map((g) => g.person);
  const each = (f: (norm: string, i: number) => WriteOutcome) => people.map((p, i) => f(p.norm, i));
  switch (first.op) {
    case "add":
    case "remove": {
      if (t.membership === null) return each(() => refused("write.membership is not set"));
      const list = t.membership.list === null ? null : listValue(t.membership.list.value, first.audience);
      const done = await (first.op === "add"
        ? session.insertMembers(t.membership, list, people)
        : session.deleteMembers(t.membership, list, people));
      return each((n) =>
        done.has(n) ? applied : noop(first.op === "add" ? "on the list already" : "not on the list"),
      );
    }
    case "suppress": {
      if (t.suppress === null) return each(() => refused("write.suppress is not set"));
      const { column, value } = t.suppress;
      const now = await session.lockedValues(t.suppress, column, people);
      // a complaint or an erasure is never softened to an opt-out
      const due = people.filter((p) =>
        (now.get(p.norm) ?? []).some((v) => v !== value && !stricter(v, value)),
      );
      const held = new Set(
        people.filter((p) => (now.get(p.norm) ?? []).some((v) => stricter(v, value))).map((p) => p.norm),
      );
      const done = await session.updateValues(
        t.suppress,
        column,
        due.filter((p) => !held.has(p.norm)).map((p) => ({ norm: p.norm, value })),
      );
      return each((n) =>
        done.has(n)
          ? applied
          : noop(now.has(n) ? "suppressed already" : "no record here, so nothing is sent to them from here"),
      );
    }
    case "set": {
      const column = t.attributes?.columns[first.attribute ?? ""];
      if (t.attributes === null || column === undefined)
        return each(() => refused("write.attributes has no such column"));
      const now = await session.lockedValues(t.attributes, column, people);
      const done = await session.updateValues(
        t.attributes,
        column,
        group.map((g) => ({ norm: g.person.norm, value: g.change.value })),
      );
      return each((n) =>
        done.has(n) ? applied : now.has(n) ? noop("has this value already") : failed("no record here"),
      );
    }
  }
}

/** Is the value that is there more restrictive than the one we would write? */
function stricter(current: string | null, ours: string): boolean {
  const rank = (c: ConsentState | null) =>
    c === null || c === "unknown" ? CONSENT_ORDER.length : CONSENT_ORDER.indexOf(c);
  return rank(consentWord(current)) < rank(consentWord(ours));
}
