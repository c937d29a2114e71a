import { AuditorError } from "../../core/errors.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { RestRead, RestReadName, RestSystem } from "../../core/rest-config.ts";
import type { Values } from "./template.ts";

const KINDS = ["list", "segment", "tag", "subscribed", "suppressed", "all"] as const;

/** A segment as a REST system sees it. `name`: what it is called there; null: there is one of its kind. */
export type RestSource = {
  readonly kind: RestReadName;
  readonly name: string | null;
  /** For templates: `{{list}}` and so on. */
  readonly values: Values;
};

/** @throws AuditorError config for a segment of another kind of system */
export function restSource(where: string, source: SegmentSource): RestSource {
  for (const kind of KINDS) {
    const value = Object.entries(source).find(([key]) => key === kind)?.[1];
    if (value === undefined) continue;
    return typeof value === "string"
      ? { kind, name: value, values: { [kind]: value } }
      : { kind, name: null, values: {} };
  }
  throw new AuditorError(
    "config",
    where,
    "this segment is not of a kind that a REST system has",
    `use ${KINDS.join(", ")}`,
  );
}

/** @throws AuditorError config when the YAML does not say how to read it */
export function readOf(system: RestSystem, kind: RestReadName): RestRead {
  const read = system.read[kind];
  if (read === undefined)
    throw new AuditorError(
      "config",
      system.id,
      `the configuration does not say how to read ${kind}`,
      `add ${kind} under read of ${system.id}`,
    );
  return read;
}
