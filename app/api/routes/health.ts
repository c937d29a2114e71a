import { collectDefaultMetrics, Registry } from "prom-client";
import type { Services } from "../../services.ts";
import { readiness } from "../ready.ts";
import type { Api } from "../server.ts";
import { progressView } from "../views/progress.ts";

/** /healthz: this process lives. /readyz: it can also reach its database. /metrics: Prometheus, no personal data. */
export async function healthRoutes(api: Api, { app }: Services): Promise<void> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "plumbline_" });
  const ready = readiness(app.db, app.log);
  api.get("/healthz", async () => ({ status: "ok" }));
  api.get("/readyz", async (_request, reply) => {
    if (!(await ready())) return reply.code(503).send({ status: "the database does not answer" });
    return app.progress.current === null
      ? { status: "ready" }
      : { status: "ready", progress: progressView(app.progress.current) };
  });
  api.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  api.get("/docs", async () => api.swagger());
}
