/** One planted bug: an exact text that stands once in the file, what replaces it, and the tests that must notice. */
export type Bug = {
  /** What a careless hand might do, in words. */
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Where the suites that must catch it are; each one is run, and one failing assertion is enough. */
  readonly tests: readonly Suite[];
};

export type Suite = {
  readonly project: "unit" | "property" | "integration" | "crash" | "faults" | "simulation";
  readonly file: string;
  /** Part of the name of the test; absent: the whole file. */
  readonly only?: string;
};

const apply: Suite = { project: "property", file: "test/property/sync-apply.test.ts" };
const splitting: Suite = { project: "property", file: "test/property/sync-splitting.test.ts" };
const limits: Suite = { project: "property", file: "test/property/sync-limits.test.ts" };
const applyUnit: Suite = { project: "unit", file: "sync/apply.test.ts" };
const guardUnit: Suite = { project: "unit", file: "sync/guard.test.ts" };
const approveUnit: Suite = { project: "unit", file: "sync/approve.test.ts" };
const sizeUnit: Suite = { project: "unit", file: "sync/size-limit.test.ts" };
const undoUnit: Suite = { project: "unit", file: "sync/undo.test.ts" };
const planUnit: Suite = { project: "unit", file: "sync/plan.test.ts" };
const membersSet: Suite = { project: "property", file: "test/property/members-set.test.ts" };
const planStore: Suite = { project: "integration", file: "test/store/plan-store.test.ts" };

