import type { MailchimpSystem } from "../core/config.ts";
import type { ReadTarget, SegmentSource, TargetEnd } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { Query, ReadClient } from "../systems/http/read-client.ts";
import { memberFields, paths, segmentsOf } from "../systems/mailchimp/client.ts";
import { hasStatus, isSegmented, isStatusSource, isThere } from "../systems/mailchimp/member.ts";
import { segmentFor } from "../systems/mailchimp/segment.ts";
import type { MailchimpMember } from "../systems/mailchimp/wire.ts";

/** One walk, and the targets that it fills. */
export type Pass = {
  readonly path: string;
  readonly query: Query;
  readonly wanted: readonly Wanted[];
  /** Does every row that the walk reads belong to all of its targets? Then the total that it declares is theirs. */
  readonly exact: boolean;
  /** Subscribed members that Mailchimp counts itself, where the look-up told; doubts an empty answer. */
  readonly counted: number | null;
};
export type Wanted = {
  readonly index: number;
  takes(m: MailchimpMember): boolean;
  count: number;
};

/** Everybody of a segment who is in the audience; Mailchimp's own default is subscribed people only. */
const INCLUDED: Query = {
  include_cleaned: "true",
  include_transactional: "true",
  include_unsubscribed: "true",
};

/**
 * The walks that the targets need: one over the whole audience for all that the status tells, one for each segment.
 * Names are looked up first: one that is not there must not read as an empty segment.
 */
export async function passesOf(
  config: MailchimpSystem,
  targets: readonly ReadTarget[],
  http: ReadClient,
  context: Context,
): Promise<{ readonly passes: readonly Pass[]; readonly ends: readonly TargetEnd[] }> {
  const sources = targets.map((t): SegmentSource => (t.kind === "base" ? { all: true } : t.source));
  const segments = sources.some(isSegmented) ? await segmentsOf(http, config, context) : [];
  const at = paths(config.list);
  const fields = memberFields(config).map((f) => `members.${f}`);
  const query: Query = { fields: [...fields, "total_items"].join(",") };
  const whole: Wanted[] = [];
  const statuses = new Set<string>();
  const bySegment = new Map<number, Pass & { readonly wanted: Wanted[] }>();
  const ends: TargetEnd[] = [];
  for (const [index, source] of sources.entries()) {
    if (isStatusSource(source)) {
      whole.push({ index, takes: (m) => hasStatus(m, source), count: 0 });
      statuses.add("subscribed" in source ? "subscribed" : "");
    } else if (isSegmented(source)) {
      const segment = segmentFor(segments, source);
      if (segment === null) {
        ends.push(
          absent(index, "tag" in source ? `no tag "${source.tag}"` : `no segment "${source.segment}"`),
        );
        continue;
      }
      const pass = bySegment.get(segment.id) ?? {
        path: at.segmentMembers(segment.id),
        query: { ...query, ...INCLUDED },
        wanted: [],
        exact: true,
        counted: segment.members,
      };
      pass.wanted.push({ index, takes: isThere, count: 0 });
      bySegment.set(segment.id, pass);
    } else ends.push(absent(index, NOT_OURS));
  }
  const passes: Pass[] = [...bySegment.values()];
  if (whole.length > 0) {
    const [only] = statuses.size === 1 ? [...statuses] : [""];
    passes.unshift({
      path: at.members,
      // by when they opted in, which an edit does not change; without a field to sort by the order is nobody's promise
      query: {
        ...query,
        sort_field: "timestamp_opt",
        sort_dir: "ASC",
        ...(only === "" || only === undefined ? {} : { status: only }),
      },
      wanted: whole,
      exact: only !== "" || sources.every((s) => !isStatusSource(s) || "all" in s),
      counted: null,
    });
  }
  return { passes, ends };
}

const NOT_OURS = "no segment of this kind (one subscription an audience, and no topics)";

const absent = (target: number, what: string): TargetEnd => ({
  target,
  coverage: "unusable",
  declaredTotal: null,
  enumerated: 0,
  fields: {},
  because: `Mailchimp has ${what} in this audience: make it there, or correct the segment`,
});
