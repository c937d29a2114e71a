import { Command } from "commander";
import { detect, type Tally } from "../detect/detect.ts";
import { distributionDetector, flipDetector, metricDetector } from "../detect/detectors.ts";
import { type CliIo, EXIT } from "./command.ts";

/** So many complaints are written one by one; the rest is counted. */
const COMPLAINTS = 10;

const HELP = `
One JSON object per line and time, of any number of series, each in time order; leave out what was not measured:
  in   {"series": "newsletter", "t": "2026-11-26T06:00:00Z", "value": 14832, "kind": "size"}
  out  {"series": "newsletter", "t": "2026-11-26T06:00:00Z", "score": 0.4, "flagged": false, "expected": 14790, …}

kind: size (people in a list), count (events), rate (a fraction; its number of trials in "denominator"),
latency (a duration), gauge (anything else; the default).
--distributions: "counts": {"pro": 812, "free": 20114} instead of "value".
--flips: {"segment", "t", "size", "added": [ids], "removed": [ids]} in, with "members" who flip-flop out.

Example:
  $ plumbline detect < metrics.jsonl | jq -c 'select(.flagged)'

Exit codes: 0 whatever was found, 3 a line could not be read (it is answered all the same), 7 no line could be read.`;

export function command(io: CliIo): Command {
  const detectCommand = new Command("detect");
  return detectCommand
    .description("judge anyone’s metrics: JSON lines on standard input, verdicts on standard output")
    .option("--distributions", "each line has counts by category", false)
    .option("--flips", "each line has who came into a segment and who left it", false)
    .addHelpText("after", HELP)
    .action(async (options: { distributions: boolean; flips: boolean }) => {
      if (options.distributions && options.flips)
        detectCommand.error("error: --distributions and --flips are different inputs → give one of them");
      const detector = options.distributions
        ? distributionDetector()
        : options.flips
          ? flipDetector()
          : metricDetector();
      let complaints = 0;
      const complain = (line: number, problem: string) => {
        complaints += 1;
        if (complaints <= COMPLAINTS) io.stderr.write(`line ${line}: ${problem}\n`);
      };
      const input = io.stdin();
      if ("isTTY" in input && input.isTTY === true)
        io.stderr.write(
          "Reading JSON lines from the keyboard, to Ctrl-D; `plumbline detect --help` shows one.\n",
        );
      try {
        const tally = await detect(detector, {
          input,
          output: io.stdout,
          complain,
          signal: io.signal,
        });
        if (complaints > COMPLAINTS) io.stderr.write(`… and ${complaints - COMPLAINTS} more lines\n`);
        io.exit(exitOf(tally));
      } catch (error) {
        // Ctrl-C, or nobody reads on: what a filter in a pipe says then is nothing
        if (!io.signal.aborted) throw error;
        io.exit(EXIT.interrupted);
      }
    });
}

function exitOf(tally: Tally): 0 | 3 | 7 {
  if (tally.unreadable === 0) return EXIT.ok;
  return tally.judged + tally.noReading === 0 ? EXIT.noVerdict : EXIT.partial;
}