export const BUGS: readonly Bug[] = [
  {
    name: "skips the read-back: what the vendor says counts",
    file: "sync/round.ts",
    from: "  if (hasEffect(change, openedOf(run, change).value, state)) {\n    const ours",
    to: '  if (answer.status === "applied" || hasEffect(change, openedOf(run, change).value, state)) {\n    const ours',
    tests: [applyUnit, apply],
  },
  {
    name: "drops the fence of the lease in journal writes",
    file: "store/hold-lease.ts",
    from: "holder = $2 and fence = $3 for share",
    to: "holder = $2 and fence <= $3::bigint + 1000 for share",
    tests: [planStore],
  },
  {
    name: "trusts a source that read zero rows",
    file: "sync/guard-reads.ts",
    from: "if (size === 0 && (isOwner || (before",
    to: "if (size === 1 && (isOwner || (before",
    tests: [guardUnit],
  },
  {
    name: "takes >= for > in the size limit",
    file: "sync/size-limit.ts",
    from: "n > size * share + SLACK",
    to: "n >= size * share - SLACK",
    tests: [sizeUnit],
  },
  {
    name: "takes > for >= in a limit of people",
    file: "sync/size-limit.ts",
    from: "if (total > s.refusePeople) {",
    to: "if (total > s.refusePeople + 1) {",
    tests: [sizeUnit],
  },
  {
    name: "reuses an approval after the plan was drafted again",
    file: "sync/approve.ts",
    from: "plan.approvals.filter((a) => a.hash === plan.hash && overMost",
    to: "plan.approvals.filter((a) => a.hash !== undefined && overMost",
    tests: [approveUnit],
  },
  {
    name: "lets the author approve where a second person is needed",
    file: "sync/approve.ts",
    from: 'else if (isAuthor) return no("a second person has to approve it");',
    to: "",
    tests: [approveUnit],
  },
  {
    name: "commits the intent after the vendor call",
    file: "sync/send.ts",
    from: '    at(run, "after_direct_outcome");\n    if (fatal !== null) return { answers, fatal };',
    to: '    at(run, "after_direct_outcome");\n    await run.store.intent(run.lease, batch.map((c) => c.n), nowOf(run.clock), sealed);\n    if (fatal !== null) return { answers, fatal };',
    tests: [apply],
  },
  {
    name: "tries a call without an answer again, without reading back",
    file: "sync/round.ts",
    from: '(answer.status === "retry" ? waiting : look).push({ change, answer });',
    to: '(answer.status === "retry" || answer.status === "unknown" ? waiting : look).push({ change, answer });',
    tests: [applyUnit, apply],
  },
  {
    name: "forgets what a crash left in doubt",
    file: "sync/resume.ts",
    from: "  const changes = run.plan.doc.changes.filter((c) => doubts.has(c.n));\n  if (changes.length === 0) return null;\n  for",
    to: "  const changes = run.plan.doc.changes.filter((c) => doubts.has(-1 - c.n));\n  if (changes.length === 0) return null;\n  for",
    tests: [applyUnit, apply],
  },
  {
    name: "sends everything at once instead of a canary",
    file: "sync/apply.ts",
    from: "limit: begun.has(kind) ? ROUND : canary }",
    to: "limit: begun.has(kind) ? ROUND : Math.max(canary, ROUND) }",
    tests: [applyUnit, apply],
  },
  {
    name: "adds people who opted out since the read",
    file: "sync/effect.ts",
    from: "        change.evidence === null &&\n        isOptOut(state.consent) &&",
    to: "        change.evidence !== null &&\n        isOptOut(state.consent) &&",
    tests: [{ project: "unit", file: "sync/effect.test.ts" }, apply],
  },
  {
    name: "counts a ghost ack as done",
    file: "sync/round.ts",
    from: '  return { change, end: "failed", because: GHOST_ACK };',
    to: '  return { change, end: "applied", because: GHOST_ACK };',
    tests: [applyUnit, apply],
  },
  {
    name: "measures the limits over twelve hours",
    file: "sync/guard.ts",
    from: "export const DAY_MS = 86_400_000;",
    to: "export const DAY_MS = 43_200_000;",
    tests: [limits],
  },
  {
    name: "does not count what may have happened against the limits",
    file: "store/touched-since.ts",
    from: "coalesce(journaled.end_state, 'unknown') in ('applied', 'unknown')",
    to: "coalesce(journaled.end_state, 'unknown') in ('applied')",
    tests: [planStore],
  },
  {
    name: "does not look at the limits again before the first write",
    file: "sync/admit.ts",
    from: "const tooMany = await whyTooMany(i, plan, systems);",
    to: "const tooMany = plan.id < 0 ? await whyTooMany(i, plan, systems) : null;",
    tests: [limits, splitting],
  },
  {
    name: "goes on after consent was loosened",
    file: "sync/breaker.ts",
    from: "if (loosenedPeople > 0)",
    to: "if (loosenedPeople > 1e9)",
    tests: [applyUnit, apply],
  },
  {
    name: "does not notice that somebody pressed Stop",
    file: "sync/watch.ts",
    from: 'return stopping ? "stop" : "go";',
    to: 'return "go";',
    tests: [applyUnit, apply],
  },
  {
    name: "takes a partial reading for a complete one",
    file: "sync/guard-reads.ts",
    from: 'if (reading.coverage !== "complete") return',
    to: 'if (reading.coverage === "unusable") return',
    tests: [guardUnit, limits],
  },
  {
    name: "suppresses without evidence",
    file: "sync/guard.ts",
    from: 'return { verdict: proven.length === all.length ? "pass" : "fail", because };',
    to: 'return { verdict: "pass", because };',
    tests: [guardUnit],
  },
  {
    name: "takes people off a list that keeps them from being contacted",
    file: "sync/decide.ts",
    from: "  if (isExcluding(g.audience, g.config)) return { leftOut: LEFT_OUT.excluding };\n",
    to: "",
    tests: [planUnit],
  },
  {
    name: "does not compare the stored plan with its hash",
    file: "sync/admit.ts",
    from: "if (!verifyHash(plan))",
    to: "if (!verifyHash(plan) && plan.id < 0)",
    tests: [applyUnit],
  },
  {
    name: "overwrites a value that somebody changed since the read",
    file: "sync/effect.ts",
    from: 'return fieldOf(state, change.attribute ?? "") === open.from',
    to: 'return fieldOf(state, change.attribute ?? "") !== open.value',
    tests: [{ project: "unit", file: "sync/effect.test.ts" }, apply],
  },
  {
    name: "puts suppressed people back in an undo",
    file: "sync/undo.ts",
    from: 'else if (!change.reversible || change.op === "suppress") skip(LEFT_OUT.undoOneWay);\n',
    to: "",
    tests: [undoUnit],
  },
  {
    name: "lets two processes hold the same lease",
    file: "store/acquire-lease.ts",
    from: "where lease.expires_at <= clock_timestamp() or lease.holder = excluded.holder",
    to: "where true",
    tests: [planStore],
  },
  {
    name: "gives a change a second end",
    file: "store/insert-intents.ts",
    from: "ended.n = given.n and ended.phase = 'outcome')",
    to: "ended.n = given.n and ended.phase = 'none')",
    tests: [planStore],
  },
  {
    name: "approves more than was approved",
    file: "sync/approve.ts",
    from: "overMost(wanted, a.most) === null",
    to: "overMost(wanted, null) === null",
    tests: [approveUnit],
  },
  {
    name: "overrides for the author",
    file: "sync/override.ts",
    from: "if (person.name === plan.doc.author)",
    to: 'if (person.name === "")',
    tests: [{ project: "unit", file: "sync/override.test.ts" }],
  },
  {
    name: "repairs a fourth time what somebody else puts back",
    file: "sync/quarantine.ts",
    from: "export const REPAIRS = 3;",
    to: "export const REPAIRS = 4;",
    tests: [{ project: "property", file: "test/property/sync-fights.test.ts" }],
  },
  {
    name: "leaves the entry before out of the chain",
    file: "store/audit-chain.ts",
    from: '"prev":${text(e.prev)},"seq":${e.seq}}`;\n\nexport const hashOf',
    to: '"seq":${e.seq}}`;\n\nexport const hashOf',
    tests: [{ project: "property", file: "test/property/audit-log.test.ts" }],
  },
  {
    name: "lets an opt-out of one topic suppress for everything",
    file: "sync/evidence.ts",
    from: "evidence.system === d.system || covers(config, s, here)",
    to: "evidence.system === d.system || s !== undefined",
    tests: [{ project: "property", file: "test/property/three-way.test.ts" }],
  },
  {
    name: "sends although its lease ran out while it slept",
    file: "sync/watch.ts",
    from: "    get(): boolean {\n      look();",
    to: "    get(): boolean {",
    tests: [{ project: "unit", file: "sync/watch.test.ts" }],
  },
  {
    name: "takes letters with an accent as they are written",
    file: "members/normalise.ts",
    from: 'const lower = trimmed.normalize("NFC").toLowerCase();',
    to: "const lower = trimmed.toLowerCase();",
    tests: [{ project: "unit", file: "members/normalise.test.ts" }],
  },
  {
    name: "takes the last of a person's rows where the first counts",
    file: "members/person-tally.ts",
    from: "if ((rows[at + UPDATED_AT] as number) > (rows[newest + UPDATED_AT] as number)) newest = at;",
    to: "if ((rows[at + UPDATED_AT] as number) >= (rows[newest + UPDATED_AT] as number)) newest = at;",
    tests: [membersSet],
  },
  {
    name: "forgets whoever was there 33 readings ago",
    file: "members/presence.ts",
    from: "hi = (hi << 1) | (lo >>> 31);",
    to: "hi = hi << 1;",
    tests: [membersSet],
  },
];
