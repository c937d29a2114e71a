/**
 * The HTTP contract: one schema each for validation, OpenAPI and the dashboard's types.
 * Times are ISO-8601 UTC. Counts are people unless named otherwise; null means "can't tell", never 0.
 */
import { type Static, Type } from "typebox";

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(t: T) => Type.Union([t, Type.Null()]);
const Count = nullable(Type.Integer());
const Time = Type.String({ format: "date-time" });

export const Severity = Type.Union([Type.Literal("act"), Type.Literal("look")]);
/** How a cell or row is drawn: diamond, triangle, tick or bare line, dashed circle, solid dot, nothing here. */
export const Mark = Type.Union([
  Type.Literal("act"),
  Type.Literal("look"),
  Type.Literal("fine"),
  Type.Literal("cant_tell"),
  Type.Literal("owner"),
  Type.Literal("absent"),
]);
export type Mark = Static<typeof Mark>;
export const Coverage = Type.Union([
  Type.Literal("complete"),
  Type.Literal("partial"),
  Type.Literal("unusable"),
]);

export const ErrorBody = Type.Object({
  error: Type.Object({
    kind: Type.String(),
    message: Type.String(),
    fix: Type.String(),
    requestId: Type.String(),
  }),
});

export const Person = Type.Object({
  name: Type.String(),
  role: Type.Union([
    Type.Literal("viewer"),
    Type.Literal("editor"),
    Type.Literal("approver"),
    Type.Literal("admin"),
  ]),
});

/** GET /api/v1/status: shell of every page, polled every 5 s. */
export const Status = Type.Object({
  company: Type.String(),
  timezone: Type.String(),
  version: Type.String(),
  mode: Type.Union([Type.Literal("demo"), Type.Literal("read_only"), Type.Literal("writes_on")]),
  now: Time,
  me: Person,
  /** Others one may switch to; only in the demo. */
  switchable: Type.Array(Person),
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      kind: Type.String(),
      sends: Type.Boolean(),
      writable: Type.Boolean(),
      coverage: nullable(Coverage),
      asOf: nullable(Time),
      stale: Type.Boolean(),
      because: nullable(Type.String()),
      warnings: Type.Array(Type.String()),
    }),
  ),
  counts: Type.Object({
    audiences: Type.Integer(),
    openIncidents: Type.Integer(),
    actIncidents: Type.Integer(),
    waitingPlans: Type.Integer(),
  }),
  /** While the demo is being made or an audit runs; null: idle. */
  progress: nullable(Type.Object({ what: Type.String(), done: Type.Integer(), of: Type.Integer() })),
  /** A plan being applied now; null: none. */
  applying: nullable(Type.Object({ planId: Type.Integer(), ended: Type.Integer(), of: Type.Integer() })),
});
export type Status = Static<typeof Status>;

/** One cell of the matrix: a system's copy of an audience against the owner. */
export const Cell = Type.Object({
  system: Type.String(),
  mark: Mark,
  missing: Count,
  extra: Count,
  /** Opted-out people of this audience that can be mailed here. */
  mailableOptedOut: Count,
  size: Count,
  asOf: nullable(Time),
  because: nullable(Type.String()),
});
export type Cell = Static<typeof Cell>;

export const Point = Type.Object({
  at: Time,
  size: Count,
  coverage: Coverage,
  /** Expected range; null while learning. */
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  flagged: Type.Boolean(),
  ordinal: Count,
});
export type Point = Static<typeof Point>;

export const IncidentRow = Type.Object({
  id: Type.Integer(),
  state: Type.Union([
    Type.Literal("open"),
    Type.Literal("acknowledged"),
    Type.Literal("snoozed"),
    Type.Literal("resolved"),
    Type.Literal("regressed"),
  ]),
  severity: Severity,
  cantTell: Type.Boolean(),
  check: Type.String(),
  title: Type.String(),
  moved: Type.String(),
  audience: nullable(Type.String()),
  audienceTitle: nullable(Type.String()),
  system: Type.String(),
  systemTitle: Type.String(),
  people: Count,
  peak: Count,
  openedAt: Time,
  changedAt: Time,
  resolvedAt: nullable(Time),
  snoozedUntil: nullable(Time),
  owner: nullable(Type.String()),
  repairable: Type.Boolean(),
  planId: nullable(Type.Integer()),
  version: Type.Integer(),
});
export type IncidentRow = Static<typeof IncidentRow>;

