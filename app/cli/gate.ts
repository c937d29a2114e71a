import { Command } from "commander";
import type { GateAnswer, GateVerdict } from "../../core/gate.ts";
import { GateAnswer as Answer } from "../api/contract/gate.ts";
import { gateView } from "../api/views/gate.ts";
import { clockTime, dayAndTime, listed, people } from "../api/views/words.ts";
import { checkSend } from "../gate/check-send.ts";
import { plannedSends, sendNamed } from "../gate/planned-sends.ts";
import { type CliIo, EXIT, type ExitCode } from "./command.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

/** Shape of `plumbline gate --json`. */
export const output = { ...Answer, title: "plumbline gate --json" };

const CODE: Readonly<Record<GateVerdict, ExitCode>> = {
  go: EXIT.ok,
  no_go: EXIT.refused,
  cant_tell: EXIT.noVerdict,
};
const MARK = { no_go: "◆", cant_tell: "○", note: "·", go: "✓" } as const;

export function command(io: CliIo): Command {
  return new Command("gate")
    .description("may a planned send go out? 0 Go, 4 No-go, 7 Can’t tell")
    .argument("<campaign>", "its name or id, as the system or calendar: has it")
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText(
      "after",
      '\nExample:\n  $ plumbline gate "Autumn drop"\n  ◆ No-go: 24 people who must not get it would.',
    )
    .action(async (campaign: string, o: CommonOptions) => {
      await withRuntime(o, io, async ({ app }) => {
        const answer = await checkSend(app, sendNamed(await plannedSends(app), campaign));
        if (o.json) printJson(io, gateView(answer));
        else io.stdout.write(textOf(answer, app.config.timezone));
        io.exit(CODE[answer.verdict]);
      });
    });
}

function textOf(a: GateAnswer, timezone: string): string {
  const { send } = a;
  const draft = send.isDraft ? ", a draft" : "";
  const when = send.at === null ? "without a time yet" : dayAndTime(send.at, timezone);
  const word =
    send.toldAt === null
      ? "as calendar: says"
      : `as ${send.systemTitle} told ${dayAndTime(send.toldAt, timezone)}`;
  const names = (refs: typeof send.includes) => listed(refs.map((r) => `“${r.name}”`));
  const without = send.excludes.length === 0 ? "" : `, without ${names(send.excludes)}`;
  const size = a.recipients === null ? "" : `: ${a.atMost ? "up to " : ""}${people(a.recipients)}`;
  return [
    `${MARK[a.verdict]} ${a.headline}`,
    `  “${send.name}” from ${send.systemTitle}${draft}, ${when}, ${word}`,
    ...(send.includes.length === 0 ? [] : [`  to ${names(send.includes)}${without}${size}`]),
    ...a.reasons.map((r) => `  ${MARK[r.weight]} ${r.text}`),
    `  Checked ${clockTime(a.checkedAt, timezone)}${a.asOf === null ? "" : `, oldest list ${dayAndTime(a.asOf, timezone)}`}.`,
    "",
  ].join("\n");
}
