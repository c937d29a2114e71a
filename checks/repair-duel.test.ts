import { describe, expect, test } from "vitest";
import type { CheckInput, OwnRepairs } from "../core/finding.ts";
import { AUDIENCE, at, CONFIG, comparison, inputOf, reading, WRITER } from "../test/property/checks-input.ts";
import { flipFlop } from "./flip-flop.ts";
import { isRepairDuel } from "./repair-duel.ts";
import { syncFailure } from "./sync-failure.ts";

const NONE: OwnRepairs = { fought: [], lastPlan: null };
const input = (repairs: OwnRepairs | null, more: Partial<CheckInput> = {}): CheckInput => ({
  ...inputOf({
    history: [0, 1, 2].map((d) => reading(d, "crm", { size: 1000 })),
    comparisons: [0, 1, 2].map((d) => comparison(d, { crm: { size: 1000 }, warehouse: { size: 1000 } })),
  }),
  ...(repairs === null ? {} : { repairs }),
  ...more,
});
const findings = (i: CheckInput, check = flipFlop) => {
  const outcome = check.run(i);
  return outcome.status === "fail" ? outcome.findings : outcome.status;
};

describe("people whom somebody else puts back", () => {
  const fought = (differ: number, attribute: string | null = null) => [{ attribute, people: 12, differ }];

  test("are told with the writers of the list, as long as some of them differ", () => {
    const told = findings(
      input({ ...NONE, fought: fought(9) }, { config: { ...CONFIG, writers: [WRITER] } }),
    );
    expect(told).toMatchObject([
      {
        check: "flip_flop",
        subject: "repairs",
        audience: "active",
        system: "crm",
        people: 9,
        cause: {
          certainty: "likely",
          text: "“nightly sync” writes this list too and puts these people back",
        },
        maths: { "Repaired 3 times in 7 days": 12, "Known writers": "“nightly sync”" },
      },
    ]);
    expect(findings(input({ ...NONE, fought: fought(0) }))).toBe("pass");
    expect(findings(input(NONE))).toBe("pass");
    expect(findings(input(null))).toBe("pass");
  });
  test("with no known writer the cause is left open; a field is told by itself", () => {
    const told = findings(input({ ...NONE, fought: [...fought(1), ...fought(2, "plan")] }));
    expect(told).toMatchObject([
      { subject: "repairs", cause: { certainty: "unclear", text: null }, people: 1 },
      { subject: "repairs: plan", title: expect.stringContaining("plan of Active customers"), people: 2 },
    ]);
    expect(typeof told === "string" ? [] : told.map(isRepairDuel)).toEqual([true, true]);
  });
  test("on a list that keeps people out nobody is said to be left out", () => {
    const told = findings(
      input({ ...NONE, fought: fought(3) }, { audience: { ...AUDIENCE, purpose: "ineligible" } }),
    );
    expect(told).toMatchObject([{ means: expect.stringContaining("plans go on adding them") }]);
  });
  test("without a complete read nothing is said, so nothing is closed", () => {
    const partial = [reading(2, "crm", { size: 1000, coverage: "partial", because: "page 3" })];
    expect(findings(input({ ...NONE, fought: fought(9) }, { history: partial }))).toBe("skip");
  });
});

describe("calls that were acknowledged without effect", () => {
  const plan = (ghostAcks: number): OwnRepairs => ({
    fought: [],
    lastPlan: { id: 88, at: at(1), written: 40, ghostAcks },
  });
  test("are told with the plan and the count, any single one", () => {
    expect(findings(input(plan(1)), syncFailure)).toMatchObject([
      {
        check: "sync_failure",
        subject: "ghost acks",
        audience: "active",
        people: 1,
        title: "CRM acknowledged 1 change, but nothing changed",
        moved: expect.stringContaining("PL-88"),
      },
    ]);
  });
  test("end with a plan that has none, and a week after the last", () => {
    expect(findings(input(plan(0)), syncFailure)).toBe("pass");
    expect(findings(input(NONE), syncFailure)).toBe("skip");
    const [finding] = findings(input(plan(1)), syncFailure) as readonly [never];
    const open = { state: "open", finding } as unknown as CheckInput["incidents"][number];
    expect(findings(input(NONE, { incidents: [open] }), syncFailure)).toBe("pass");
  });
});
