import { withPrefix } from "../../systems/ghost/attribute.ts";
import { isLabel } from "../../systems/ghost/member.ts";
import type { GhostMember } from "../../systems/ghost/wire.ts";
import type { GhostIntent } from "./ghost-judge.ts";

type LabelRef = { readonly name: string; readonly slug?: string };
/** The body of one PUT. Its type has no way to put a newsletter on anyone. */
export type GhostEdit =
  | { readonly labels: readonly LabelRef[] }
  | { readonly newsletters: readonly [] }
  | { readonly name: string }
  | { readonly note: string };

/**
 * What to send so that the member is as intended, all other labels kept: Ghost replaces the whole list.
 *
 * @param target the label as Ghost has it, for label_on
 * @returns null when the member is so already
 */
export function editOf(m: GhostMember, intent: GhostIntent, target: LabelRef | null): GhostEdit | null {
  switch (intent.kind) {
    case "label_on":
      if (target === null || m.labels.some((l) => isLabel(l, intent.label))) return null;
      return {
        labels: [
          ...m.labels.map(ref),
          { name: target.name, ...(target.slug === undefined ? {} : { slug: target.slug }) },
        ],
      };
    case "label_off": {
      const kept = m.labels.filter((l) => !isLabel(l, intent.label));
      return kept.length === m.labels.length ? null : { labels: kept.map(ref) };
    }
    case "no_newsletters":
      return m.newsletters.length === 0 ? null : { newsletters: [] };
    case "text": {
      // Ghost answers null for empty, but takes only "" for it (422 otherwise; 5.130.6, seen 2026-11-23)
      const text = intent.value ?? "";
      if ((m.raw[intent.field] ?? "") === text) return null;
      return intent.field === "name" ? { name: text } : { note: text };
    }
    case "prefix": {
      const old = withPrefix(m, intent.prefix);
      const wanted = intent.value === null ? null : intent.prefix + intent.value;
      if (wanted === null ? old.length === 0 : old.length === 1 && old[0]?.name === wanted) return null;
      const kept = m.labels.filter((l) => !old.includes(l)).map(ref);
      return { labels: wanted === null ? kept : [...kept, { name: wanted }] };
    }
  }
}

/** Does the member, as Ghost answered, show what was sent? */
export const isDone = (m: GhostMember, intent: GhostIntent, target: LabelRef | null): boolean =>
  editOf(m, intent, target) === null;

const ref = (l: { readonly name: string; readonly slug: string }): LabelRef => ({
  name: l.name,
  slug: l.slug,
});
