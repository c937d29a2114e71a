import { expect, test } from "vitest";
import { type AudienceId, audienceId, type Instant, systemId } from "../core/model.ts";
import { AUDIENCE, CONFIG, SUPPRESSION } from "../test/property/checks-input.ts";
import { nextSend } from "./next-send.ts";

const now = "2026-11-24T05:20:00.000Z" as Instant;
const news = systemId("news");
const send = (name: string, audience: AudienceId, when: { at?: string; cron?: string }) => ({
  name,
  system: news,
  audience,
  at: when.at ?? null,
  cron: when.cron ?? null,
});
const config = (calendar: (typeof CONFIG)["calendar"]) => ({
  ...CONFIG,
  audiences: [AUDIENCE, SUPPRESSION],
  calendar,
});
const other = audienceId("trial");

test("the soonest of the planned sends to this audience from this system", () => {
  const calendar = [
    send("Weekly letter", AUDIENCE.id, { cron: "0 9 * * thu" }),
    send("Autumn drop", AUDIENCE.id, { at: "2026-11-24T09:00:00.000Z" }),
    send("Trial tips", other, { at: "2026-11-24T06:00:00.000Z" }),
  ];
  expect(nextSend(config(calendar), AUDIENCE.id, news, now)).toEqual({
    name: "Autumn drop",
    at: "2026-11-24T09:00:00.000Z",
    system: news,
  });
  expect(nextSend(config(calendar), AUDIENCE.id, systemId("crm"), now)).toBeNull();
});

test("a suppression list guards every send, and null asks for any audience", () => {
  const calendar = [send("Trial tips", other, { at: "2026-11-24T06:00:00.000Z" })];
  expect(nextSend(config(calendar), SUPPRESSION.id, news, now)?.name).toBe("Trial tips");
  expect(nextSend(config(calendar), null, null, now)?.name).toBe("Trial tips");
});

test("past sends and unreadable schedules are not known, never invented", () => {
  expect(
    nextSend(config([send("Gone", AUDIENCE.id, { at: "2026-11-24T05:20:00.000Z" })]), AUDIENCE.id, news, now),
  ).toBeNull();
  expect(
    nextSend(config([send("Odd", AUDIENCE.id, { cron: "whenever" })]), AUDIENCE.id, news, now),
  ).toBeNull();
});
