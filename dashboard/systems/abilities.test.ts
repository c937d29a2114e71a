import { expect, test } from "vitest";
import { systemList } from "../dev/reads.ts";
import { abilitiesOf, jobState, settleWords } from "./abilities.ts";

const when = (at: string) => at.slice(11, 16);
const of = (id: string) => {
  const system = systemList.systems.find((s) => s.id === id);
  if (!system?.capabilities) throw new Error(`no fixture for ${id}`);
  return abilitiesOf(system.capabilities, system.limitShare);
};

test("what a system cannot do is a line of its own, with what follows from it", () => {
  const lines = Object.fromEntries(of("google_ads").map((a) => [a.name, `${a.can} ${a.text}`]));
  expect(lines).toMatchObject({
    "Reading members": "false counts only, identifiers hashed",
    "Every record": "false no: match rates can’t be told",
    "Time of joining": "false no: when somebody joined is seen from read to read",
    Writing: "false never; read-only",
  });
  const klaviyo = Object.fromEntries(of("klaviyo").map((a) => [a.name, a.text]));
  expect(klaviyo.Writing).toBe(
    "as a job of the vendor: suppress, remove from lists and add to lists, up to 1,000 at once",
  );
  expect(klaviyo["Rate limits"]).toBe("30 % are ours");
});

test("how long a write takes to show", () => {
  expect(settleWords({ typicalMs: 0, maxMs: 0 })).toBe("at once");
  expect(settleWords({ typicalMs: 10_000, maxMs: 900_000 })).toBe("about 10 s, at most 15 min");
});

const run = {
  job: "nightly",
  id: "1",
  state: "succeeded" as const,
  startedAt: "2026-11-24T01:30:00.000Z",
  endedAt: "2026-11-24T01:40:00.000Z",
  rowsRead: 48_316,
  rowsWritten: 212,
  rowsFailed: 0,
  receivedAt: "2026-11-24T01:41:00.000Z",
};
const job = { name: "nightly", schedule: "30 2 * * *", enabled: true, overdueSince: null, runs: [run] };

test("a job's state is what its tool told, and silence is no success", () => {
  expect(jobState(job, when)).toEqual({
    mark: "fine",
    text: "succeeded 01:40, rows: 48,316 read, 212 written",
  });
  expect(jobState({ ...job, runs: [] }, when).mark).toBe("cant_tell");
  expect(jobState({ ...job, enabled: false }, when).text).toBe("switched off");
  expect(jobState({ ...job, overdueSince: "2026-11-24T02:30:00.000Z" }, when)).toEqual({
    mark: "look",
    text: "overdue: due 02:30, last started 01:30",
  });
  const failed = { ...run, state: "failed" as const, endedAt: null, rowsRead: null, rowsWritten: null };
  expect(jobState({ ...job, runs: [{ ...failed, rowsFailed: 7 }] }, when)).toEqual({
    mark: "look",
    text: "failed 01:41, rows: 7 failed",
  });
  expect(jobState({ ...job, runs: [{ ...run, rowsWritten: 0 }, run] }, when).mark).toBe("look");
});
