import { describe, expect, test } from "vitest";
import type { Transition } from "../core/finding.ts";
import { aFinding, anIncident } from "../test/golden/samples.ts";
import { dispatch, isStorm, kindOf, loudest } from "./dispatch.ts";

const told = { channel: "C1", ts: "1.1", generation: 1, version: 1 };
const open = anIncident({ version: 2 });
const resolved = anIncident({ state: "resolved", version: 3 });
const blind = anIncident({ finding: aFinding({ cantTell: true, check: "freshness" }) });

describe("what to do about a change", () => {
  test.each([
    ["a new one", { kind: "opened", incident: open, told: null, systemTold: false }, "post", "first"],
    [
      "never told, seen again",
      { kind: "seen", incident: open, told: null, systemTold: false },
      "post",
      "not_told_before",
    ],
    [
      "never told and gone",
      { kind: "resolved", incident: resolved, told: null, systemTold: false },
      "nothing",
      "never_told",
    ],
    [
      "blind, and its system has been told",
      { kind: "opened", incident: blind, told: null, systemTold: true },
      "nothing",
      "told_with_its_system",
    ],
    [
      "told in this version",
      { kind: "seen", incident: open, told: { ...told, version: 2 }, systemTold: false },
      "nothing",
      "told_already",
    ],
    ["other numbers", { kind: "seen", incident: open, told, systemTold: false }, "update", "changed"],
    ["taken", { kind: "taken", incident: open, told, systemTold: false }, "update", "state_changed"],
    [
      "resolved",
      { kind: "resolved", incident: resolved, told, systemTold: false },
      "update",
      "state_changed",
    ],
    ["worse", { kind: "escalated", incident: open, told, systemTold: false }, "post_anew", "escalated"],
    ["back", { kind: "regressed", incident: open, told, systemTold: false }, "post_anew", "regressed"],
    [
      "worse, but resolved while it waited",
      { kind: "escalated", incident: resolved, told, systemTold: false },
      "update",
      "state_changed",
    ],
    [
      "in a roll-up",
      { kind: "taken", incident: open, told: { ...told, generation: 0 }, systemTold: false },
      "update_roll_up",
      "state_changed",
    ],
    [
      "worse, in a roll-up",
      { kind: "escalated", incident: open, told: { ...told, generation: 0 }, systemTold: false },
      "post_anew",
      "escalated",
    ],
  ] as const)("%s", (_, input, what, because) =>
    expect(dispatch(input)).toMatchObject({ do: what, because }),
  );

  test("the end of a snooze is heard in the channel", () =>
    expect(dispatch({ kind: "woken", incident: open, told, systemTold: false })).toMatchObject({
      do: "update",
      broadcast: true,
    }));
});

test("storms: the sixth within the window", () => {
  expect([isStorm(5, 0), isStorm(6, 0), isStorm(1, 5), isStorm(2, 3), isStorm(0, 99)]).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
});

test("of what waited, the loudest is told", () => {
  expect(loudest(["seen", "taken", "regressed"])).toBe("regressed");
  expect(loudest([])).toBe("seen");
});

test("a person's change is told from a reading's", () => {
  const finding = aFinding();
  const update = (incident: typeof open): Transition => ({
    kind: "update",
    incident,
    finding,
    escalated: false,
  });
  const taken = anIncident({ state: "acknowledged", version: 2 });
  expect(kindOf(update(taken), taken)).toBe("taken");
  expect(kindOf(update({ ...taken, version: 1 }), taken)).toBe("seen");
  expect(kindOf(update(resolved), resolved)).toBe("resolved");
});
