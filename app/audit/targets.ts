import type { Audience, Config, SystemConfig } from "../../core/config.ts";
import type { AudienceId, IdentifierKind, ReadTarget } from "../../core/model.ts";

export type PlannedTarget = {
  readonly target: ReadTarget;
  readonly audience: AudienceId | null;
  readonly identity: IdentifierKind;
  readonly attributes: readonly string[];
};

/** Attributes that a base tracks at most: a column each for everybody in the system. */
const BASE_ATTRIBUTES = 16;

/** What to read of one system in one pass: its copy of every audience, and the whole of it when that is readable. */
export function targetsOf(
  config: Config,
  system: SystemConfig,
  baseReadable: boolean,
): readonly PlannedTarget[] {
  const segments = config.audiences.flatMap((audience) =>
    audience.segments
      .filter((s) => s.system === system.id)
      .map(
        (s): PlannedTarget => ({
          target: { kind: "segment", audience: audience.id, source: s.source },
          audience: audience.id,
          identity: audience.identity,
          attributes: trackedAttributes(audience),
        }),
      ),
  );
  const first = segments[0];
  if (!baseReadable || first === undefined) return segments;
  // One base per system: under the identity that most of its audiences use, since sets of different kinds never meet.
  const count = (kind: IdentifierKind) => segments.filter((s) => s.identity === kind).length;
  const identity = segments.reduce(
    (best, s) => (count(s.identity) > count(best) ? s.identity : best),
    first.identity,
  );
  // Who left a list is looked up in the base, so it tracks whatever the lists do and whatever is mapped.
  const attributes = [
    ...new Set([...segments.flatMap((s) => s.attributes), ...Object.keys(system.attributes)]),
  ].slice(0, BASE_ATTRIBUTES);
  return [...segments, { target: { kind: "base" }, audience: null, identity, attributes }];
}

/** Attributes with a fingerprint column: the required ones and those that a segment's `where` decides on. */
export function trackedAttributes(audience: Audience): readonly string[] {
  const names = new Set(audience.requiredAttributes);
  for (const s of audience.segments) for (const name of Object.keys(s.where ?? {})) names.add(name);
  return [...names];
}

/** Systems in the order they are read: those that own suppressions first, since suppressions win everywhere. */
export function readOrder(config: Config): readonly SystemConfig[] {
  const ownsSuppression = (s: SystemConfig) =>
    config.audiences.some((a) => a.purpose === "suppression" && a.owner === s.id);
  return [...config.systems].sort((a, b) => Number(ownsSuppression(b)) - Number(ownsSuppression(a)));
}
