import type { Erased } from "./erase.ts";

const of = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const NOT_OURS = [
  "the systems themselves: erase the person there, or the next reading brings them back",
  "exports, reports and comparisons that were written to files",
  "mail and Slack messages that were sent",
  "notes that somebody wrote on incidents",
  "backups of the data folder and of the database, and rows that the database removed and has not vacuumed yet",
];

/** What was removed, in counts; then what could not be. */
export function erasedText(e: Erased): string {
  const nothing = e.sets + e.agreed + e.spools + e.changes + e.leftOut + e.references === 0;
  const lines = nothing
    ? ["Nothing is kept of this person."]
    : [
        `Erased from ${of(e.sets, "set")}, ${of(e.agreed, "agreed state")}, ${of(e.spools, "file")} of sealed rows, ${of(e.changes, "change")} of plans, ${of(e.leftOut, "place")} among those left out, and ${of(e.references, "reference")} of the audit log.`,
      ];
  if (e.stalePlans.length > 0)
    lines.push(
      `Not carried out and stale now: ${e.stalePlans.map((id) => `PL-${id}`).join(", ")}. Draft again from a new reading.`,
    );
  if (e.unsearched > 0)
    lines.push(
      `Not searched: ${of(e.unsearched, "file")}, damaged or of an older secret. Remove ${e.unsearched === 1 ? "it" : "them"} if the person may be in there.`,
    );
  return `${[...lines, "", "What Plumbline cannot erase:", ...NOT_OURS.map((line) => `- ${line}`)].join("\n")}\n`;
}
