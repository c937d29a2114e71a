import type { Incident, IncidentEvent } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import type { Episode } from "./episodes.ts";

type Logged = { readonly incidentId: number; readonly at: Instant; readonly kind: IncidentEvent["kind"] };

/** An alarm that there was. */
export type Raised = Episode & {
  readonly incident: number;
  /** A person said that it was not a problem. */
  readonly markedFalse: boolean;
};

/**
 * Each time that people were told of an incident: from the log, since an incident can come and go. The words are those
 * that it had last; earlier ones are not kept.
 *
 * @param events of these incidents, oldest first
 */
export function raisedOf(incidents: readonly Incident[], events: readonly Logged[]): Raised[] {
  return incidents
    .flatMap((incident) => {
      const times: { from: Instant; until: Instant | null; markedFalse: boolean }[] = [];
      for (const e of events.filter((x) => x.incidentId === incident.id)) {
        const last = times.at(-1);
        if (e.kind === "opened" || e.kind === "regressed")
          times.push({ from: e.at, until: null, markedFalse: false });
        if (last === undefined) continue;
        if (e.kind === "resolved" || e.kind === "marked_false") last.until ??= e.at;
        if (e.kind === "marked_false") last.markedFalse = true;
      }
      return times.map(
        (time): Raised => ({
          ...time,
          incident: incident.id,
          fingerprint: incident.fingerprint,
          finding: incident.finding,
          people: incident.peak,
        }),
      );
    })
    .sort((a, b) => a.from.localeCompare(b.from));
}

/** The alarm that there was when this one would have been; null: there was none. */
export const sameAs = (episode: Episode, raised: readonly Raised[]): Raised | null =>
  raised.find((r) => r.fingerprint === episode.fingerprint && overlap(episode, r)) ?? null;

export const overlap = (a: Pick<Episode, "from" | "until">, b: Pick<Episode, "from" | "until">): boolean =>
  a.from <= (b.until ?? FOREVER) && b.from <= (a.until ?? FOREVER);

const FOREVER = "9999-12-31T23:59:59.999Z" as Instant;