const NextSend = nullable(Type.Object({ name: Type.String(), at: Time, system: Type.String() }));
const CauseSchema = Type.Object({
  certainty: Type.Union([Type.Literal("confirmed"), Type.Literal("likely"), Type.Literal("unclear")]),
  text: nullable(Type.String()),
});

/** GET /api/v1/overview */
export const Overview = Type.Object({
  /** Parts of the verdict; strong ones are set bold. */
  verdict: Type.Array(Type.Object({ text: Type.String(), strong: Type.Boolean() })),
  verdictState: Type.Union([
    Type.Literal("agree"),
    Type.Literal("disagree"),
    Type.Literal("cant_tell"),
    Type.Literal("stale"),
    Type.Literal("nothing_read"),
  ]),
  asOf: nullable(Time),
  mailableOptedOut: Type.Object({
    /** people; "at least" when lowerBound. */
    people: Count,
    lowerBound: Type.Boolean(),
    where: Type.String(),
    before: nullable(Type.String()),
    history: Type.Array(Type.Object({ at: Time, people: Count })),
  }),
  systems: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
  matrix: Type.Array(
    Type.Object({
      audience: Type.String(),
      title: Type.String(),
      purpose: Type.String(),
      ownerSize: Count,
      cells: Type.Array(Cell),
      nextSend: NextSend,
    }),
  ),
  /** At most five. */
  needsYou: Type.Array(
    Type.Object({
      mark: Mark,
      title: Type.String(),
      text: Type.String(),
      link: Type.String(),
      action: Type.String(),
    }),
  ),
  needsYouTotal: Type.Integer(),
  changes: Type.Array(
    Type.Object({
      mark: Mark,
      audience: nullable(Type.String()),
      title: Type.String(),
      system: Type.String(),
      systemTitle: Type.String(),
      now: Count,
      change: Count,
      normal: nullable(Type.Object({ low: Type.Number(), high: Type.Number(), label: Type.String() })),
      cause: CauseSchema,
      line: Type.Array(Point),
      incidentId: nullable(Type.Integer()),
    }),
  ),
  reads: Type.Array(
    Type.Object({
      system: Type.String(),
      title: Type.String(),
      summary: Type.String(),
      /** Oldest first, at most 90. */
      beats: Type.Array(Type.Object({ at: Time, coverage: Coverage })),
    }),
  ),
});
export type Overview = Static<typeof Overview>;

/** GET /api/v1/audiences */
export const AudienceList = Type.Object({
  audiences: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      purpose: Type.String(),
      owner: Type.String(),
      ownerTitle: Type.String(),
      mark: Mark,
      ownerSize: Count,
      missing: Count,
      extra: Count,
      openIncidents: Type.Integer(),
      asOf: nullable(Time),
      cells: Type.Array(Cell),
    }),
  ),
  systems: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
});
export type AudienceList = Static<typeof AudienceList>;

export const FieldState = Type.Object({
  system: Type.String(),
  held: Type.Boolean(),
  members: Count,
  valid: Count,
  empty: Count,
  invalid: Count,
  placeholder: Count,
  differ: Count,
});

/** GET /api/v1/audiences/:id?days=28 */
export const AudienceDetail = Type.Object({
  id: Type.String(),
  title: Type.String(),
  purpose: Type.String(),
  owner: Type.String(),
  identity: Type.String(),
  latencyBudgetHours: Type.Number(),
  cadence: Type.String(),
  reason: nullable(Type.String()),
  verdict: Type.Array(Type.Object({ text: Type.String(), strong: Type.Boolean() })),
  nextSend: NextSend,
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      cell: Cell,
      line: Type.Array(Point),
      /** Learning until this many same weekdays were seen; null: band exists. */
      learning: nullable(Type.Object({ seen: Type.Integer(), needed: Type.Integer() })),
      changes: Type.Array(Type.Object({ at: Time, text: Type.String() })),
      matchRate: Type.Object({ matched: Count, base: Count }),
      records: Count,
      duplicates: Count,
      invalid: Count,
      entries: Count,
      exits: Count,
      capabilities: Type.Object({ read: Type.String(), write: Type.String() }),
      definition: Type.String(),
    }),
  ),
  /** Presence masks of the last comparison, biggest first; `in` are system ids. */
  overlap: Type.Array(Type.Object({ in: Type.Array(Type.String()), people: Type.Integer() })),
  overlapBecause: nullable(Type.String()),
  fields: Type.Array(
    Type.Object({ attribute: Type.String(), title: Type.String(), states: Type.Array(FieldState) }),
  ),
  /** People with the most changes of presence; pseudonyms, oldest bit first, "1" present, "0" absent. */
  flips: Type.Array(
    Type.Object({ system: Type.String(), name: Type.String(), bits: Type.String(), changes: Type.Integer() }),
  ),
  flippingPeople: Type.Integer(),
  incidents: Type.Array(IncidentRow),
});
export type AudienceDetail = Static<typeof AudienceDetail>;

