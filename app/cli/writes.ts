import { Argument, Command } from "commander";
import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import { systemId } from "../../core/model.ts";
import { writeSwitches } from "../../store/write-switches.ts";
import type { App } from "../app.ts";
import { hasWriteAccess, switchWrites } from "../repair/writes.ts";
import type { CliIo } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

const nullableText = Type.Union([Type.String(), Type.Null()]);

export const output = Type.Object(
  {
    systems: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        /** Without a write credential in the configuration there is nothing to switch. */
        credential: Type.Boolean(),
        enabled: Type.Boolean(),
        by: nullableText,
        at: nullableText,
        reason: nullableText,
      }),
    ),
  },
  { title: "plumbline writes --json" },
);

export function command(io: CliIo): Command {
  return new Command("writes")
    .description("list, enable or disable writing to a system; off until an admin enables it")
    .addArgument(
      new Argument("[action]", "what to do").choices(["list", "enable", "disable"]).default("list"),
    )
    .argument("[system]", "id of the system")
    .option("--reason <text>", "why; it stands in the audit log")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      '\nDisabling stops whatever is being written there.\n\nExample:\n  $ plumbline writes enable ghost --as Ben --reason "first repairs, watched by Ana"',
    )
    .action(
      async (
        action: "list" | "enable" | "disable",
        system: string | undefined,
        o: CommonOptions & { reason?: string },
      ) => {
        await withRuntime(o, io, async ({ app }, me) => {
          if (action !== "list") {
            if (system === undefined || o.reason === undefined)
              throw new AuditorError(
                "config",
                "writes",
                "the system or the reason is missing",
                `write it like: plumbline writes ${action} ghost --reason "why"`,
              );
            await switchWrites(app, me, {
              system: systemId(system),
              enabled: action === "enable",
              reason: o.reason,
            });
          }
          const systems = await listed(app);
          if (o.json) printJson(io, { systems });
          else for (const s of systems) io.stdout.write(`${lineOf(s)}\n`);
        });
      },
    );
}

type Listed = Awaited<ReturnType<typeof listed>>[number];

async function listed(app: App) {
  const switches = await writeSwitches(app.db);
  return app.config.systems.map((s) => {
    const last = switches.find((w) => w.system === s.id);
    return {
      id: s.id,
      title: s.title,
      credential: hasWriteAccess(s),
      enabled: last?.enabled ?? false,
      by: last?.person ?? null,
      at: last?.at ?? null,
      reason: last?.reason ?? null,
    };
  });
}

function lineOf(s: Listed): string {
  if (!s.credential) return `${s.id}: no write credential`;
  if (s.by === null) return `${s.id}: off; nobody has enabled it`;
  return `${s.id}: ${s.enabled ? "on" : "off"} since ${s.at}, by ${s.by}: ${s.reason}`;
}
