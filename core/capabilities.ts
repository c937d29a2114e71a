import type { Capabilities } from "./ports.ts";

/** A system that can do nothing; connectors spread it and name what theirs can. */
export const NOTHING: Capabilities = {
  read: "none",
  write: "none",
  ops: [],
  maxBatch: {},
  identifiers: [],
  hashed: false,
  consentScope: null,
  joinedAt: false,
  deltaRead: false,
  dryRun: false,
  baseReadable: false,
  settle: { typicalMs: 0, maxMs: 0 },
  cannot: [],
};
