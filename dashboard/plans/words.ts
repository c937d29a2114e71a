import type { PlanDetail, PlanRow } from "../../app/api/contract.ts";
import { capital, count, list, plural } from "../ui/format.ts";

export type Op = PlanDetail["groups"][number]["verbs"][number]["op"];
export const OPS: readonly Op[] = ["suppress", "remove", "add", "set"];

const VERB: Record<Op, string> = {
  suppress: "suppress",
  remove: "remove from the list",
  add: "add to the list",
  set: "change",
};
export const verbWord = (op: Op, attribute: string | null): string =>
  op === "set" && attribute ? `change ${attribute}` : VERB[op];

export const shortVerb: Record<Op, string> = {
  suppress: "suppress",
  remove: "remove",
  add: "add",
  set: "change",
};

/** Verb, count, system: what the button will do. One verb alone is named. */
export function applyWords(plan: Pick<PlanRow, "changes" | "ops">, systems: readonly string[]): string {
  const only = OPS.filter((op) => plan.ops[op] > 0);
  const where = list(systems);
  const n = plan.changes;
  const persons = n === 1 ? "1 person" : `${count(n)} people`;
  if (only.length === 1 && only[0] === "suppress") return `Suppress ${persons} in ${where}`;
  return `Apply ${plural(n, "change")} to ${where}`;
}

/** Every change ends in exactly one of these; with the waiting ones they sum to the plan. */
export const ENDS = [
  "applied",
  "already_so",
  "skipped_consent",
  "skipped_drift",
  "failed",
  "unknown",
] as const;
export type End = (typeof ENDS)[number];
export const endWord: Record<End, string> = {
  applied: "Applied, read back",
  already_so: "Already so",
  skipped_consent: "Skipped: consent changed since",
  skipped_drift: "Skipped: record changed since",
  failed: "Failed",
  unknown: "Unknown, needs a look",
};

export const endedOf = (counts: PlanDetail["counts"]): number =>
  ENDS.reduce((sum, end) => sum + counts[end], 0);

/** More lists than this are not named one by one in the first sentence; their sizes stand below. */
const NAMED = 2;

type Part = { text: string; strong: boolean };
const strong = (text: string): Part => ({ text, strong: true });
const plain = (text: string): Part => ({ text, strong: false });

/** The first sentence of the page: what will change, what is happening, what happened. */
export function planVerdict(detail: PlanDetail): Part[] {
  const { plan, counts, groups } = detail;
  const ended = endedOf(counts);
  const total = plural(plan.changes, "change");
  switch (plan.state) {
    case "applying":
      return [
        strong(`${count(ended)} of ${total} have ended.`),
        plain(counts.waiting > 0 ? ` ${count(counts.waiting)} wait.` : " Reading the last ones back."),
      ];
    case "verifying":
      return [strong(`All ${total} are out.`), plain(" Each one is being read back.")];
    case "done":
      return doneVerdict(detail);
    case "stopped":
      return [
        strong(`Stopped after ${count(ended)} of ${total}.`),
        plain(` What is done stays done and was read back${plan.because ? `; ${plan.because}` : ""}.`),
      ];
    case "expired":
      return [strong("This plan expired."), plain(" Nothing was written.")];
    case "stale":
      return [strong("This plan is out of date."), plain(" Nothing was written.")];
    default: {
      const moves = groups
        .filter((g) => g.sizeNow !== null && g.sizeAfter !== null && g.sizeNow !== g.sizeAfter)
        .map((g) => `${g.systemTitle} goes from ${count(g.sizeNow)} people to ${count(g.sizeAfter)}`);
      return [
        strong(
          `${total} in ${groups.length === 1 ? groups[0]?.systemTitle : plural(groups.length, "system")}.`,
        ),
        plain(
          moves.length === 0
            ? " No list changes its size."
            : moves.length <= NAMED
              ? ` ${list(moves)}.`
              : ` ${plural(moves.length, "list")} change their size.`,
        ),
      ];
    }
  }
}

function doneVerdict(detail: PlanDetail): Part[] {
  const { plan, counts } = detail;
  const good = counts.applied + counts.already_so;
  const rest = plan.changes - good;
  const first = strong(
    good === plan.changes
      ? `All ${plural(plan.changes, "change")} are in place.`
      : `${count(good)} of ${plural(plan.changes, "change")} are in place.`,
  );
  if (rest === 0)
    return [
      first,
      plain(
        counts.already_so > 0
          ? ` ${count(counts.already_so)} were already so; the others were applied and read back.`
          : " Each was applied and read back.",
      ),
    ];
  const why = ENDS.filter((end) => end !== "applied" && end !== "already_so" && counts[end] > 0).map(
    (end) => `${count(counts[end])} ${endWord[end].toLowerCase()}`,
  );
  return [first, plain(` ${capital(list(why))}.`)];
}
