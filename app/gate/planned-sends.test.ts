import { describe, expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { configError } from "../../config/problem.ts";
import { fixedClock } from "../../core/clock.ts";
import type { KnownCampaign } from "../../core/facts.ts";
import type { GateSend } from "../../core/gate.ts";
import { audienceId, type Instant, systemId } from "../../core/model.ts";
import { dueLooks } from "./job.ts";
import { sendNamed, sendsOf } from "./planned-sends.ts";

const NOW = "2026-11-24T08:00:00.000Z" as Instant;
const at = (time: string) => `2026-11-24T${time}:00.000Z` as Instant;
const configOf = (calendar: string) => {
  const loaded = loadConfig(
    `company: Meadow
systems:
  - { id: crm, title: CRM, kind: files, folder: ./crm, columns: { email: email } }
  - { id: shop, title: Shop, kind: files, folder: ./shop, sends: true, columns: { email: email } }
audiences:
  - id: active
    title: Active customers
    purpose: marketing
    owner: crm
    segments: [{ system: crm, file: a.csv }, { system: shop, file: a.csv }]
  - id: dnc
    title: Do not contact
    purpose: suppression
    owner: crm
    segments: [{ system: crm, file: d.csv }]
calendar:
${calendar}
`,
    { file: "test.yaml" },
  );
  if (!loaded.ok) throw configError(loaded.problems);
  return loaded.config;
};
const campaign = (over: Partial<KnownCampaign> = {}): KnownCampaign => ({
  id: "c1",
  name: "Autumn drop",
  system: systemId("shop"),
  state: "scheduled",
  at: at("09:00"),
  includes: [{ name: "Active", audiences: [audienceId("active")] }],
  excludes: [{ name: "Unengaged", audiences: [] }],
  lastSeen: at("05:00"),
  ...over,
});
const sends = (calendar: string, campaigns: readonly KnownCampaign[] = []) =>
  sendsOf(configOf(calendar), campaigns, fixedClock(NOW));
const line = (rest: string) => `  - { name: Letter, system: shop, audience: active, ${rest} }`;

describe("planned sends", () => {
  test("of the calendar, with who is left out, at their next time", () => {
    expect(sends(line(`cron: "30 9 * * *", excludes: [dnc], transactional: true`))).toMatchObject([
      {
        id: "Letter",
        at: at("09:30"),
        source: "calendar",
        toldAt: null,
        transactional: true,
        includes: [{ name: "Active customers", audiences: ["active"] }],
        excludes: [{ name: "Do not contact", audiences: ["dnc"] }],
      },
    ]);
    expect(sends(line(`at: "2026-11-24T07:00:00Z"`))).toEqual([]); // it went out
  });

  test("the system's own word counts where both speak of one send; the calendar says what kind it is", () => {
    const same = sends(line(`at: "2026-11-24T09:00:00Z", transactional: true`), [campaign()]);
    expect(same).toMatchObject([{ id: "c1", source: "campaign", transactional: true }]);
    expect(same[0]?.excludes).toEqual([{ name: "Unengaged", audiences: [] }]);
    const byName = sends(line(`at: "2026-11-24T10:15:00Z"`), [campaign({ name: "letter" })]);
    expect(byName.map((s) => s.at)).toEqual([at("09:00")]);
    const other = sends(line(`at: "2026-11-24T10:15:00Z"`), [campaign()]);
    expect(other.map((s) => s.id)).toEqual(["c1", "Letter"]);
  });

  test("drafts count when they are asked for; what was sent does not", () => {
    const all = [campaign({ id: "d", state: "draft", at: null }), campaign({ id: "s", state: "sent" })];
    expect(sends(line(`at: "2026-12-01T09:00:00Z"`), all).map((s) => s.id)).toEqual(["Letter", "d"]);
  });
});

describe("by name or id", () => {
  const two = sends(line(`at: "2026-12-01T09:00:00Z"`), [
    campaign(),
    campaign({ id: "c2", at: at("12:00") }),
  ]);
  test("an id is exact; a name is the next of that name, however it is written", () => {
    expect(sendNamed(two, "c2").id).toBe("c2");
    expect(sendNamed(two, " autumn DROP ").id).toBe("c1");
  });
  test("a name in two systems, and one that nobody plans, say what to do", () => {
    const crm = [...two, { ...(two[0] as GateSend), id: "x9", system: systemId("crm"), systemTitle: "CRM" }];
    expect(() => sendNamed(crm, "Autumn drop")).toThrow(/Shop and CRM each have .* → use an id: c1, c2, x9/);
    expect(() => sendNamed(two, "Spring")).toThrow(/use one of “Autumn drop”/);
    expect(() => sendNamed([], "Spring")).toThrow(/write it into calendar:/);
  });
});

describe("the look that is due", () => {
  const due = (now: string) =>
    dueLooks(sends(line(`at: "2026-12-01T09:00:00Z"`), [campaign()]), at(now)).map((l) => [
      l.window.minutesBefore,
      l.fireTime,
    ]);
  test.each([
    ["07:59", []],
    ["08:00", [[60, at("08:00")]]],
    ["08:44", [[60, at("08:00")]]],
    ["08:45", [[15, at("08:45")]]],
    ["08:59", [[15, at("08:45")]]],
    ["09:00", []],
  ])("at %s", (now, looks) => expect(due(now)).toEqual(looks));
  test("none at a draft, whatever its time", () => {
    expect(
      dueLooks(sends(line(`at: "2026-12-01T09:00:00Z"`), [campaign({ state: "draft" })]), at("08:00")),
    ).toEqual([]);
  });
  test("none at a send without a time", () => {
    expect(
      dueLooks(sends(line(`at: "2026-12-01T09:00:00Z"`), [campaign({ state: "draft", at: null })]), NOW),
    ).toEqual([]);
  });
});
