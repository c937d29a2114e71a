import { type Static, Type } from "typebox";

export const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(t: T) =>
  Type.Union([t, Type.Null()]);
export const Count = nullable(Type.Integer());
export const Time = Type.String({ format: "date-time" });

export const Severity = Type.Union([Type.Literal("act"), Type.Literal("look")]);
/** How a cell or row is drawn: diamond, triangle, tick or bare line, dashed circle, solid dot, nothing here. */
export const Mark = Type.Union([
  Type.Literal("act"),
  Type.Literal("look"),
  Type.Literal("fine"),
  Type.Literal("cant_tell"),
  Type.Literal("owner"),
  Type.Literal("absent"),
]);
export type Mark = Static<typeof Mark>;
export const Coverage = Type.Union([
  Type.Literal("complete"),
  Type.Literal("partial"),
  Type.Literal("unusable"),
]);

export const ErrorBody = Type.Object({
  error: Type.Object({
    kind: Type.String(),
    message: Type.String(),
    fix: Type.String(),
    requestId: Type.String(),
  }),
});

export const Person = Type.Object({
  name: Type.String(),
  role: Type.Union([
    Type.Literal("viewer"),
    Type.Literal("editor"),
    Type.Literal("approver"),
    Type.Literal("admin"),
  ]),
});

/** One cell of the matrix: a system's copy of an audience against the owner. */
export const Cell = Type.Object({
  system: Type.String(),
  mark: Mark,
  missing: Count,
  extra: Count,
  /** Opted-out people of this audience that can be mailed here. */
  mailableOptedOut: Count,
  size: Count,
  asOf: nullable(Time),
  because: nullable(Type.String()),
});
export type Cell = Static<typeof Cell>;

export const Point = Type.Object({
  at: Time,
  size: Count,
  coverage: Coverage,
  /** Expected range; null while learning. */
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  flagged: Type.Boolean(),
  ordinal: Count,
});
export type Point = Static<typeof Point>;

export const NextSend = nullable(Type.Object({ name: Type.String(), at: Time, system: Type.String() }));
export const CauseSchema = Type.Object({
  certainty: Type.Union([Type.Literal("confirmed"), Type.Literal("likely"), Type.Literal("unclear")]),
  text: nullable(Type.String()),
});
