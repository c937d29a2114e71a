import type { AudienceId } from "../../../core/model.ts";
import type { KeptOverlap } from "../../../store/system-overlaps.ts";
import type { SystemOverlap } from "../contract/overlap.ts";

type Part = SystemOverlap["parts"][number];

/** More rows and groups than these nobody reads off a chart. */
const OTHERS = 8;
const GROUPS = 40;

/**
 * One overlap as people look at it.
 *
 * @param asked only people in this audience, and the audiences that share most of them; null: everybody
 * @param titleOf what an audience is called today; one that the configuration has no more goes by its id
 */
export function overlapPart(
  overlap: KeptOverlap,
  asked: AudienceId | null,
  titleOf: (id: AudienceId) => string,
): Part {
  const masks = Object.entries(overlap.masks).map(([mask, people]) => [Number(mask), people] as const);
  const bit = (id: AudienceId): number => 1 << overlap.audiences.indexOf(id);
  const askedBit = asked === null ? 0 : bit(asked);
  const sum = (bits: number) => masks.reduce((n, [mask, p]) => n + ((mask & bits) === bits ? p : 0), 0);
  const all = overlap.audiences.map((id) => ({
    id,
    title: titleOf(id),
    people: sum(bit(id)),
    shared: sum(bit(id) | askedBit),
  }));
  const sharing = all.filter((a) => a.id !== asked && a.shared > 0).sort((a, b) => b.shared - a.shared);
  const audiences =
    asked === null ? all : [...all.filter((a) => a.id === asked), ...sharing.slice(0, OTHERS)];

  const shown = audiences.reduce((bits, a) => bits | bit(a.id), 0);
  const counts = new Map<number, number>();
  for (const [mask, people] of masks) {
    const here = mask & shown;
    if (here === 0 || (here & askedBit) !== askedBit) continue;
    counts.set(here, (counts.get(here) ?? 0) + people);
  }
  const groups = [...counts].sort((a, b) => b[1] - a[1]);
  return {
    readAt: overlap.startedAt,
    audiences,
    others: asked === null ? 0 : Math.max(0, sharing.length - OTHERS),
    groups: groups.slice(0, GROUPS).map(([mask, people]) => ({
      in: audiences.filter((a) => (mask & bit(a.id)) !== 0).map((a) => a.id),
      people,
    })),
    rest: groups.slice(GROUPS).reduce((n, [, people]) => n + people, 0),
  };
}
