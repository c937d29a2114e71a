import { AuditorError } from "../../../core/errors.ts";
import { listRuns } from "../../../store/list-runs.ts";
import type { Services } from "../../services.ts";
import * as contract from "../contract/run.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";

export async function runRoutes(api: Api, services: Services): Promise<void> {
  const { app } = services;
  api.get("/runs", { schema: { response: { 200: contract.RunList } } }, async (request) => {
    await personOf(app, request);
    return { runs: await listRuns(app.db, 50) };
  });

  api.post("/audit", { schema: { response: { 202: contract.AuditStarted } } }, async (request, reply) => {
    const me = await personOf(app, request);
    if (me.role === "viewer")
      throw new AuditorError(
        "not_allowed",
        "audit",
        "viewers cannot start a read",
        "ask an editor, approver or admin",
      );
    return reply.code(202).send({ runId: services.audit.start("manual") });
  });
}
