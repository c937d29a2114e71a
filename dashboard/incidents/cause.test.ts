import { expect, it } from "vitest";
import { incidentDetail } from "../dev/incidents.ts";
import { momentsOf } from "./cause.tsx";

it("tells what happened around the jump in order, and leaves out what is far away", () => {
  const detail = incidentDetail(1042);
  const far = { at: "2026-10-01T05:00:00.000Z", text: "far away" };
  const moments = momentsOf({ ...detail, changes: [...detail.changes, far] });
  expect(moments.map((m) => m.at)).toEqual([...moments.map((m) => m.at)].sort());
  expect(moments.some((m) => m.text === "far away")).toBe(false);
  expect(moments.map((m) => m.lane)).toContain("Configuration");
  expect(moments.at(-1)?.lane).toBe("Schedule");
});
