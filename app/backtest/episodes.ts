import { reconcile } from "../../checks/incidents.ts";
import type { CheckResult, Finding, Incident, Transition } from "../../core/finding.ts";
import type { Instant } from "../../core/model.ts";
import { weightOf } from "../../store/incident-row.ts";
import type { Moment } from "./past-input.ts";

/** One alarm: from when people were told until it was over. */
export type Episode = {
  readonly fingerprint: string;
  /** As it was told first. */
  readonly finding: Finding;
  readonly from: Instant;
  /** null: it still lasts. */
  readonly until: Instant | null;
  /** Most people at any time; null: cannot tell. */
  readonly people: number | null;
};

type Open = { -readonly [K in keyof Episode]: Episode[K] };

/** What incidents the results of one audit after another would have made, had nobody touched any of them. */
export class Episodes {
  readonly all: Episode[] = [];
  readonly #incidents = new Map<string, Incident>();
  readonly #open = new Map<string, Open>();

  get live(): readonly Incident[] {
    return [...this.#incidents.values()].filter((i) => i.state !== "resolved");
  }

  take(results: readonly CheckResult[], moment: Moment): void {
    for (const t of reconcile([...this.#incidents.values()], results, moment.at)) this.#carryOut(t, moment);
  }

  #carryOut(t: Transition, { at, runId }: Moment): void {
    const fingerprint = t.kind === "open" ? t.fingerprint : t.incident.fingerprint;
    const finding = t.kind === "resolve" ? t.incident.finding : t.finding;
    const resolved = t.kind === "resolve";
    const before = t.kind === "open" ? null : t.incident;
    this.#incidents.set(fingerprint, {
      id: before?.id ?? this.#incidents.size + 1,
      fingerprint,
      state: resolved ? "resolved" : t.kind === "regress" ? "regressed" : (before?.state ?? "open"),
      severity: finding.severity,
      finding,
      openedAt: before?.openedAt ?? at,
      changedAt: at,
      lastSeenAt: at,
      resolvedAt: resolved ? at : null,
      snoozedUntil: null,
      owner: null,
      peak: weightOf(finding),
      runId,
      version: 1,
    });
    const people = weightOf(finding);
    const open = this.#open.get(fingerprint);
    if (resolved) {
      if (open !== undefined) open.until = at;
      this.#open.delete(fingerprint);
    } else if (open !== undefined) {
      open.people = people === null ? open.people : Math.max(open.people ?? 0, people);
    } else {
      const made: Open = { fingerprint, finding, from: at, until: null, people };
      this.#open.set(fingerprint, made);
      this.all.push(made);
    }
  }
}
