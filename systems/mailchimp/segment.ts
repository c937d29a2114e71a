import type { SegmentedSource } from "./member.ts";
import type { MailchimpSegment } from "./wire.ts";

/**
 * The segment that a source names: a tag by its name (Mailchimp ignores case), a segment by id or name. null: there is
 * none. Tags and static segments are the same thing under one space of ids.
 */
export function segmentFor(
  segments: readonly MailchimpSegment[],
  source: SegmentedSource,
): MailchimpSegment | null {
  const wanted = "tag" in source ? source.tag : source.segment;
  const able = "tag" in source ? segments.filter(isStatic) : segments;
  return (
    ("segment" in source ? able.find((s) => String(s.id) === wanted) : undefined) ??
    able.find((s) => s.name === wanted) ??
    able.find((s) => s.name.toLowerCase() === wanted.toLowerCase()) ??
    null
  );
}

/** Only these can be given to people and taken from them; the others are rules. */
export const isStatic = (s: MailchimpSegment): boolean => s.type === "static";
