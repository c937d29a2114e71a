import type { CheckInput, Finding } from "../../core/finding.ts";
import type { Instant, Snapshot } from "../../core/model.ts";
import { draftFinding } from "../draft-finding.ts";
import { sendWords } from "./send.ts";
import { moment } from "./when.ts";

type Words = { readonly title: (system: string) => string; readonly todo: (system: string) => string };

/** By the kind of the error that ended the read. */
const BY_KIND: Readonly<Record<string, Words>> = {
  auth: { title: (s) => `${s} refuses our key`, todo: (s) => `Renew the key that Plumbline reads ${s} with` },
  config: {
    title: (s) => `${s} cannot be read as configured`,
    todo: (s) => `Correct the configuration of ${s}: plumbline doctor names the place`,
  },
  rate_limited: {
    title: (s) => `${s} limits how often we may read`,
    todo: (s) => `Read ${s} less often, or ask it for a higher limit`,
  },
  bad_data: {
    title: (s) => `${s} answers with data that cannot be read`,
    todo: (s) => `Repair the export or answer of ${s}`,
  },
};
const OTHERWISE: Words = {
  title: (s) => `${s} was not read completely`,
  todo: (s) => `Read ${s} again; if it stays so, plumbline doctor tells more`,
};

/** "Can't tell" is an answer: which system, since when, why, and what is not known because of it. */
export function runFailureFinding(
  input: CheckInput,
  failed: Snapshot,
  audiences: readonly string[],
): Finding {
  const system = input.system.title;
  const words = BY_KIND[failed.failure ?? ""] ?? OTHERWISE;
  const { at, still } = since(input, failed);
  return draftFinding(input, "run_failure", {
    audience: null,
    cantTell: true,
    severity: "look",
    title: words.title(system),
    moved: `Can’t tell since ${moment(at, input.now, input.config.timezone)}${still ? "" : ", the first read"}: ${failed.because.replace(/\.$/, "")}.`,
    means: cannotTell(system, audiences, sendWords(input)),
    cause: {
      certainty: "confirmed",
      text: failed.coverage === "partial" ? "the read ended before the end of the list" : "the read failed",
    },
    todo: [words.todo(system), "Nothing is compared or removed until it was read completely"],
    people: null,
    maths: {
      Audiences: audiences.join(", ") || "none; only the whole system’s records",
      Error: failed.failure,
    },
  });
}

export function cannotTell(system: string, audiences: readonly string[], send: string): string {
  const [one] = audiences;
  if (one === undefined)
    return `How many people ${system} holds in all is not known, so match rates and opt-outs there cannot be checked.`;
  const what = audiences.length === 1 ? `${one} in ${system}` : `${audiences.length} audiences in ${system}`;
  return `${what} can’t be checked, right or wrong${audiences.length === 1 ? `; ${send}` : ""}.`;
}

/** Since the last complete reading; with none, since the first try. */
function since(input: CheckInput, failed: Snapshot): { at: Instant; still: boolean } {
  const history = failed.audience === null ? input.baseHistory : input.history;
  const good = history.filter((s) => s.coverage === "complete").at(-1);
  return good === undefined
    ? { at: history[0]?.takenAt ?? failed.takenAt, still: false }
    : { at: good.takenAt, still: true };
}
