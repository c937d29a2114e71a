import { afterAll, beforeAll, expect, it } from "vitest";
import { ruleCauseOf } from "../../app/repair/rule-cause.ts";
import type { Attribution } from "../../core/attribution.ts";
import type { Incident } from "../../core/finding.ts";
import { audienceId, type Instant, runId, systemId } from "../../core/model.ts";
import { putDefinitions } from "../../store/put-definitions.ts";
import { makeWorld, type SimWorld } from "./world.ts";

let world: SimWorld;
beforeAll(async () => {
  world = await makeWorld({ people: 1 });
});
afterAll(() => world.close());

const at = (hour: number): Instant => `2026-11-02T${String(hour).padStart(2, "0")}:00:00.000Z` as Instant;
const seen = (definition: string, hour: number, changedAt: Instant | null = null) =>
  putDefinitions(
    world.app.db,
    [
      {
        audience: audienceId("active"),
        system: systemId("ghost"),
        name: "Active",
        definition,
        hash: definition,
        changedAt,
      },
    ],
    at(hour),
  );
const none = { came: 0, left: 0 };

function incident(left: number, rule: Attribution["rule"]): Incident {
  const attribution = {
    audience: audienceId("active"),
    system: systemId("ghost"),
    runId: runId("r1"),
    parts: { rule: { came: 0, left }, data: none, identity: none, snapshot: none, unexplained: none },
    rule,
  };
  return { finding: { attribution } } as unknown as Incident;
}

it("an edit of the rule is the cause while it stands, and only where it moved people", async () => {
  const rule = {
    at: at(7),
    certainty: "confirmed" as const,
    text: "the rule of “Active” in Ghost was changed",
  };
  await seen("plan is pro", 6);
  await seen("plan is pro or team", 8, at(7));
  expect(await ruleCauseOf(world.app, incident(40, rule))).toEqual({ system: "ghost", ...rule });
  expect(await ruleCauseOf(world.app, incident(0, rule))).toBeNull();
  expect(await ruleCauseOf(world.app, incident(40, null))).toBeNull();
  expect(await ruleCauseOf(world.app, { finding: {} } as Incident)).toBeNull();
  expect(await ruleCauseOf(world.app, null)).toBeNull();

  // put back: the place of repair is open again
  await seen("plan is pro", 10);
  expect(await ruleCauseOf(world.app, incident(40, rule))).toBeNull();
});
