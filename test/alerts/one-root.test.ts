import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drainOutbox } from "../../app/alerts/notify.ts";
import type { Incident } from "../../core/finding.ts";
import { type AlertWorld, alertWorld, finding, headerOf, opening } from "./alert-world.ts";

let w: AlertWorld;
beforeAll(async () => {
  w = await alertWorld();
});
afterAll(() => w.close());

const STEPS = [
  "seen",
  "worse",
  "take",
  "snooze",
  "resolve",
  "resolve_by_hand",
  "back",
  "slack_fails",
  "post_lost",
  "update_lost",
  "deleted",
  "drain",
] as const;
type Step = (typeof STEPS)[number];
let run = 0;

/** I10: whatever happens to an incident, exactly one message in the channel is its message now. */
test("one root message per incident, over random histories", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 14 }), async (steps) => {
      const name = `p${++run}`;
      w.clock.add(3_600_000);
      let [incident] = await w.audit([opening(name)]);
      for (const [i, step] of steps.entries()) {
        w.clock.add(3_600_000);
        incident = await play(step, incident as Incident, `${name} ${i}`);
      }
      for (let i = 0; i < 30 && (await w.base.notices.outbox()).length > 0; i++) {
        w.clock.add(3_600_000); // on the hour, so that what has failed often is due as well
        await drainOutbox(w.base);
      }
      const mine = w
        .roots()
        .filter(
          (m) =>
            JSON.stringify(m).includes(`INC-${incident?.id}"`) ||
            JSON.stringify(m).includes(`INC-${incident?.id},`),
        );
      const told = await w.base.notices.slackMessage(incident?.id ?? 0);
      expect(
        mine.filter((m) => !headerOf(m).startsWith("→")).map((m) => m.ts),
        steps.join(" "),
      ).toEqual([told?.ts].filter((ts) => mine.some((m) => m.ts === ts)));
      expect(await w.base.notices.outbox()).toEqual([]);
      const live = w.roots().find((m) => m.ts === told?.ts);
      if (live !== undefined)
        expect(headerOf(live).startsWith("✓"), steps.join(" ")).toBe(incident?.state === "resolved");
    }),
    { numRuns: 25 },
  );
}, 120_000);

async function play(step: Step, incident: Incident, text: string): Promise<Incident> {
  const now = (await w.base.audits.openIncidents()).find((i) => i.id === incident.id) ?? incident;
  const worse = { moved: `${text}: moved.`, title: now.finding.title };
  const live = now.state !== "resolved";
  const after = async (transitions: Parameters<AlertWorld["audit"]>[0]) =>
    (await w.audit(transitions))[0] ?? now;
  switch (step) {
    case "seen":
    case "worse":
      return live
        ? after([
            { kind: "update", incident: now, finding: finding(text, worse), escalated: step === "worse" },
          ])
        : now;
    case "take":
    case "snooze":
      return live ? w.person(now, step) : now;
    case "resolve_by_hand":
      return live ? w.person(now, "resolve") : now;
    case "resolve":
      return live ? after([{ kind: "resolve", incident: now, because: "" }]) : now;
    case "back":
      return live ? now : after([{ kind: "regress", incident: now, finding: finding(text, worse) }]);
    case "slack_fails":
      w.slack.fault({ error: "http_500" });
      return now;
    case "post_lost":
      w.slack.fault({ method: "chat.postMessage", error: "reset", afterEffect: true });
      return now;
    case "update_lost":
      w.slack.fault({ method: "chat.update", error: "reset", afterEffect: true });
      return now;
    case "deleted": {
      const told = await w.base.notices.slackMessage(now.id);
      if (told !== null) w.slack.delete(told.channel, told.ts);
      return now;
    }
    case "drain":
      await drainOutbox(w.base);
      return now;
  }
}
