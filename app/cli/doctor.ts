import { Command } from "commander";
import { Type } from "typebox";
import type { SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { Collector, Context } from "../../core/ports.ts";
import type { App } from "../app.ts";
import { newRunId } from "../audit/run-audit.ts";
import { targetsOf } from "../audit/targets.ts";
import { type Item, logItems } from "../audit-log/doctor.ts";
import { writesOf } from "../repair/writes.ts";
import { type CliIo, EXIT } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

export const output = Type.Object(
  { items: Type.Array(Type.Object({ what: Type.String(), state: Type.String(), text: Type.String() })) },
  { title: "plumbline doctor --json" },
);

export async function examine(app: App, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  const context: Context = { signal, clock: app.clock, log: app.log, runId: newRunId(app, app.clock.now()) };
  const attempt = async (what: string, work: () => Promise<Item[]>) => {
    try {
      items.push(...(await work()));
    } catch (error) {
      if (!(error instanceof AuditorError)) throw error;
      items.push({ what, state: "error", text: error.message });
    }
  };
  await attempt("database", async () => {
    const { rows } = await app.db.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    return [{ what: "database", state: "ok", text: `Postgres ${rows[0]?.version ?? "?"}` }];
  });
  await attempt("audit log", () => logItems(app));
  for (const system of app.config.systems) {
    await attempt(`system ${system.id}`, async () => {
      const reader = await app.collector(system);
      try {
        const what = `system ${system.id}`;
        const failed = await beginnings(app, system, reader, context);
        if (failed.length > 0) return failed.map((text): Item => ({ what, state: "error", text }));
        const warnings = await reader.warnings(context);
        return warnings.length > 0
          ? warnings.map((text): Item => ({ what, state: "warning", text }))
          : [
              {
                what,
                state: "ok",
                text:
                  system.kind === "postgres"
                    ? "can be read, with a credential that cannot write"
                    : "can be read",
              },
            ];
      } finally {
        await reader.close();
      }
    });
    await attempt(`writer ${system.id}`, async () => {
      const writer = await app.writer(system);
      if (writer === null) return [{ what: `writer ${system.id}`, state: "ok", text: "no write credential" }];
      try {
        await writer.probe(context);
        const on = (await writesOf(app))[system.id] === true;
        const text = on ? "can write" : "could write; off until an admin enables it (plumbline writes)";
        return [{ what: `writer ${system.id}`, state: "ok", text }];
      } finally {
        await writer.close();
      }
    });
  }
  const { slack, mail } = app.config.routes;
  await attempt("slack", async () => {
    if (slack === null)
      return [
        { what: "slack", state: "warning", text: "no route: incidents are told on the dashboard only" },
      ];
    await app.secret(slack.token);
    return [
      {
        what: "slack",
        state: "ok",
        text: `channel ${slack.channel}; whether it may post there shows with the first message`,
      },
    ];
  });
  await attempt("mail", async () => {
    if (mail === null)
      return [{ what: "mail", state: "warning", text: "no route: no weekly report goes out" }];
    for (const ref of [mail.user, mail.password]) if (ref !== null) await app.secret(ref);
    return [
      {
        what: "mail",
        state: "ok",
        text: `${mail.to.length} recipients by ${mail.host}:${mail.port}; \`plumbline report --send\` proves it`,
      },
    ];
  });
  return items;
}

/** Reads the beginning of every copy, each by itself; answers what went wrong, each reason once. */
async function beginnings(
  app: App,
  system: SystemConfig,
  reader: Collector,
  context: Context,
): Promise<string[]> {
  const reasons = new Set<string>();
  for (const { target } of targetsOf(app.config, system, reader.capabilities.baseReadable)) {
    try {
      for await (const page of reader.read([target], context)) {
        for (const end of page.ends) if (end.coverage !== "complete") reasons.add(end.because);
        if (page.items.length > 0) break;
      }
    } catch (error) {
      if (!(error instanceof AuditorError) || error.kind === "interrupted") throw error;
      reasons.add(error.message);
      if (error.kind === "auth" || error.kind === "config" || error.kind === "transient") break; // the next one would fail alike
    }
  }
  return [...reasons];
}

export function command(io: CliIo): Command {
  return new Command("doctor")
    .description("check that every system, the database and the routes can be reached")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline doctor\n  ✓ system warehouse  can be read, with a credential that cannot write",
    )
    .action(async (o: CommonOptions) => {
      await withRuntime(o, io, async ({ app }) => {
        const items = await examine(app, io.signal);
        if (o.json) printJson(io, { items });
        else
          for (const i of items)
            io.stdout.write(
              `${{ ok: "✓", warning: "▲", error: "✗" }[i.state]} ${i.what.padEnd(18)} ${i.text}\n`,
            );
        if (items.some((i) => i.state === "error")) io.exit(EXIT.error);
      });
    });
}
