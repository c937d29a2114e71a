import type { Incident } from "../../core/finding.ts";
import type { Coverage, Instant } from "../../core/model.ts";
import type { EndState, Op, PlanState } from "../../core/repair.ts";
import type { Score } from "../../core/score.ts";

/** "2026-W48" with its half-open span; a running week ends now. */
export type Week = {
  readonly id: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly running: boolean;
};

export type ReportPoint = {
  readonly at: Instant;
  readonly size: number | null;
  readonly coverage: Coverage;
  readonly flagged: boolean;
  readonly low: number | null;
  readonly high: number | null;
};

export type ReportSegment = {
  readonly audience: string;
  readonly audienceTitle: string;
  readonly system: string;
  readonly systemTitle: string;
  /** Eight weeks up to the end of the week, oldest first. */
  readonly points: readonly ReportPoint[];
};

/** What happened to an incident, from its log. */
export type ReportEvent = {
  readonly incidentId: number;
  readonly at: Instant;
  readonly kind: string;
  readonly byPerson: boolean;
};

export type ReportPlan = {
  readonly id: number;
  readonly state: PlanState;
  readonly author: string;
  readonly approvers: readonly string[];
  readonly audienceTitle: string;
  readonly systems: readonly string[];
  /** What the plan says, by verb. */
  readonly ops: Readonly<Record<Op, number>>;
  /** What was applied and read back, by verb. */
  readonly applied: Readonly<Record<Op, number>>;
  readonly ends: Readonly<Record<EndState, number>> | null;
  readonly endedAt: Instant | null;
  readonly expiresAt: Instant;
  readonly undoUntil: Instant | null;
  /** People suppressed on its author's word alone, whom nobody has looked at since; absent: none. */
  readonly toReview?: number;
  readonly undoes: number | null;
};

/** Opted-out people mailable from one system, at each comparison; people null: could not tell. */
export type ExposurePoint = { readonly at: Instant; readonly people: number | null };

/** A planned send. */
export type ReportSend = {
  readonly name: string;
  readonly at: Instant;
  /** null: to nobody of ours. */
  readonly audience: string | null;
  readonly system: string;
  readonly systemTitle: string;
};

export type ReportInput = {
  readonly company: string;
  readonly timezone: string;
  readonly now: Instant;
  readonly week: Week;
  readonly publicUrl: string;
  readonly audiences: readonly {
    readonly id: string;
    readonly title: string;
    /** A suppression list: it guards every send. */
    readonly keepsOut: boolean;
  }[];
  readonly systems: readonly { readonly id: string; readonly title: string }[];
  readonly segments: readonly ReportSegment[];
  /** Every incident that was live at some moment of the week or of the one before. */
  readonly incidents: readonly Incident[];
  readonly events: readonly ReportEvent[];
  readonly plans: readonly ReportPlan[];
  /** Systems that send mail; up to the end of the week, oldest first, from a week before its start. */
  readonly exposure: readonly { readonly systemTitle: string; readonly points: readonly ExposurePoint[] }[];
  /** Reads of each system in the week: one per audit, the worst of its readings. */
  readonly reads: readonly {
    readonly systemTitle: string;
    readonly beats: readonly { readonly at: Instant; readonly coverage: Coverage }[];
  }[];
  /** Planned sends of the seven days after the week. */
  readonly sends: readonly ReportSend[];
  /** The company's integrity score now; null: the week is over, and what it was then is not kept. */
  readonly score: Pick<Score, "value" | "atMost" | "text"> | null;
};

export type Part = { readonly text: string; readonly strong: boolean };
export type Mark = "act" | "look" | "fine" | "cant_tell";

/** The weekly report as content; html.ts and text.ts give it its two forms. Holds no personal data. */
export type Report = {
  readonly week: string;
  readonly company: string;
  /** "week 48, 23 to 29 November 2026". */
  readonly range: string;
  readonly subject: string;
  /** First words that a mail program shows: the top number. */
  readonly preheader: string;
  readonly verdict: readonly Part[];
  readonly figures: readonly { readonly value: string; readonly label: string; readonly note: string }[];
  readonly decisions: readonly {
    readonly question: string;
    readonly text: string;
    readonly cost: string;
    readonly deadline: string | null;
    readonly button: string;
    readonly url: string;
  }[];
  readonly decisionsTotal: number;
  readonly changed: readonly {
    readonly title: string;
    readonly system: string;
    readonly before: string | null;
    readonly now: string;
    readonly note: string;
    readonly mark: Mark;
    readonly points: readonly ReportPoint[];
  }[];
  readonly fixed: readonly {
    readonly id: string;
    readonly url: string;
    readonly text: string;
    readonly by: string;
    readonly undo: string;
  }[];
  readonly consent: {
    readonly startLabel: string;
    readonly endLabel: string;
    readonly rows: readonly {
      readonly system: string;
      readonly start: string;
      readonly peak: string;
      readonly end: string;
      readonly alarm: boolean;
    }[];
    readonly note: string;
  };
  /** The integrity score in words; null: not known for that week. */
  readonly score: string | null;
  readonly trust: readonly { readonly systems: string; readonly text: string; readonly whole: boolean }[];
  readonly noise: string;
  readonly coming: readonly { readonly when: string; readonly what: string }[];
  readonly footer: string;
  readonly url: string;
};
