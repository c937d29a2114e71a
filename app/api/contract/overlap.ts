import { type Static, Type } from "typebox";
import { Time } from "./parts.ts";

/** GET /api/v1/systems/:id/overlap?audience=active. People, each counted once by exactly which audiences hold them. */
export const SystemOverlap = Type.Object({
  system: Type.String(),
  title: Type.String(),
  /**
   * Usually one; empty: no audit has read two audiences of this system completely yet. Sets by different identifiers
   * never meet, and at most 16 audiences are overlapped at once: then there are several.
   */
  parts: Type.Array(
    Type.Object({
      /** Start of the run that read them. */
      readAt: Time,
      /** Largest overlap with the asked audience first, itself before all; else in the order of the configuration. */
      audiences: Type.Array(
        Type.Object({
          id: Type.String(),
          title: Type.String(),
          people: Type.Integer(),
          /** Of those, also in the audience that was asked for; without one, the same as `people`. */
          shared: Type.Integer(),
        }),
      ),
      /** Audiences beyond the shown ones that share people with the asked one. */
      others: Type.Integer(),
      /** Biggest first; `in` are ids of `audiences`. With an audience asked for, only groups in it. */
      groups: Type.Array(Type.Object({ in: Type.Array(Type.String()), people: Type.Integer() })),
      /** People of smaller groups, which are left out. */
      rest: Type.Integer(),
    }),
  ),
});
export type SystemOverlap = Static<typeof SystemOverlap>;
