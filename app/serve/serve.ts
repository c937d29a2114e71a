import { AuditorError, isKind } from "../../core/errors.ts";
import { getMeta } from "../../store/get-meta.ts";
import { sleepFor } from "../../systems/http/settings.ts";
import { buildServer, builtDashboard } from "../api/server.ts";
import type { CliIo } from "../cli/command.ts";
import { demoPages } from "../demo/pages.ts";
import { seedDemo } from "../demo/seed.ts";
import { startJobs, tidyUp } from "../jobs/jobs.ts";
import { makeLogger } from "../log.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import { firstAudit } from "./first-audit.ts";
import { verdictLines } from "./verdict-lines.ts";

export type ServeOptions = {
  readonly configPath: string | null;
  readonly port: number | null;
  readonly size: string;
  readonly seed: number;
  /** Lines of JSON on stdout instead of sentences. */
  readonly json: boolean;
};

/** API, dashboard, scheduler and workers in one process, until the signal. Answers when everything has ended. */
export async function serve(o: ServeOptions, io: CliIo): Promise<void> {
  const logger = makeLogger(io.env.PLUMBLINE_LOG);
  const runtime = await openRuntime({
    role: "serve",
    configPath: o.configPath,
    demo: { size: o.size, seed: o.seed },
    port: o.port,
    io,
    logger,
  });
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  io.signal.addEventListener("abort", onSignal, { once: true });
  if (io.signal.aborted) stop.abort();
  try {
    const { services, app } = runtime;
    const port = o.port ?? app.config.server.port;
    refuseOpenDoor(runtime);
    let bound = port;
    const server = await buildServer(services, {
      logger,
      publicDir: builtDashboard(),
      port: () => bound,
      ...(runtime.demo === null ? {} : { extra: (api) => demoPages(api, runtime.demo, app.config.timezone) }),
    });
    try {
      await server.listen({ host: app.config.server.host, port });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
        throw new AuditorError(
          "config",
          "serve",
          `port ${port} is taken`,
          "choose another with --port or PORT",
        );
      }
      throw error;
    }
    const address = server.server.address();
    if (typeof address === "object" && address !== null) bound = address.port;
    const url = `http://${shown(app.config.server.host)}:${bound}/`;
    io.stdout.write(o.json ? `${JSON.stringify({ event: "listening", url })}\n` : `Plumbline is at ${url}\n`);
    const work = firstWork(runtime, io, stop.signal, o.json);
    // Only then: a scheduled read of today in the middle of the demo's history would spoil both.
    const schedule = work.then(() => (stop.signal.aborted ? null : startJobs(services)));
    schedule.catch(() => undefined); // told below; meanwhile nobody waits for it
    await Promise.race([untilAborted(stop.signal), schedule.then(() => untilAborted(stop.signal))]);
    io.stderr.write("Stopping: what runs now ends at its next safe point.\n");
    const jobs = await schedule.catch((error: unknown) => {
      app.log.warn("work.interrupted", {
        error: error instanceof AuditorError ? error.message : "internal error",
      });
      return null;
    });
    await jobs?.stop();
    await services.audit.close();
    await services.repair.close();
    await server.close();
  } finally {
    io.signal.removeEventListener("abort", onSignal);
    await runtime.close();
  }
}

/** The demo's history, or the very first audit; then five lines that say how things stand. */
async function firstWork(
  { app, services, demo }: Runtime,
  io: CliIo,
  signal: AbortSignal,
  json: boolean,
): Promise<void> {
  await services.repair.resumeAll();
  await onceThere(app, signal, () => tidyUp(app));
  if (demo !== null && (await getMeta(app.db, "demo:seeded")) === null) {
    io.stderr.write("Making eight weeks of history of the demo company; the page shows how far it is.\n");
    await seedDemo(app, demo, signal);
  } else if (app.config.audiences.length > 0 && (await onceThere(app, signal, () => nothingRead(app)))) {
    await onceThere(app, signal, () =>
      firstAudit(
        services,
        signal,
        () => nothingRead(app),
        (line) => io.stderr.write(line),
      ),
    );
  }
  if (signal.aborted) return;
  const lines = await onceThere(app, signal, () => verdictLines(app));
  if (lines === null) return;
  io.stdout.write(json ? `${JSON.stringify({ event: "verdict", lines })}\n` : `${lines.join("\n")}\n`);
}

const AGAIN_MS = 2_000;

/** A database that is away for a while does not end a process that serves. null: it was told to stop meanwhile. */
async function onceThere<T>(
  app: Runtime["app"],
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | null> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (!isKind(error, "transient", "ambiguous")) throw error;
      app.log.warn("start.waits", { error: error.message });
      await sleepFor(AGAIN_MS, signal);
    }
  }
  return null;
}

async function nothingRead(app: Runtime["app"]): Promise<boolean> {
  const first = app.config.audiences[0];
  return first !== undefined && (await app.audits.snapshots(first.id, first.owner, 1)).length === 0;
}

/** Who binds everything is told the address of this machine. */
const shown = (host: string): string =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Anything but loopback needs sign-in: an open port would let everyone in the network repair. */
function refuseOpenDoor({ app }: Runtime): void {
  if (
    LOOPBACK.has(app.config.server.host) ||
    app.config.people.some((p) => p.password !== null || p.token !== null)
  )
    return;
  throw new AuditorError(
    "config",
    "server.host",
    `${app.config.server.host} is reachable by others, and nobody has to sign in`,
    "add `people:` with passwords or tokens, or bind 127.0.0.1",
  );
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
