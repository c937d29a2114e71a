import type { Cause, CheckInput } from "../../core/finding.ts";
import { UNCLEAR } from "../cause.ts";
import type { Duel } from "../duel.ts";
import type { FlipDiagnosis } from "../flip-diagnosis.ts";
import { percent } from "./format.ts";
import { moment } from "./when.ts";

const ownerOf = (input: CheckInput): string =>
  input.config.systems.find((s) => s.id === input.audience.owner)?.title ?? input.audience.owner;

const quoted = (names: readonly string[]): string => {
  const all = names.map((n) => `“${n}”`);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
};

export function causeOf(input: CheckInput, d: FlipDiagnosis): Cause {
  if (d.kind === "unclear") return UNCLEAR;
  if (d.kind === "rule" && d.changes.every((c) => c.certainty === "confirmed"))
    return { certainty: "confirmed", text: textOf(input, d) };
  return { certainty: "likely", text: textOf(input, d) };
}

function textOf(input: CheckInput, d: Exclude<FlipDiagnosis, { kind: "unclear" }>): string {
  const system = input.system.title;
  switch (d.kind) {
    case "snapshot":
      return {
        incomplete: `the reads are at fault: ${percent(d.share)} of the coming and going lies beside reads of ${system} that broke off`,
        repeated: `the reads are at fault: when people go, ${system} shows as many others twice`,
        whole_system: `the reads are at fault: the whole of ${system} becomes smaller and larger with the list`,
      }[d.how];
    case "identity":
      return d.how === "records"
        ? `people leave under one key and come under another: as many come as go, and their records leave and enter all of ${system}`
        : `people leave under one key and come under another: as many come as go, the number of records stays, and ${ownerOf(input)} knows one of two`;
    case "jitter":
      return d.how === "owner"
        ? `the rule in ${ownerOf(input)}, the owner, lets the same people out and in`
        : "the rule looks at the clock, and people at the edge of its window fall out and in";
    case "rule": {
      const last = d.changes.at(-1);
      const when = last === undefined ? "" : ` at ${moment(last.at, input.now, input.config.timezone)}`;
      return `the rule was changed ${d.changes.length} times, and people moved with it; last: ${last?.text ?? ""}${when}`;
    }
    case "writers":
      return duelText(input, d.duel);
  }
}

function duelText(input: CheckInput, duel: Duel): string {
  const { writers, roles, field, by } = duel;
  if (writers.length > 2)
    return `two of ${quoted(writers)} overwrite each other; which ones, their runs do not tell`;
  const what = field === null ? "it" : `the field ${field}`;
  const both = `${quoted(writers)} both write ${what} and overwrite each other`;
  const [first, second] = writers;
  if (by === "vendor") return `${both}, by the record of ${input.system.title}`;
  if (roles === "phase") return `${both}: people come after “${first}” has run, and go after “${second}”`;
  if (roles === "owner")
    return `${both}: “${first}” brings them from ${ownerOf(input)}, which has them all the time, and “${second}” takes them out`;
  return both;
}

/** @param replay what the proposed rule would have made of history; null: it cannot be told */
export function todoOf(input: CheckInput, d: FlipDiagnosis, replay: string | null): readonly string[] {
  const list = `${input.audience.title} in ${input.system.title}`;
  switch (d.kind) {
    case "snapshot":
      return [
        `Look at the reads of ${input.system.title}: nobody left the list itself`,
        "Nothing is to be repaired there; tell whoever looks after the connection",
      ];
    case "identity":
      return [
        `Find the records in ${input.system.title} that are one person under two keys, and merge them`,
        "A repair by Plumbline would follow whichever key is there at the time",
      ];
    case "jitter":
      return d.how === "owner"
        ? [
            `Give the rule of ${input.audience.title} in ${ownerOf(input)} a margin: in above one value, out below a lower one`,
          ]
        : [`Let the window of ${list} end at midnight, or give it a day of margin`];
    case "rule":
      return [`Agree on the rule of ${list}, and who may change it`];
    case "writers":
      return [
        ...settle(input, d.duel),
        ...played(replay),
        "A repair made before that would be undone by them",
      ];
    case "unclear":
      return [`Find out which jobs write ${list}, and leave the list to one of them`, ...played(replay)];
  }
}

const played = (replay: string | null): readonly string[] =>
  replay === null ? [] : [`Played again ${replay}`];

/** The precedence that is missing. */
function settle(input: CheckInput, duel: Duel): readonly string[] {
  const list = `${input.audience.title} in ${input.system.title}`;
  const { writers, field, roles } = duel;
  const [first, second] = writers;
  if (field !== null)
    return [ruleFor(input, field), `Let only one of ${quoted(writers)} write ${field} for ${list}`];
  if (roles === null || writers.length > 2)
    return [
      `Leave ${list} to one of ${quoted(writers)}: nothing says that ${ownerOf(input)}, the owner, decides`,
    ];
  return [
    `Leave ${list} to “${first}” and take the list out of “${second}”: nothing says that ${ownerOf(input)}, the owner, decides`,
  ];
}

function ruleFor(input: CheckInput, field: string): string {
  const rule = input.config.attributes.find((a) => a.name === field);
  if (rule === undefined)
    return `No rule says who decides about ${field}: add it to \`attributes\`, with \`owners\` and \`merge: owner_wins\``;
  const owner = rule.owners[0];
  const title = input.config.systems.find((s) => s.id === owner)?.title ?? null;
  if (rule.merge === "manual" || title === null)
    return `The rule of ${field} does not say who decides: give it \`owners\` and \`merge: owner_wins\``;
  return `By the rule of ${field}, ${rule.merge === "owner_wins" ? `${title} decides` : `${rule.merge} with ${title} first`}; one of the two does not keep to it`;
}
