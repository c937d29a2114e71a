import { resolve } from "node:path";
import { Command } from "commander";
import { Type } from "typebox";
import { nowOf } from "../../core/clock.ts";
import { AuditorError } from "../../core/errors.ts";
import { systemId } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { type Exported, exportPast } from "../past/export.ts";
import { copyOf, countPast, hadPast, openPast } from "../past/members-at.ts";
import { type CliIo, EXIT } from "./command.ts";
import { identifierFrom } from "./identifier.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(t: T) => Type.Union([t, Type.Null()]);
export const output = Type.Object(
  {
    audience: Type.String(),
    system: Type.String(),
    day: Type.String(),
    /** When the reading was that tells it; null: can't tell. */
    asOf: Nullable(Type.String({ format: "date-time" })),
    cantTell: Nullable(Type.String()),
    count: Nullable(Type.Integer({ minimum: 0 })),
    has: Nullable(Type.Boolean()),
    written: Nullable(Type.Integer({ minimum: 0 })),
    gone: Nullable(Type.Integer({ minimum: 0 })),
  },
  { title: "plumbline members --json" },
);

type Options = CommonOptions & {
  readonly system: string;
  readonly at: string;
  readonly count: boolean;
  readonly has?: string;
  readonly out?: string;
};

const HELP = `
The day is one of the company's time zone; its last complete scheduled reading tells. Rows are written as the latest reading has
them; whoever is not in that any more is counted.

Example:
  $ plumbline members active_customers --system klaviyo --at 2026-11-20
  active_customers in klaviyo on 2026-11-20 (read 2026-11-20T05:04:00.000Z): 41,203 people`;

export function command(io: CliIo): Command {
  return new Command("members")
    .description("who was in a copy on a day: how many, whether one person was, or their rows")
    .argument("<audience>", "id of an audience")
    .requiredOption("--system <system>", "id of the system with the copy")
    .requiredOption("--at <day>", "a day like 2026-11-20")
    .option("--count", "how many people (default)", false)
    .option("--has <identifier>", "was this person in? - reads the identifier from standard input")
    .option("--out <file>", "rows with unmasked identifiers as CSV, into a new file that only you can read")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", HELP)
    .action(async (name: string, o: Options) => {
      const identifier = o.has === undefined ? null : await identifierFrom(io, o.has);
      await withRuntime(o, io, async ({ app }, me) => {
        const audience = copyOf(app, name, o.system, o.at);
        if (o.out !== undefined && me.role === "viewer")
          throw new AuditorError(
            "not_allowed",
            "members",
            "viewers cannot export people",
            "ask an editor, approver or admin",
          );
        const head = { audience: name, system: o.system, day: o.at };
        const none = { asOf: null, cantTell: null, count: null, has: null, written: null, gone: null };
        const past = await openPast(app, audience, systemId(o.system), o.at);
        if ("cantTell" in past) {
          if (o.json) printJson(io, { ...head, ...none, cantTell: past.cantTell });
          else io.stdout.write(`Can’t tell: ${past.cantTell}.\n`);
          io.exit(EXIT.noVerdict);
          return;
        }
        try {
          const has = identifier === null ? null : await hadPast(app, past, identifier);
          const count = identifier === null || o.count ? await countPast(past) : null;
          const exported =
            o.out === undefined
              ? null
              : await exportPast(app, audience.id, systemId(o.system), past, resolve(io.cwd, o.out));
          if (exported !== null)
            await appendAuditLog(app.db, {
              at: nowOf(app.clock),
              actor: me.name,
              action: "members.exported",
              object: name,
              detail: { system: o.system, day: o.at, ...exported },
            });
          const told = { ...head, ...none, asOf: past.asOf, has, count, ...exported };
          if (o.json) printJson(io, told);
          else io.stdout.write(text(told, exported, o.out ?? ""));
        } finally {
          await past.set.close();
        }
      });
    });
}

type Told = {
  readonly audience: string;
  readonly system: string;
  readonly day: string;
  readonly asOf: string;
  readonly has: boolean | null;
  readonly count: number | null;
};

function text(t: Told, exported: Exported | null, file: string): string {
  const number = (n: number): string => n.toLocaleString("en-US");
  const said = [
    ...(t.has === null ? [] : [t.has ? "yes, this person was in" : "no, this person was not in"]),
    ...(t.count === null ? [] : [`${number(t.count)} ${t.count === 1 ? "person" : "people"}`]),
  ];
  const out =
    exported === null
      ? ""
      : `Wrote ${number(exported.written)} rows to ${file}; ${number(exported.gone)} people are no longer in the sealed rows.\n`;
  return `${t.audience} in ${t.system} on ${t.day} (read ${t.asOf}): ${said.join("; ")}\n${out}`;
}
