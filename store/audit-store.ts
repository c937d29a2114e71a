import type { AuditStore } from "../core/ports.ts";
import { applyTransitions } from "./apply-transitions.ts";
import type { Database } from "./database.ts";
import { endRun } from "./end-run.ts";
import { incidentEvents } from "./incident-events.ts";
import { insertComparison } from "./insert-comparison.ts";
import { insertResults } from "./insert-results.ts";
import { insertSnapshot } from "./insert-snapshot.ts";
import { knownIncidents } from "./known-incidents.ts";
import { listComparisons } from "./list-comparisons.ts";
import { listSnapshots } from "./list-snapshots.ts";
import { startRun } from "./start-run.ts";

/** The audit's store on Postgres. Passes test/contract/audit-store.ts. */
export const auditStore = (db: Database): AuditStore => ({
  startRun: (id, kind, trigger, at) => startRun(db, id, kind, trigger, at),
  endRun: (id, at, state, summary) => endRun(db, id, at, state, summary),
  insertSnapshot: (snapshot) => insertSnapshot(db, snapshot),
  snapshots: (audience, system, limit) => listSnapshots(db, audience, system, limit),
  insertComparison: (comparison) => insertComparison(db, comparison),
  comparisons: (audience, limit) => listComparisons(db, audience, limit),
  insertResults: (runId, at, results) => insertResults(db, runId, at, results),
  openIncidents: () => knownIncidents(db),
  applyTransitions: (transitions, runId, at, tell) => applyTransitions(db, transitions, runId, at, tell),
  incidentEvents: (id) => incidentEvents(db, id),
});
