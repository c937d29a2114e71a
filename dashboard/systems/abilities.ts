import type { SystemList } from "../../app/api/contract.ts";
import { count, list } from "../ui/format.ts";
import { opWord, readWord, writeWord } from "../ui/labels.ts";

type System = SystemList["systems"][number];
type Can = NonNullable<System["capabilities"]>;

/** `can` false: a limit that a person has to know of; it is said in the text as well. */
export type Ability = { readonly name: string; readonly can: boolean; readonly text: string };

const SCOPE: Record<NonNullable<Can["consentScope"]>, string> = {
  global: "one for everything",
  channel: "by channel",
  topic: "by topic",
  list: "by list",
};

/** What a system can and cannot do, one line each; nothing that it cannot do is left out. */
export function abilitiesOf(can: Can, limitShare: number | null): Ability[] {
  const reads = can.read !== "none";
  const writes = can.write !== "none" && can.ops.length > 0;
  const removes = can.ops.includes("remove");
  const told = (name: string, yes: boolean, no: string, how = "yes"): Ability => ({
    name,
    can: yes,
    text: yes ? how : `no: ${no}`,
  });
  return [
    {
      name: "Reading members",
      can: reads && can.read !== "count",
      text: `${readWord(can.read)}${can.hashed && reads ? ", identifiers hashed" : ""}`,
    },
    told("Every record", can.baseReadable, "match rates can’t be told"),
    told("Time of joining", can.joinedAt, "when somebody joined is seen from read to read"),
    told("Only what changed", can.deltaRead, "each read is a whole one", "can be read by itself"),
    {
      name: "Consent",
      can: can.consentScope !== null,
      text: can.consentScope === null ? "no: none is kept here" : SCOPE[can.consentScope],
    },
    {
      name: "Writing",
      can: writes,
      text: writes
        ? `${writeWord(can.write)}: ${list(can.ops.map(opWord))}${batchWords(can)}`
        : writeWord("none"),
    },
    ...(writes ? [told("Taking people off", removes, "nobody is ever taken off a list here")] : []),
    ...(writes ? [{ name: "Shown after a write", can: true, text: settleWords(can.settle) }] : []),
    ...(limitShare === null
      ? []
      : [
          {
            name: "Rate limits",
            can: true,
            text: limitShare === 1 ? "all of them" : `${Math.round(limitShare * 100)} % are ours`,
          },
        ]),
  ];
}

function batchWords(can: Can): string {
  const most = Math.max(0, ...Object.values(can.maxBatch));
  return most > 1 ? `, up to ${count(most)} at once` : "";
}

/** "at once", "about 10 s, at most 15 min". */
export function settleWords(settle: Can["settle"]): string {
  if (settle.maxMs < 1000) return "at once";
  return `about ${span(settle.typicalMs)}, at most ${span(settle.maxMs)}`;
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${Math.max(1, seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

type Job = System["jobs"][number];

/** How a job that writes here is doing, by what its tool told; silence of a tool says nothing. */
export function jobState(
  job: Job,
  when: (at: string) => string,
): { mark: "fine" | "look" | "cant_tell" | "running" | "absent"; text: string } {
  const [last, before] = job.runs;
  if (!job.enabled) return { mark: "absent", text: "switched off" };
  if (last === undefined) return { mark: "cant_tell", text: "its tool has not told of any run" };
  if (job.overdueSince !== null)
    return {
      mark: "look",
      text: `overdue: due ${when(job.overdueSince)}, last started ${when(last.startedAt)}`,
    };
  if (last.state === "running")
    return {
      mark: "running",
      text: `running since ${when(last.startedAt)}${before?.state === "failed" ? "; the run before failed" : ""}`,
    };
  const at = when(last.endedAt ?? last.receivedAt);
  if (last.state === "failed") return { mark: "look", text: `failed ${at}${rowsWords(last)}` };
  return {
    mark: last.rowsWritten === 0 && (before?.rowsWritten ?? 1) > 0 ? "look" : "fine",
    text: `succeeded ${at}${rowsWords(last)}`,
  };
}

function rowsWords(run: Job["runs"][number]): string {
  const known = [
    run.rowsRead === null ? null : `${count(run.rowsRead)} read`,
    run.rowsWritten === null ? null : `${count(run.rowsWritten)} written`,
    run.rowsFailed === null || run.rowsFailed === 0 ? null : `${count(run.rowsFailed)} failed`,
  ].filter((x) => x !== null);
  return known.length === 0 ? ", rows not told" : `, rows: ${known.join(", ")}`;
}
