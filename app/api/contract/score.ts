import { type Static, Type } from "typebox";
import { Count, nullable } from "./parts.ts";

const Dimension = Type.Union([
  Type.Literal("consent"),
  Type.Literal("agreement"),
  Type.Literal("completeness"),
  Type.Literal("freshness"),
  Type.Literal("stability"),
  Type.Literal("readability"),
]);

/** 0 to 100: the worst of its parts, never a mean; at most 80 while a part is not known. */
export const Score = Type.Object({
  /** null: can't tell. */
  value: Count,
  /** A part is not known: it may be lower. */
  atMost: Type.Boolean(),
  /** What sets it. */
  heldBy: nullable(Type.Union([Dimension, Type.Literal("unknown")])),
  text: Type.String(),
  parts: Type.Array(
    Type.Object({
      dimension: Dimension,
      value: Count,
      state: Type.Union([
        Type.Literal("known"),
        Type.Literal("partly"),
        Type.Literal("cant_tell"),
        Type.Literal("not_applicable"),
      ]),
      /** What could not be judged, by title. */
      blind: Type.Array(Type.String()),
      text: Type.String(),
    }),
  ),
});
export type Score = Static<typeof Score>;
