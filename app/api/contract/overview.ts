import { type Static, Type } from "typebox";
import { CauseSchema, Cell, Count, Coverage, Mark, NextSend, nullable, Point, Time } from "./parts.ts";
import { Score } from "./score.ts";

/** GET /api/v1/overview */
export const Overview = Type.Object({
  /** Parts of the verdict; strong ones are set bold. */
  verdict: Type.Array(Type.Object({ text: Type.String(), strong: Type.Boolean() })),
  verdictState: Type.Union([
    Type.Literal("agree"),
    Type.Literal("disagree"),
    Type.Literal("cant_tell"),
    Type.Literal("stale"),
    Type.Literal("nothing_read"),
  ]),
  asOf: nullable(Time),
  mailableOptedOut: Type.Object({
    /** people; "at least" when lowerBound. */
    people: Count,
    lowerBound: Type.Boolean(),
    where: Type.String(),
    before: nullable(Type.String()),
    history: Type.Array(Type.Object({ at: Time, people: Count })),
  }),
  /** Of the worst audience; never a mean. */
  score: Score,
  systems: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
  matrix: Type.Array(
    Type.Object({
      audience: Type.String(),
      title: Type.String(),
      purpose: Type.String(),
      ownerSize: Count,
      cells: Type.Array(Cell),
      nextSend: NextSend,
    }),
  ),
  /** At most five. */
  needsYou: Type.Array(
    Type.Object({
      mark: Mark,
      title: Type.String(),
      text: Type.String(),
      link: Type.String(),
      action: Type.String(),
    }),
  ),
  needsYouTotal: Type.Integer(),
  changes: Type.Array(
    Type.Object({
      mark: Mark,
      audience: nullable(Type.String()),
      title: Type.String(),
      system: Type.String(),
      systemTitle: Type.String(),
      now: Count,
      change: Count,
      normal: nullable(Type.Object({ low: Type.Number(), high: Type.Number(), label: Type.String() })),
      cause: CauseSchema,
      line: Type.Array(Point),
      incidentId: nullable(Type.Integer()),
    }),
  ),
  reads: Type.Array(
    Type.Object({
      system: Type.String(),
      title: Type.String(),
      summary: Type.String(),
      /** Oldest first, at most 90. */
      beats: Type.Array(Type.Object({ at: Time, coverage: Coverage })),
    }),
  ),
});
export type Overview = Static<typeof Overview>;
