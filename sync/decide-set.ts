import type { AttributeRule, Audience, Config } from "../core/config.ts";
import type { Instant, PersonKey, SystemId } from "../core/model.ts";
import type { Difference } from "../members/differences.ts";
import type { FieldOrders } from "../members/field-differences.ts";
import type { SpooledRow } from "../members/spool.ts";
import { type Choice, chooseValue, type Held, timeOfOthers } from "./merge-value.ts";
import { titleOf } from "./place.ts";
import { LEFT_OUT, RULE, setBecause } from "./words.ts";

type Grounds = {
  readonly config: Config;
  readonly audience: Audience;
  readonly rows: ReadonlyMap<SystemId, ReadonlyMap<Difference["person"], SpooledRow>>;
  readonly fingerprint: (value: string | null | undefined) => number;
  readonly written?: Written;
};

/** When Plumbline itself last wrote to a record. */
export type Written = ReadonlyMap<SystemId, ReadonlyMap<PersonKey, Instant>>;

export type SetDecision =
  | { readonly rule: string; readonly winner: SystemId; readonly value: string; readonly was: string | null }
  | { readonly leftOut: string }
  /** The value that counts is here already. */
  | null;

/** Which copy's value counts, per attribute of the configuration: what `differences` looks for. */
export const fieldOrders = (config: Config, audience: Audience): FieldOrders =>
  Object.fromEntries(
    config.attributes.map((a) => [a.name, a.merge === "newest" ? "any" : ownersOf(a.owners, audience)]),
  );

const ownersOf = (owners: readonly SystemId[], audience: Audience): readonly SystemId[] =>
  owners.length > 0 ? owners : [audience.owner];

/** What a field should say here, and why. */
export function decideSet(d: Difference, g: Grounds): SetDecision {
  const rule = g.config.attributes.find((a) => a.name === d.attribute);
  if (d.attribute === null || rule === undefined) return { leftOut: LEFT_OUT.noRule };
  const field = d.attribute;
  const owners = ownersOf(rule.owners, g.audience);
  const choice: Choice = chooseValue(rule, owners, heldOf(d, rule, g), d.moves ?? {});
  if ("leftOut" in choice) return choice;
  if (choice.winner === d.system) return rule.merge === "newest" ? null : { leftOut: LEFT_OUT.owner };
  const here = g.rows.get(d.system)?.get(d.person);
  if (here === undefined) return { leftOut: LEFT_OUT.spoolExpired };
  // apply would skip it, and the next plan would ask for it again, for ever
  if (here.consent === "erased") return { leftOut: LEFT_OUT.erased };
  const was = here.attributes[field] ?? null;
  if (g.fingerprint(was) === choice.print) return null;
  const title = titleOf(g.config, choice.winner);
  return {
    rule:
      choice.by === "owner"
        ? choice.winner === g.audience.owner
          ? setBecause(d.case, title)
          : RULE.set(title)
        : choice.by === "only"
          ? RULE.setOnly(title)
          : RULE.setNewest(title, choice.at, g.config.timezone),
    winner: choice.winner,
    value: choice.value,
    was,
  };
}

/** Every copy's value of the field; a record without such a field has none, which is not an empty one. */
function heldOf(d: Difference, rule: AttributeRule, g: Grounds): readonly Held[] {
  const field = rule.name;
  return [...g.rows.keys()].flatMap((system) => {
    const row = g.rows.get(system)?.get(d.person);
    if (row === undefined || !Object.hasOwn(row.attributes, field)) return [];
    const value = row.attributes[field] ?? null;
    return [
      {
        system,
        value,
        print: g.fingerprint(value),
        updatedAt: timeOfOthers(row.updatedAt, g.written?.get(system)?.get(d.person), rule),
      },
    ];
  });
}
