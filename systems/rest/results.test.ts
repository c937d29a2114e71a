import { describe, expect, it } from "vitest";
import type { RestResults } from "../../core/rest-config.ts";
import { verdictsOf } from "./results.ts";

const by = (more: Partial<RestResults> = {}): RestResults => ({
  path: "results",
  by: "index",
  id: null,
  ok: "status == 'ok'",
  noop: "status == 'same'",
  refused: "status == 'no'",
  consent: "code == 'opted_out'",
  ...more,
});
const verdicts = (results: RestResults | null, list: unknown, ids: string[]) =>
  verdictsOf("shop", results, { results: list }, ids);

describe("results of a batch", () => {
  it("are told apart in order, the strictest reading first", () => {
    const list = [
      { status: "ok" },
      { status: "same" },
      { status: "no" },
      { status: "ok", code: "opted_out" },
      { status: "?" },
      null,
    ];
    expect(verdicts(by(), list, ["a", "b", "c", "d", "e", "f"])).toEqual([
      "ok",
      "noop",
      "refused",
      "consent",
      "failed",
      "failed",
    ]);
  });
  it("are told apart by id, in any order; silence is unknown", () => {
    const list = [
      { id: 2, status: "ok" },
      { id: 1, status: "same" },
      { id: 9, status: "ok" },
    ];
    expect(verdicts(by({ by: "id", id: "id" }), list, ["1", "2", "3"])).toEqual(["noop", "ok", "unknown"]);
    const twice = [
      { id: 1, status: "ok" },
      { id: 1, status: "no" },
    ];
    expect(verdicts(by({ by: "id", id: "id" }), twice, ["1"])).toEqual(["unknown"]);
  });
  it("are unknown when the list is missing or has another length", () => {
    expect(verdicts(by(), undefined, ["a"])).toEqual(["unknown"]);
    expect(verdicts(by(), [{ status: "ok" }], ["a", "b"])).toEqual(["unknown", "unknown"]);
    expect(verdicts(null, undefined, ["a"])).toEqual(["ok"]);
  });
});
