import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { Type } from "typebox";
import { nowOf } from "../../core/clock.ts";
import { AuditorError } from "../../core/errors.ts";
import { forgetPerson } from "../../store/forget-person.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { anchorSoon } from "../audit-log/anchor.ts";
import { checkLog } from "../audit-log/check.ts";
import { checkFile } from "../audit-log/check-file.ts";
import { exportLog } from "../audit-log/export.ts";
import { Checked, checkedOf, checkText } from "../audit-log/text.ts";
import { type CliIo, EXIT } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

const Entry = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  actor: Type.String(),
  action: Type.String(),
  object: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
});
export const output = Type.Union(
  [Checked, Type.Object({ entries: Type.Array(Entry) }), Type.Object({ forgotten: Type.String() })],
  { title: "plumbline audit-log verify | list | forget --json" },
);

const common = (c: Command) =>
  c
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:");

export function command(io: CliIo): Command {
  return new Command("audit-log")
    .description("who did what: list it, verify that nothing was changed, export it, forget a person")
    .addCommand(list(io))
    .addCommand(verify(io))
    .addCommand(exporting(io))
    .addCommand(forget(io))
    .addHelpText("after", "\nExample:\n  $ plumbline audit-log verify\n  ✓ 412 entries fit, 1 to 412");
}

function list(io: CliIo): Command {
  return common(new Command("list"))
    .description("the newest entries, with names")
    .option("--limit <n>", "how many", wholeNumber, 50)
    .option("--object <object>", "only about PL-88, INC-1042, an audience")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", "\nExample:\n  $ plumbline audit-log list --object PL-88")
    .action(async (o: CommonOptions & { limit: number; object?: string }) => {
      await withRuntime(o, io, async ({ app }) => {
        const entries = await listAuditLog(app.db, {
          limit: o.limit,
          ...(o.object === undefined ? {} : { object: o.object }),
        });
        if (o.json) printJson(io, { entries });
        else
          for (const e of entries)
            io.stdout.write(`${e.seq}  ${e.at}  ${e.actor}  ${e.action}  ${e.object}\n`);
      });
    });
}

type VerifyOptions = CommonOptions & { file?: string; anchors?: string; part: boolean };

function verify(io: CliIo): Command {
  return common(new Command("verify"))
    .description("is every entry as it was written? 0: yes, 2: no")
    .option("--file <file>", "an export instead of the database; needs nothing else")
    .option("--anchors <file>", "with --file: anchors to compare it with")
    .option("--part", "with --file: it was exported with --since, so it does not begin with entry 1", false)
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ plumbline audit-log verify\n  $ plumbline audit-log verify --file log.jsonl --anchors audit-anchors.jsonl",
    )
    .action(async (o: VerifyOptions) => {
      const path = (file: string) => resolve(io.cwd, file);
      const check =
        o.file === undefined
          ? await withRuntime(o, io, ({ app }) => checkLog(app))
          : await checkFile(path(o.file), o.anchors === undefined ? null : path(o.anchors), o.part);
      const checked = checkedOf(check);
      if (o.json) printJson(io, checked);
      else io.stdout.write(checkText(checked));
      if (!checked.intact) io.exit(EXIT.findings);
    });
}

function exporting(io: CliIo): Command {
  return common(new Command("export"))
    .description("the log as JSON lines that anybody can verify; people stand in it by reference only")
    .option("--out <file>", "a new file, readable by you alone (default: standard output)")
    .option("--since <when>", "a time (2026-11-01T00:00:00Z) or the number of an entry")
    .addHelpText("after", "\nExample:\n  $ plumbline audit-log export --out log.jsonl")
    .action(async (o: Omit<CommonOptions, "json"> & { out?: string; since?: string }) => {
      await withRuntime({ ...o, json: false }, io, async ({ app }, me) => {
        if (me.role === "viewer") throw notAllowed("export the log", "ask an editor, approver or admin");
        const to = o.out === undefined ? io.stdout : resolve(io.cwd, o.out);
        const entries = await exportLog(app, me, to, o.since ?? null);
        io.stderr.write(`${entries} entries\n`);
      });
    });
}

function forget(io: CliIo): Command {
  return common(new Command("forget"))
    .description("erase who stands behind a reference; the log stays as it is and verifies")
    .argument("<person>", "name, or reference (person:…)")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      "\nThe log names them “erased person” from then on. Other tables keep names of staff: see docs/audit-log.md.\n\nExample:\n  $ plumbline audit-log forget Ana",
    )
    .action(async (person: string, o: CommonOptions) => {
      await withRuntime(o, io, async ({ app }, me) => {
        if (me.role !== "admin") throw notAllowed("forget people", "ask an admin");
        const ref = await forgetPerson(app.db, person, { actor: me.name, at: nowOf(app.clock) });
        await anchorSoon(app);
        if (o.json) printJson(io, { forgotten: ref });
        else io.stdout.write(`${ref} is an erased person now\n`);
      });
    });
}

const notAllowed = (what: string, fix: string) =>
  new AuditorError("not_allowed", "audit log", `your role may not ${what}`, fix);

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("Write a whole number from 1 to 999999.");
  return Number(text);
}
