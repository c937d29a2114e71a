import { Command, Option } from "commander";
import { Type } from "typebox";
import type { IdentifierKind } from "../../core/model.ts";
import { erasePerson } from "../erase/erase.ts";
import { erasedText } from "../erase/text.ts";
import { type CliIo, EXIT } from "./command.ts";
import { identifierFrom } from "./identifier.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

const Count = Type.Integer({ minimum: 0 });
export const output = Type.Object(
  {
    sets: Count,
    agreed: Count,
    spools: Count,
    unsearched: Count,
    keys: Count,
    changes: Count,
    leftOut: Count,
    stalePlans: Type.Array(Type.Integer()),
    references: Count,
  },
  { title: "plumbline erase --json" },
);

const HELP = `
With - the identifier is read from standard input, or asked for: arguments show in lists of processes and in the shell's
history. First erase the person in the systems: the next reading brings back whom a system still has.

Example:
  $ plumbline erase - < request.txt
  Erased from 4 sets, 1 agreed state, 2 files of sealed rows, 1 change of plans and 0 references of the audit log.`;

export function command(io: CliIo): Command {
  return new Command("erase")
    .description("remove everything that is kept of one person: sets, history, sealed rows, plans (an admin)")
    .argument("<identifier>", "e-mail address, phone number or customer id; - reads it from standard input")
    .addOption(
      new Option("--kind <kind>", "what the identifier is (default: whatever it can be read as)").choices([
        "email",
        "phone",
        "customer_id",
      ]),
    )
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--as <name>", "who you are, from people:")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", HELP)
    .action(async (given: string, o: CommonOptions & { kind?: IdentifierKind }) => {
      const identifier = await identifierFrom(io, given);
      await withRuntime(o, io, async ({ app }, me) => {
        const erased = await erasePerson(app, me, { identifier, kind: o.kind ?? null });
        if (o.json) printJson(io, erased);
        else io.stdout.write(erasedText(erased));
        if (erased.unsearched > 0) io.exit(EXIT.partial);
      });
    });
}