/** GET /api/v1/incidents?state=open|all&severity=&audience=&system=&check= */
export const IncidentList = Type.Object({ incidents: Type.Array(IncidentRow), total: Type.Integer() });
export type IncidentList = Static<typeof IncidentList>;

export const MaskedPerson = Type.Object({
  /** "j•••@example.com" */
  masked: Type.String(),
  kind: Type.String(),
  state: Type.String(),
  since: nullable(Time),
  evidence: nullable(Type.String()),
});

/** GET /api/v1/incidents/:id */
export const IncidentDetail = Type.Object({
  incident: IncidentRow,
  means: Type.String(),
  cause: CauseSchema,
  todo: Type.Array(Type.String()),
  observed: nullable(Type.Number()),
  expected: nullable(Type.Object({ low: Type.Number(), high: Type.Number() })),
  maths: Type.Array(
    Type.Object({ name: Type.String(), value: Type.Union([Type.String(), Type.Number(), Type.Null()]) }),
  ),
  line: Type.Array(Point),
  changes: Type.Array(Type.Object({ at: Time, text: Type.String() })),
  /** At most 20, random order, masked; null when the spool has expired. */
  affected: nullable(Type.Object({ total: Count, kind: Type.String(), people: Type.Array(MaskedPerson) })),
  events: Type.Array(
    Type.Object({ at: Time, kind: Type.String(), actor: Type.String(), text: Type.String() }),
  ),
  nextSend: NextSend,
  plans: Type.Array(Type.Object({ id: Type.Integer(), state: Type.String() })),
  similar: Type.Array(Type.Object({ id: Type.Integer(), title: Type.String(), resolvedAt: nullable(Time) })),
});
export type IncidentDetail = Static<typeof IncidentDetail>;

/** POST /api/v1/incidents/:id/{take|resolve|snooze}; version guards against a stale button. */
export const IncidentAction = Type.Object({
  version: Type.Integer(),
  until: Type.Optional(Time),
  note: Type.Optional(Type.String({ maxLength: 2000 })),
});
export type IncidentAction = Static<typeof IncidentAction>;

const Op = Type.Union([
  Type.Literal("suppress"),
  Type.Literal("remove"),
  Type.Literal("add"),
  Type.Literal("set"),
]);
export const PlanRow = Type.Object({
  id: Type.Integer(),
  state: Type.String(),
  audience: Type.String(),
  audienceTitle: Type.String(),
  incidentId: nullable(Type.Integer()),
  undoes: nullable(Type.Integer()),
  author: Type.String(),
  createdAt: Time,
  expiresAt: Time,
  changes: Type.Integer(),
  ops: Type.Object({
    suppress: Type.Integer(),
    remove: Type.Integer(),
    add: Type.Integer(),
    set: Type.Integer(),
  }),
  systems: Type.Array(Type.String()),
  need: Type.Union([Type.Literal("author"), Type.Literal("second_person"), Type.Literal("refused")]),
  because: nullable(Type.String()),
  endedAt: nullable(Time),
});
export type PlanRow = Static<typeof PlanRow>;
export const PlanList = Type.Object({ plans: Type.Array(PlanRow) });
export type PlanList = Static<typeof PlanList>;

