import { describe, expect, test } from "vitest";
import type { FlipCounts } from "../core/comparison.ts";
import type { SegmentConfig } from "../core/config.ts";
import { systemId } from "../core/model.ts";
import { AUDIENCE, at, CONFIG, reading, runOf } from "../test/property/checks-input.ts";
import {
  A,
  B,
  causeOf,
  duelCounts,
  duelInput,
  found,
  READS,
  TODAY,
  writers,
} from "../test/property/flips-input.ts";

describe("why, in this order", () => {
  test("the reads: broken ones beside the moves, pages given twice, the whole system dipping", () => {
    const odd = (day: number) => day % 2 === 1;
    const broken = Array.from({ length: READS }, (_, d) => d).flatMap((d) => [
      ...(d >= 13 ? [reading(d - 0.5, "crm", { coverage: "partial", ordinal: null })] : []),
      reading(d, "crm", { size: 6200 }),
    ]);
    const late = duelCounts();
    const only = (moves: readonly number[]) => moves.map((m, i) => (i >= 12 ? m : 0));
    const counts = { ...late, entries: only(late.entries), exits: only(late.exits) };
    expect(causeOf(counts, { history: broken, ...writers(A, B) })).toMatchObject({
      certainty: "likely",
      text: "the reads are at fault: 100 % of the coming and going lies beside reads of CRM that broke off",
    });
    // Where the system always breaks off, that is no news.
    const always = Array.from({ length: READS }, (_, d) => d).flatMap((d) => [
      reading(d - 0.5, "crm", { coverage: "partial", ordinal: null }),
      reading(d, "crm", { size: 6200 }),
    ]);
    expect(causeOf(counts, { history: always, ...writers(A, B) }).text).toContain("overwrite each other");
    const twice = Array.from({ length: READS }, (_, d) =>
      reading(d, "crm", { size: 6200, metrics: { duplicates: odd(d) ? 210 : 5 } }),
    );
    expect(causeOf(duelCounts(), { history: twice, ...writers(A, B) }).text).toBe(
      "the reads are at fault: when people go, CRM shows as many others twice",
    );
    const baseHistory = Array.from({ length: READS }, (_, d) =>
      reading(d, "crm", { size: odd(d) ? 8800 : 9000, audience: null }),
    );
    expect(causeOf(duelCounts(), { baseHistory, ...writers(A, B) }).text).toBe(
      "the reads are at fault: the whole of CRM becomes smaller and larger with the list",
    );
  });

  const swap = (over: Partial<FlipCounts>) =>
    duelCounts({ entries: Array(19).fill(100), exits: Array(19).fill(100), ...over });
  test("identity: as many come as go, with their records, or by sizes and the owner's half", () => {
    const history = Array.from({ length: READS }, (_, d) =>
      reading(d, "crm", { size: 6200, metrics: { records: 6300 } }),
    );
    const halves = { steady: 100, flipping: 0, known: 100 };
    expect(causeOf(swap({ inBase: 198 }), writers(A, B)).text).toContain(
      "their records leave and enter all of CRM",
    );
    expect(causeOf(swap({ inBase: null, atOwner: halves }), { history, ...writers(A, B) }).text).toContain(
      "Warehouse knows one of two",
    );
    // Two writers who take turns with two halves of the people: the records stay, and the owner knows them all.
    expect(causeOf(swap({ inBase: 3 }), writers(A, B)).text).toContain("overwrite each other");
    expect(causeOf(swap({ inBase: null }), { history, ...writers(A, B) }).text).toContain(
      "overwrite each other",
    );
  });

  test("jitter: the owner's people flip too, or the rule looks at the clock", () => {
    expect(
      causeOf(duelCounts({ atOwner: { steady: 0, flipping: 180, known: 200 } }), writers(A, B)).text,
    ).toBe("the rule in Warehouse, the owner, lets the same people out and in");
    const spread = swap({ atOwner: null, inBase: 0 });
    const segment = (sql: string): SegmentConfig => ({
      ...(AUDIENCE.segments[1] as SegmentConfig),
      source: { sql },
    });
    const audience = (sql: string) => ({ ...AUDIENCE, owner: systemId("crm"), segments: [segment(sql)] });
    const own = (sql: string, counts = spread) => causeOf(counts, { audience: audience(sql), isOwner: true });
    expect(own("select email from x where seen > now() - interval '30 days'").text).toContain(
      "looks at the clock",
    );
    expect(own("select email from x where active")).toEqual({ certainty: "unclear", text: null });
    const rare = {
      ...spread,
      entries: spread.entries.map((n, i) => (i % 3 ? 0 : n)),
      exits: Array(19).fill(0),
    };
    expect(own("select email from x where seen > now() - interval '30 days'", rare).text).toBeNull();
  });

  test("a rule that was changed there and back", () => {
    const changes = Array.from({ length: 19 }, (_, d) => ({
      at: at(d + 0.5),
      system: systemId("crm"),
      audience: AUDIENCE.id,
      certainty: "confirmed" as const,
      text: "the rule of “Active” in CRM was changed",
    }));
    expect(causeOf(duelCounts(), { changes, ...writers(A, B) })).toMatchObject({
      certainty: "confirmed",
      text: expect.stringMatching(
        /^the rule was changed 19 times, and people moved with it; last: the rule of/,
      ),
    });
    expect(causeOf(duelCounts(), { changes: changes.slice(0, 12), ...writers(A, B) }).text).toContain(
      "overwrite",
    );
  });
});

