import { type Static, Type } from "typebox";
import { Mark, nullable, Time } from "./parts.ts";

/** What one check said of one copy. */
export const CheckCell = Type.Object({
  system: Type.String(),
  state: Type.Union([Type.Literal("fine"), Type.Literal("found"), Type.Literal("cant_tell")]),
  /** "absent": there is nothing to tell of this copy here. */
  mark: Mark,
  /** Why there is no verdict: a reason of the checks, or "not_judged" where they have not seen this copy; else null. */
  because: nullable(Type.Object({ code: Type.String(), words: Type.String() })),
  /** What was found, worst first. */
  findings: Type.Array(Type.String()),
  /** Open ones, worst first; where there is no verdict, those that stay open meanwhile. */
  incidents: Type.Array(Type.Integer()),
});
export type CheckCell = Static<typeof CheckCell>;

/** GET /api/v1/audiences/:id/checks: the last audit's verdicts, findings of whole systems included. */
export const AudienceChecks = Type.Object({
  audience: Type.String(),
  /** null: no audit has judged this audience yet. */
  judgedAt: nullable(Time),
  /** It should have been judged again by now. */
  overdue: Type.Boolean(),
  systems: Type.Array(Type.Object({ id: Type.String(), title: Type.String(), owner: Type.Boolean() })),
  /** In the order in which they are read; each has one cell per system. */
  checks: Type.Array(
    Type.Object({
      check: Type.String(),
      group: Type.String(),
      title: Type.String(),
      /** Not set up, or not meant, for any copy of this audience. */
      off: Type.Boolean(),
      cells: Type.Array(CheckCell),
    }),
  ),
});
export type AudienceChecks = Static<typeof AudienceChecks>;