/** GET /api/v1/plans/:id; polled each second while applying. */
export const PlanDetail = Type.Object({
  plan: PlanRow,
  hash: Type.String(),
  basedOn: Type.Array(
    Type.Object({ system: Type.String(), title: Type.String(), asOf: Time, size: Type.Integer() }),
  ),
  groups: Type.Array(
    Type.Object({
      system: Type.String(),
      systemTitle: Type.String(),
      audienceTitle: Type.String(),
      sizeNow: Count,
      sizeAfter: Count,
      verbs: Type.Array(
        Type.Object({
          op: Op,
          attribute: nullable(Type.String()),
          count: Type.Integer(),
          rule: Type.String(),
          /** "One-way here; not undone by Plumbline" */
          undo: Type.String(),
          /** At most 20. */
          sample: Type.Array(
            Type.Object({
              masked: Type.String(),
              from: Type.String(),
              to: Type.String(),
              why: Type.String(),
            }),
          ),
        }),
      ),
      leftOut: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() })),
      automations: nullable(Type.Array(Type.String())),
    }),
  ),
  safeguards: Type.Array(
    Type.Object({
      guard: Type.String(),
      verdict: Type.Union([Type.Literal("pass"), Type.Literal("needs"), Type.Literal("fail")]),
      title: Type.String(),
      because: Type.String(),
    }),
  ),
  place: Type.Object({ where: Type.String(), because: Type.String() }),
  approvals: Type.Array(Type.Object({ person: Type.String(), at: Time })),
  /** What this person can do now, with the reason when not. */
  can: Type.Object({
    approve: Type.Boolean(),
    apply: Type.Boolean(),
    stop: Type.Boolean(),
    undo: Type.Boolean(),
    redraft: Type.Boolean(),
    suppressOnly: Type.Boolean(),
    because: nullable(Type.String()),
    /** Approving opens to the author at this moment (cooling-off); null: no wait. */
    coolingOffUntil: nullable(Time),
  }),
  /** What has to be typed: "PL-88 27399". */
  confirmText: Type.String(),
  /** True when the plan adds people to segments with live automations (or cannot tell): needs the tick. */
  needsAutomationsTick: Type.Boolean(),
  counts: Type.Object({
    applied: Type.Integer(),
    already_so: Type.Integer(),
    skipped_consent: Type.Integer(),
    skipped_drift: Type.Integer(),
    failed: Type.Integer(),
    unknown: Type.Integer(),
    waiting: Type.Integer(),
    in_doubt: Type.Integer(),
  }),
  startedAt: nullable(Time),
  stopRequestedBy: nullable(Type.String()),
  undoUntil: nullable(Time),
  undonePlan: nullable(Type.Integer()),
  /** Failed, unknown and skipped changes with their reasons, at most 50, masked. */
  notApplied: Type.Array(
    Type.Object({
      masked: Type.String(),
      system: Type.String(),
      op: Op,
      end: Type.String(),
      because: nullable(Type.String()),
    }),
  ),
});
export type PlanDetail = Static<typeof PlanDetail>;

/** POST /api/v1/incidents/:id/plan or /api/v1/audiences/:id/plan or /api/v1/plans/:id/{undo,redraft} → the drafted plan. */
export const Drafted = Type.Object({ planId: Type.Integer() });
export type Drafted = Static<typeof Drafted>;
export const DraftRequest = Type.Object({ only: Type.Optional(Type.Array(Op)) });

/** POST /api/v1/plans/:id/approve, then /apply. `hash` binds what was seen. */
export const ApproveRequest = Type.Object({
  hash: Type.String(),
  confirm: Type.String({ maxLength: 100 }),
  automations: Type.Optional(Type.Boolean()),
});
export type ApproveRequest = Static<typeof ApproveRequest>;

/** GET /api/v1/runs */
export const RunList = Type.Object({
  runs: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      trigger: Type.String(),
      startedAt: Time,
      endedAt: nullable(Time),
      state: Type.String(),
      reads: Type.Array(
        Type.Object({
          system: Type.String(),
          audience: nullable(Type.String()),
          coverage: Coverage,
          because: Type.String(),
          size: Count,
        }),
      ),
    }),
  ),
});
export type RunList = Static<typeof RunList>;

/** GET /api/v1/systems */
export const SystemList = Type.Object({
  systems: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      kind: Type.String(),
      sends: Type.Boolean(),
      read: Type.String(),
      write: Type.String(),
      baseReadable: Type.Boolean(),
      coverage: nullable(Coverage),
      asOf: nullable(Time),
      because: nullable(Type.String()),
      warnings: Type.Array(Type.String()),
    }),
  ),
});
export type SystemList = Static<typeof SystemList>;

/** POST /api/v1/session (demo: choose a person; people: name + password) */
export const SessionRequest = Type.Object({
  name: Type.String({ maxLength: 100 }),
  password: Type.Optional(Type.String({ maxLength: 1000 })),
});
/** POST /api/v1/audit → 202: starts a manual read of everything. */
export const AuditStarted = Type.Object({ runId: Type.String() });