describe("two writers", () => {
  test("the phase of the moves names who brings and who takes, from the schedule or the runs", () => {
    const odd = { ...A, schedule: "30 2 1-31/2 * *" };
    const even = { ...B, schedule: "30 2 2-30/2 * *" };
    const text =
      "“nightly sync” and “CRM workflow” both write it and overwrite each other: people come after “nightly sync” has run, and go after “CRM workflow”";
    expect(causeOf(duelCounts(), writers(odd, even)).text).toBe(text);
    const run = (job: string, day: number) => ({
      job,
      id: `${job}-${day}`,
      state: "succeeded" as const,
      startedAt: at(day - 0.3),
      endedAt: at(day - 0.2),
      rowsRead: null,
      rowsWritten: 200,
      rowsFailed: null,
      receivedAt: at(day - 0.2),
    });
    const days = Array.from({ length: 24 }, (_, i) => i - 4);
    const syncRuns = days.flatMap((day) => [
      run(day % 2 === 0 ? A.name : B.name, day),
      // What failed wrote nothing.
      { ...run(B.name, day), id: `failed-${day}`, state: "failed" as const, endedAt: at(day - 0.1) },
    ]);
    const told = found(duelInput(duelCounts(), { syncRuns, ...writers(A, B) }));
    expect(told.cause.text).toBe(text);
    expect(told.maths).toMatchObject({
      "Writers known from": "their runs",
      "Share explained": 1,
      "Runs of “nightly sync”": "nightly sync-14, nightly sync-16, nightly sync-18",
    });
  });

  test("both before every read: the owner's list says who brings them, else nobody can", () => {
    expect(causeOf(duelCounts(), writers(B, A)).text).toBe(
      "“nightly sync” and “CRM workflow” both write it and overwrite each other: “nightly sync” brings them from Warehouse, which has them all the time, and “CRM workflow” takes them out",
    );
    const unknown = found(
      duelInput(duelCounts({ atOwner: { steady: 20, flipping: 0, known: 150 } }), writers(A, B)),
    );
    expect(unknown.cause.text).toBe(
      "“nightly sync” and “CRM workflow” both write it and overwrite each other",
    );
    expect(unknown.todo[0]).toBe(
      "Leave Active customers in CRM to one of “nightly sync” and “CRM workflow”: nothing says that Warehouse, the owner, decides",
    );
  });

  test("three are listed: which two, the runs do not tell", () => {
    expect(causeOf(duelCounts(), writers(A, B, { ...B, name: "import" })).text).toBe(
      "two of “nightly sync”, “CRM workflow” and “import” overwrite each other; which ones, their runs do not tell",
    );
  });

  test("the vendor's own record goes first, when it saw as many changed as flip", () => {
    const change = (source: string, records: number) => ({
      attribute: "plan",
      source,
      records,
      latestAt: at(TODAY - 1),
    });
    const changedBy = [change("INTEGRATION: ETL", 900), change("IMPORT", 210), change("CRM_UI", 4)];
    const told = found(duelInput(duelCounts(), { changedBy, ...writers(A, B) }));
    expect(told.cause.text).toBe(
      "“INTEGRATION: ETL” and “IMPORT” both write the field plan and overwrite each other, by the record of CRM",
    );
    expect(told.todo[0]).toBe(
      "No rule says who decides about plan: add it to `attributes`, with `owners` and `merge: owner_wins`",
    );
    const few = [change("INTEGRATION: ETL", 900), change("CRM_UI", 4)];
    expect(causeOf(duelCounts(), { changedBy: few, ...writers(A, B) }).text).toContain("nightly sync");
  });

  test("writers of one attribute: the rule that is missing, or that one does not keep", () => {
    const jobs = [A, B].map((w) => ({ ...w, audiences: [], attributes: ["plan"] }));
    const rule = {
      name: "plan",
      title: "Plan",
      owners: [systemId("warehouse")],
      merge: "owner_wins" as const,
      class: "plain" as const,
      values: null,
      pattern: null,
    };
    const first = (attributes: (typeof rule | (Omit<typeof rule, "merge"> & { merge: "manual" }))[]) =>
      found(duelInput(duelCounts(), { config: { ...CONFIG, writers: jobs, attributes } })).todo[0];
    expect(first([rule])).toBe("By the rule of plan, Warehouse decides; one of the two does not keep to it");
    expect(first([{ ...rule, merge: "manual" }])).toBe(
      "The rule of plan does not say who decides: give it `owners` and `merge: owner_wins`",
    );
  });

  test("one writer, or none: can't tell, and it says so", () => {
    const told = found(duelInput(duelCounts(), writers(A, { ...B, enabled: false })));
    expect(told.cause).toEqual({ certainty: "unclear", text: null });
    expect(told.maths.Diagnosis).toBe("can’t tell");
    expect(causeOf(null)).toEqual({ certainty: "unclear", text: null });
  });

  test("readings that are no longer known explain nothing, and break nothing", () => {
    const history = [reading(TODAY - 1, "crm"), reading(TODAY, "crm")];
    expect(causeOf(duelCounts(), { history, ...writers(A, B) }).text).toContain("brings them from Warehouse");
    expect(runOf(TODAY)).toBe(history[1]?.runId);
  });
});
