import { setImmediate } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { ALL_CHECKS } from "../../checks/registry.ts";
import type { CheckSettings } from "../../core/config.ts";
import type { Check } from "../../core/finding.ts";
import { type Instant, instant } from "../../core/model.ts";
import { backtest } from "../backtest/backtest.ts";
import { BacktestReport } from "../backtest/report.ts";
import { backtestText } from "../backtest/text.ts";
import { type CliIo, EXIT } from "./command.ts";
import { showSteps } from "./progress.ts";
import { type CommonOptions, printJson, withRuntime } from "./with-runtime.ts";

/** Shape of `plumbline backtest --json`. */
export const output = BacktestReport;

type Options = CommonOptions & {
  readonly check: string;
  readonly since?: Since;
  readonly set: readonly string[];
};

/** Milliseconds back from now, or a moment. */
type Since = { readonly ago: number } | { readonly at: Instant };

const HELP = `
Replays the kept readings and comparisons through one check, as of each audit, and compares what it would have raised
with what it did raise. Changes nothing. Rules and attributes are taken as they are now.

Example:
  $ plumbline backtest --check size_anomaly --since 60d --set minimum_share=0.1

Exit codes: 0, 7 no reading is kept of that time.`;

export function command(io: CliIo): Command {
  const backtestCommand = new Command("backtest");
  return backtestCommand
    .description("what a check would have raised with other settings, over the kept history")
    .addOption(
      new Option("--check <name>", "the check").choices(ALL_CHECKS.map((c) => c.name)).makeOptionMandatory(),
    )
    .option("--since <time>", "60d, 8w, 36h or a date (default: as far back as readings are kept)", sinceOf)
    .option(
      "--set <setting=value>",
      "instead of the configuration's value; can be given again",
      (text, all: readonly string[]) => [...all, text],
      [],
    )
    .option("--config <file>", "configuration (default: $PLUMBLINE_CONFIG)")
    .option("--json", "machine-readable result", false)
    .addHelpText("after", HELP)
    .action(async (o: Options) => {
      const check = ALL_CHECKS.find((c) => c.name === o.check);
      if (check === undefined) throw new RangeError(`no check ${o.check}`);
      const settings = settingsIn(check, o.set, (problem) => backtestCommand.error(`error: ${problem}`));
      await withRuntime(o, io, async ({ app }) => {
        const since = o.since === undefined ? null : momentOf(o.since, app.clock.now());
        let done = 0;
        let of = 1;
        const bar = showSteps(io, () => ({ what: "Replaying audits", done, of }));
        const report = await backtest(app, { check, settings, since }, async (n, all) => {
          done = n;
          of = all;
          await setImmediate(undefined, { signal: io.signal });
        }).finally(() => bar.stop());
        if (o.json) printJson(io, report);
        else io.stdout.write(backtestText(report, app.config.timezone));
        if (report.audits === 0) io.exit(EXIT.noVerdict);
      });
    });
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

function sinceOf(text: string): Since {
  const [, n, unit = ""] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (n !== undefined) return { ago: Number(n) * (HOURS[unit] ?? 0) * 3_600_000 };
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError("Write it like 60d, 8w, 36h or 2026-11-01.");
  return { at: instant(new Date(ms)) };
}

const momentOf = (since: Since, now: Date): Instant =>
  "at" in since ? since.at : instant(new Date(now.getTime() - since.ago));

/** `name=value` in the type of the check's own default. */
function settingsIn(
  check: Check,
  given: readonly string[],
  refuse: (problem: string) => never,
): CheckSettings {
  const defaults: CheckSettings = { enabled: true, ...check.defaults };
  const settings: Record<string, number | boolean> = {};
  for (const text of given) {
    const [, name = "", value = ""] = /^([a-z_0-9]+)=(.+)$/.exec(text) ?? [];
    if (name === "") return refuse(`--set ${text} → write it like minimum_share=0.1`);
    const usual = defaults[name];
    if (usual === undefined)
      return refuse(`${check.name} has no setting “${name}” → ${Object.keys(defaults).join(", ")}`);
    const read = value === "true" || value === "false" ? value === "true" : Number(value);
    if (Number.isNaN(read) || typeof read !== typeof usual)
      return refuse(`${name} is a ${typeof usual === "boolean" ? "yes or no: true, false" : "number"}`);
    settings[name] = read;
  }
  return settings;
}
