import type { Path } from "./document.ts";
import { checkCron, type Report } from "./references.ts";
import type { Names } from "./salvage.ts";
import type { ConfigFile } from "./schema.ts";
import type { AudienceFileEntry, SegmentEntry } from "./schema-audiences.ts";
import { meant } from "./suggest.ts";

const SOURCES = {
  postgres: ["sql"],
  files: ["file", "all"],
  mysql: ["sql"],
  ghost: ["label", "newsletter", "suppressed", "all"],
  klaviyo: ["list", "segment", "subscribed", "suppressed", "all"],
  mailchimp: ["tag", "segment", "subscribed", "suppressed", "all"],
  hubspot: ["list", "subscribed", "suppressed", "all"],
  mailman: ["list", "suppressed", "all"],
  rest: ["list", "segment", "tag", "subscribed", "suppressed", "all"],
} as const;
const ALL_SOURCES = [
  "sql",
  "file",
  "label",
  "newsletter",
  "list",
  "segment",
  "tag",
  "subscribed",
  "suppressed",
  "all",
] as const;

/** Each audience against the systems, attributes and other audiences. Expects a file that fits the schema. */
export function checkAudiences(file: ConfigFile, names: Names, report: Report): void {
  for (const [i, audience] of file.audiences.entries())
    checkAudience(file, names, audience, ["audiences", i], report);
}

function checkAudience(
  file: ConfigFile,
  names: Names,
  audience: AudienceFileEntry,
  path: Path,
  report: Report,
): void {
  const { systems, audiences, attributes } = names;
  const others = (name: string, at: Path) => {
    if (name === audience.id) report(at, `${name} names itself`, "name another audience or remove it");
    else if (!audiences.includes(name)) report(at, `unknown audience “${name}”`, meant(name, audiences));
  };
  if (!systems.includes(audience.owner)) {
    report([...path, "owner"], `unknown system “${audience.owner}”`, meant(audience.owner, systems));
  } else if (!audience.segments.some((s) => s.system === audience.owner)) {
    report(
      [...path, "owner"],
      `${audience.owner} owns ${audience.id} but has no segment of it`,
      `add a segment with system: ${audience.owner}`,
      audience.segments,
    );
  }
  if (audience.direction === "two_way") {
    report([...path, "direction"], "two_way is not supported yet", "write one_way or remove the line");
  }
  if (audience.holdout_share !== undefined && audience.holdout === undefined) {
    report(
      [...path, "holdout_share"],
      `${audience.id} has no holdout of which this could be the share`,
      "add holdout: an audience, or remove the line",
      audience,
    );
  }
  if (audience.holdout !== undefined) others(audience.holdout, [...path, "holdout"]);
  for (const [j, name] of (audience.exclusive_with ?? []).entries())
    others(name, [...path, "exclusive_with", j]);
  for (const [j, name] of (audience.required_attributes ?? []).entries()) {
    if (!attributes.includes(name))
      report([...path, "required_attributes", j], `unknown attribute “${name}”`, meant(name, attributes));
  }
  checkCron(audience.cadence, [...path, "cadence"], report);
  const seen: string[] = [];
  for (const [j, segment] of audience.segments.entries()) {
    const at = [...path, "segments", j];
    if (!systems.includes(segment.system))
      report([...at, "system"], `unknown system “${segment.system}”`, meant(segment.system, systems));
    if (seen.includes(segment.system)) {
      report(
        [...at, "system"],
        `${audience.id} has two segments in ${segment.system}`,
        "join them into one, or make two audiences",
      );
    }
    seen.push(segment.system);
    checkSource(file, segment, at, report);
    checkWhere(file, audience, segment, at, report);
  }
}

function checkSource(file: ConfigFile, segment: SegmentEntry, path: Path, report: Report): void {
  const given = ALL_SOURCES.filter((key) => segment[key] !== undefined);
  const system = file.systems.find((s) => s.id === segment.system);
  const kind = system?.kind;
  const fitting: readonly string[] = kind === undefined ? ALL_SOURCES : SOURCES[kind];
  const [first] = given;
  if (first === undefined)
    report(path, "the segment does not say where it is", `add one of: ${fitting.join(", ")}`, segment);
  else if (given.length > 1) report(path, `the segment is given twice: ${given.join(" and ")}`, "keep one");
  else if (!fitting.includes(first))
    report([...path, first], `a ${kind} system has no ${first}`, `use one of: ${fitting.join(", ")}`);
  if (system?.kind === "files" && segment.all && system.base === undefined) {
    report(
      [...path, "all"],
      `${system.id} has no file with every record`,
      "add base to the system, or name a file here",
      system,
    );
  }
  if (segment.filter !== undefined && segment.file === undefined)
    report([...path, "filter"], "filter belongs to file", "remove it or add file", segment);
  if (
    segment.file !== undefined &&
    (segment.file.includes("\0") || segment.file.split(/[\\/]/).includes(".."))
  ) {
    report([...path, "file"], "the file lies outside of the system's folder", "name a file inside it");
  }
  if (
    segment.sql !== undefined &&
    !/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(?:select|with|table|values)\b/i.test(segment.sql)
  ) {
    report([...path, "sql"], "the query does not read", "start it with select or with");
  }
}

function checkWhere(
  file: ConfigFile,
  audience: AudienceFileEntry,
  segment: SegmentEntry,
  path: Path,
  report: Report,
): void {
  if (segment.where === undefined) return;
  const at = [...path, "where"];
  if (segment.system === audience.owner) {
    report(at, "the owner's own segment cannot have a where", "put the condition into the segment's source");
    return;
  }
  const owner = file.systems.find((s) => s.id === audience.owner);
  const provided = Object.keys(owner?.attributes ?? {});
  for (const name of Object.keys(segment.where)) {
    if (owner && !provided.includes(name))
      report(
        [...at, name],
        `the owner ${owner.id} has no attribute “${name}”`,
        meant(name, provided),
        owner.attributes ?? owner,
      );
  }
}
