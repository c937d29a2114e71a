import { type Static, Type } from "typebox";
import { Count, Coverage, nullable, Time } from "./parts.ts";

/** GET /api/v1/runs */
export const RunList = Type.Object({
  runs: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      trigger: Type.String(),
      startedAt: Time,
      endedAt: nullable(Time),
      state: Type.String(),
      reads: Type.Array(
        Type.Object({
          system: Type.String(),
          audience: nullable(Type.String()),
          coverage: Coverage,
          because: Type.String(),
          size: Count,
        }),
      ),
    }),
  ),
});
export type RunList = Static<typeof RunList>;

/** POST /api/v1/audit → 202: starts a manual read of everything. */
export const AuditStarted = Type.Object({ runId: Type.String() });
