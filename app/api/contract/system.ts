import { type Static, Type } from "typebox";
import { Count, Coverage, nullable, Time } from "./parts.ts";

/** What a system can and cannot do through Plumbline. */
export const Capabilities = Type.Object({
  read: Type.Union([
    Type.Literal("stream"),
    Type.Literal("export"),
    Type.Literal("count"),
    Type.Literal("none"),
  ]),
  write: Type.Union([
    Type.Literal("member"),
    Type.Literal("batch"),
    Type.Literal("job"),
    Type.Literal("none"),
  ]),
  /** suppress, remove, add, set. */
  ops: Type.Array(Type.String()),
  /** Most changes of one kind in one call; absent: one. */
  maxBatch: Type.Record(Type.String(), Type.Integer()),
  identifiers: Type.Array(Type.String()),
  hashed: Type.Boolean(),
  /** null: it keeps no consent. */
  consentScope: nullable(
    Type.Union([
      Type.Literal("global"),
      Type.Literal("channel"),
      Type.Literal("topic"),
      Type.Literal("list"),
    ]),
  ),
  joinedAt: Type.Boolean(),
  deltaRead: Type.Boolean(),
  dryRun: Type.Boolean(),
  baseReadable: Type.Boolean(),
  /** Milliseconds after a write until a read shows it. */
  settle: Type.Object({ typicalMs: Type.Number(), maxMs: Type.Number() }),
  /** In sentences. */
  cannot: Type.Array(Type.String()),
});
export type Capabilities = Static<typeof Capabilities>;

/** A run of a sync tool, as the tool told us; rows are null when it did not say. */
export const SyncRun = Type.Object({
  job: Type.String(),
  id: Type.String(),
  state: Type.Union([Type.Literal("running"), Type.Literal("succeeded"), Type.Literal("failed")]),
  startedAt: Time,
  endedAt: nullable(Time),
  rowsRead: Count,
  rowsWritten: Count,
  rowsFailed: Count,
  receivedAt: Time,
});
export type SyncRun = Static<typeof SyncRun>;

/** GET /api/v1/systems */
export const SystemList = Type.Object({
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      kind: Type.String(),
      sends: Type.Boolean(),
      /** null: the system could not be opened, so nothing is known of it. */
      capabilities: nullable(Capabilities),
      /** May Plumbline write there? null: the configuration has no write credential. `at` null: never switched on. */
      writes: nullable(
        Type.Object({
          enabled: Type.Boolean(),
          by: nullable(Type.String()),
          at: nullable(Time),
          reason: nullable(Type.String()),
        }),
      ),
      /** Our part of the vendor's rate limits; null: it has none that we know. */
      limitShare: nullable(Type.Number()),
      /** What it told beyond members; null: it was not asked, or has nothing of the kind. */
      facts: nullable(
        Type.Object({
          readAt: Time,
          /** Automations that start by themselves; null: can't tell. */
          liveAutomations: Count,
          /** What could not be told, in words. */
          notes: Type.Array(Type.String()),
        }),
      ),
      /** Jobs of the configuration that write into it. */
      jobs: Type.Array(
        Type.Object({
          name: Type.String(),
          schedule: nullable(Type.String()),
          enabled: Type.Boolean(),
          /** When it should have started and did not; null: in time, or its tool never told us of a run. */
          overdueSince: nullable(Time),
          /** Newest first, at most five. */
          runs: Type.Array(SyncRun),
        }),
      ),
      coverage: nullable(Coverage),
      asOf: nullable(Time),
      because: nullable(Type.String()),
      warnings: Type.Array(Type.String()),
    }),
  ),
});
export type SystemList = Static<typeof SystemList>;

/** PUT /api/v1/systems/:id/writes; admins only. */
export const WritesRequest = Type.Object({
  enabled: Type.Boolean(),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
});
export type WritesRequest = Static<typeof WritesRequest>;
