import { createHash } from "node:crypto";
import type { Config } from "../core/config.ts";
import { type AudienceId, audienceId, type Instant, type SystemId, systemId } from "../core/model.ts";

export type ConfigChange = {
  readonly system: SystemId | null;
  readonly text: string;
  /** For the definition of a segment: whose. */
  readonly audience?: AudienceId;
};

/** What of the configuration can cause a change in the numbers: systems, audiences, attributes, writers. */
export function versionedParts(config: Config): Readonly<Record<string, string>> {
  const parts: Record<string, string> = {};
  const hash = (value: unknown) =>
    createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
  for (const s of config.systems) parts[`system ${s.id}`] = hash(s);
  for (const a of config.audiences) {
    const { segments, ...rest } = a;
    parts[`audience ${a.id}`] = hash(rest);
    for (const s of segments) parts[`segment ${a.id} ${s.system}`] = hash(s);
  }
  for (const a of config.attributes) parts[`attribute ${a.name}`] = hash(a);
  for (const w of config.writers) parts[`writer ${w.name} ${w.to}`] = hash(w);
  return parts;
}

export const configHash = (config: Config): string =>
  createHash("sha256")
    .update(JSON.stringify(versionedParts(config)))
    .digest("hex");

/**
 * What changed between two versions, in words; values are not told, since a secret's name may stand in them.
 *
 * @example configChanges({"segment trial crm": "a"}, {"segment trial crm": "b"})
 *   // [{ system: "crm", text: "the definition of trial in crm changed", audience: "trial" }]
 */
export function configChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): ConfigChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): ConfigChange[] => {
    if (before[name] === after[name]) return [];
    const verb =
      before[name] === undefined ? "was added" : after[name] === undefined ? "was taken out" : "changed";
    const [kind, first = "", second = ""] = name.split(" ");
    switch (kind) {
      case "system":
        return [
          {
            system: systemId(first),
            text: verb === "changed" ? `the settings of ${first} changed` : `the system ${first} ${verb}`,
          },
        ];
      case "segment":
        return [
          {
            system: systemId(second),
            text: `the definition of ${first} in ${second} ${verb}`,
            audience: audienceId(first),
          },
        ];
      case "audience":
        return [{ system: null, text: `the audience ${first} ${verb}` }];
      case "attribute":
        return [{ system: null, text: `the rule of the attribute ${first} ${verb}` }];
      default:
        return [{ system: systemId(second), text: `the sync ${first} ${verb}` }];
    }
  });
}

export type ConfigVersion = {
  readonly version: number;
  readonly at: Instant;
  readonly hash: string;
  readonly changes: readonly ConfigChange[];
};
