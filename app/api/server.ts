import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import secureSession from "@fastify/secure-session";
import fastifyStatic from "@fastify/static";
import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from "fastify";
import { AuditorError } from "../../core/errors.ts";
import type { Services } from "../services.ts";
import { answerError } from "./errors.ts";
import { allowedHosts, guard } from "./guard.ts";
import { audienceRoutes } from "./routes/audiences.ts";
import { eventRoutes } from "./routes/events.ts";
import { gateRoutes } from "./routes/gate.ts";
import { healthRoutes } from "./routes/health.ts";
import { incidentRoutes } from "./routes/incidents.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { planRoutes } from "./routes/plans.ts";
import { runRoutes } from "./routes/runs.ts";
import { statusRoutes } from "./routes/status.ts";
import { systemRoutes } from "./routes/systems.ts";

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type ServerOptions = {
  readonly logger: FastifyBaseLogger | false;
  /** Folder of the built dashboard; absent in API tests. */
  readonly publicDir: string | null;
  readonly port: () => number;
  /** Answers before the product is ready: migrations, seeding. null once it is. */
  readonly extra?: (api: Api) => Promise<void>;
};

/** dist/public beside the compiled code. */
export function builtDashboard(): string | null {
  const dir = fileURLToPath(new URL("../../public/", import.meta.url));
  return existsSync(`${dir}/index.html`) ? dir : null;
}

export async function buildServer(services: Services, o: ServerOptions): Promise<Api> {
  const { app } = services;
  const base = {
    bodyLimit: 256 * 1024,
    requestIdHeader: false as const,
    genReqId: () => `q-${Buffer.from(app.random(4)).toString("hex")}`,
    logController: new LogController({ disableRequestLogging: true }), // a log of every poll is noise
    routerOptions: { ignoreTrailingSlash: true },
  };
  const server =
    o.logger === false ? fastify({ ...base, logger: false }) : fastify({ ...base, loggerInstance: o.logger });
  const api: Api = server.withTypeProvider<TypeBoxTypeProvider>();

  api.addHook(
    "onRequest",
    guard(() => allowedHosts(o.port(), app.config.server.publicUrl)),
  );
  api.setErrorHandler(answerError);
  await api.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
        upgradeInsecureRequests: null, // plain HTTP on loopback would otherwise load no assets
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
  });
  await api.register(rateLimit, { max: 1200, timeWindow: "1 minute" });
  await api.register(secureSession, {
    key: Buffer.from(app.keys.session),
    cookieName: "plumbline",
    expiry: 12 * 60 * 60,
    cookie: {
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      secure: app.config.server.publicUrl?.startsWith("https:") ?? false,
    },
  });
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Plumbline",
        version: services.version,
        description: "Audit and repair of marketing audiences.",
      },
    },
  });

  await healthRoutes(api, services);
  await api.register(
    async (scope) => {
      const v1 = scope.withTypeProvider<TypeBoxTypeProvider>();
      await statusRoutes(v1, services);
      await overviewRoutes(v1, services);
      await audienceRoutes(v1, services);
      await gateRoutes(v1, services);
      await incidentRoutes(v1, services);
      await planRoutes(v1, services);
      await runRoutes(v1, services);
      await systemRoutes(v1, services);
      await eventRoutes(v1, services);
    },
    { prefix: "/api/v1" },
  );
  await o.extra?.(api);
  if (o.publicDir !== null) {
    await api.register(fastifyStatic, {
      root: o.publicDir,
      wildcard: false,
      index: ["index.html"],
      maxAge: "1h",
      immutable: false,
    });
  }
  api.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === "GET" &&
      !request.url.startsWith("/api/") &&
      o.publicDir !== null &&
      (request.headers.accept ?? "").includes("text/html");
    if (isPage) return reply.header("cache-control", "no-cache").sendFile("index.html");
    throw new AuditorError(
      "not_found",
      "request",
      "there is nothing at this address",
      "see /docs for what there is",
    );
  });
  return api;
}
