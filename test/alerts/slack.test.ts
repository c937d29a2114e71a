import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drainOutbox, makeNotify } from "../../app/alerts/notify.ts";
import type { Incident } from "../../core/finding.ts";
import { type AlertWorld, alertWorld, finding, headerOf, opening } from "./alert-world.ts";

let w: AlertWorld;
let n = 0;
const subject = () => `s${++n}`;
beforeAll(async () => {
  w = await alertWorld();
});
afterAll(() => w.close());
beforeEach(() => w.clock.add(3_600_000));

const one = async (name = subject()): Promise<Incident> => {
  const [incident] = await w.audit([opening(name)]);
  if (incident === undefined) throw new Error("nothing was opened");
  return incident;
};
const rootsOf = (i: Incident) => w.roots().filter((m) => JSON.stringify(m).includes(`INC-${i.id}`));
const repliesTo = (ts: string | undefined) =>
  w.slack
    .messages()
    .filter((m) => m.threadTs === ts)
    .map((m) => m.text);
const current = async (i: Incident) => (await w.base.audits.openIncidents()).find((o) => o.id === i.id) ?? i;

describe("one message per incident, updated in place", () => {
  test("opened, seen again, taken, resolved", async () => {
    const incident = await one();
    expect(rootsOf(incident).map(headerOf)).toEqual([
      expect.stringMatching(/^◆ Active customers is too large in Shop/),
    ]);
    w.clock.add(86_400_000);
    await w.audit([
      {
        kind: "update",
        incident,
        finding: finding(`s${n}`, { moved: "80,000 people, up 31,700.", people: 31_700 }),
        escalated: false,
      },
    ]);
    expect(rootsOf(incident)[0]?.text).toContain("80,000 people");
    const taken = await w.person(await current(incident), "take");
    expect(headerOf(rootsOf(incident)[0])).toMatch(/^◇/);
    await w.audit([{ kind: "resolve", incident: taken, because: "Back to normal on a complete read" }]);
    const [root, ...others] = rootsOf(incident);
    expect(others).toEqual([]);
    expect(headerOf(root)).toBe("✓ Active customers is back to normal in Shop");
    expect(root?.text).toContain("Peak: 31,700 people");
    expect(root?.versions).toHaveLength(3);
    expect(repliesTo(root?.ts)).toEqual([
      "Ana is on it.",
      "Resolved: a complete read does not show it any more.",
    ]);
    expect(await w.base.notices.outbox()).toEqual([]);
    expect(JSON.stringify(w.slack.messages())).not.toContain("ana@example.com");
  });

  test("worse posts anew, linking back, and the older one says where it went on", async () => {
    const incident = await one();
    await w.audit([
      { kind: "update", incident, finding: finding(`s${n}`, { people: 60_000 }), escalated: true },
    ]);
    const [old, now] = rootsOf(incident);
    expect(headerOf(old)).toMatch(/^→/);
    expect(now?.text).toContain("Worse than when last told");
    expect(JSON.stringify(now?.blocks)).toContain(`/p${old?.ts.replace(".", "")}`);
    expect(JSON.stringify(old?.blocks)).toContain(`/p${now?.ts.replace(".", "")}`);
    expect(await w.base.notices.slackMessage(incident.id)).toMatchObject({ ts: now?.ts, generation: 2 });
  });

  test("back after it was resolved posts anew", async () => {
    const incident = await one();
    const [gone] = await w.audit([{ kind: "resolve", incident, because: "" }]);
    await w.audit([{ kind: "regress", incident: gone ?? incident, finding: finding(`s${n}`) }]);
    expect(rootsOf(incident).map((m) => headerOf(m).charAt(0))).toEqual(["→", "↻"]);
  });

  test("a message that somebody deleted is posted anew", async () => {
    const incident = await one();
    w.slack.delete("C0ALERTS", rootsOf(incident)[0]?.ts ?? "");
    await w.person(incident, "take");
    expect(rootsOf(incident).map((m) => headerOf(m).charAt(0))).toEqual(["◇"]);
    expect(await w.base.notices.slackMessage(incident.id)).toMatchObject({ generation: 2 });
  });

  test("can't tell: one per system", async () => {
    const blind = (s: string, audience: null | "active") =>
      opening(s, {
        check: audience === null ? "run_failure" : "freshness",
        cantTell: true,
        ...(audience === null ? { audience } : {}),
        title: "Shop refuses our key",
      });
    const [whole] = await w.audit([blind(subject(), null)]);
    const before = w.roots().length;
    await w.audit([blind(subject(), "active")]);
    expect(w.roots()).toHaveLength(before);
    expect(headerOf(rootsOf(whole as Incident)[0])).toBe("○ Can’t tell: Shop refuses our key");
    await w.audit([{ kind: "resolve", incident: whole as Incident, because: "" }]);
  });
});

describe("storm", () => {
  test("six at once are one message, which follows what becomes of them", async () => {
    const before = w.roots().length;
    const incidents = await w.audit(Array.from({ length: 6 }, () => opening(subject())));
    expect(w.roots()).toHaveLength(before + 1);
    expect(headerOf(w.roots().at(-1))).toBe("◆ 6 incidents at once, 6 to act on now");

    w.clock.add(60_000);
    const [seventh] = await w.audit([opening(subject(), { title: "A leak in Shop" })]);
    expect(w.roots()).toHaveLength(before + 1);
    expect(headerOf(w.roots().at(-1))).toBe("◆ 7 incidents at once, 7 to act on now");
    expect(repliesTo(w.roots().at(-1)?.ts).at(-1)).toContain(`INC-${seventh?.id}: A leak in Shop`);

    await w.person(incidents[0] as Incident, "resolve");
    expect(JSON.stringify(w.roots().at(-1)?.blocks)).toContain("✓");
    await w.audit([
      {
        kind: "update",
        incident: incidents[1] as Incident,
        finding: finding("x", { people: 90_000 }),
        escalated: true,
      },
    ]);
    expect(w.roots()).toHaveLength(before + 2); // the worse one has a message of its own now
    expect(await w.base.notices.slackMessage(incidents[1]?.id ?? 0)).toMatchObject({ generation: 1 });
  });

  test("five are five messages, and an hour later one is one", async () => {
    w.clock.add(3_600_000);
    const before = w.roots().length;
    await w.audit(Array.from({ length: 5 }, () => opening(subject())));
    w.clock.add(3_600_000);
    await one();
    expect(w.roots()).toHaveLength(before + 6);
  });
});

describe("when Slack does not answer as hoped", () => {
  test.each([
    ["a short 429 is waited for", { error: "rate_limited", retryAfter: 0 }, 1, 0],
    ["a long 429 waits in the outbox", { error: "rate_limited", retryAfter: 120 }, 0, 1],
    ["a server error", { error: "http_500" }, 0, 1],
    ["a cut connection", { error: "reset" }, 0, 1],
    ["ok: false, token", { error: "invalid_auth" }, 0, 1],
    ["ok: false, channel", { error: "channel_not_found" }, 0, 1],
  ])("%s", async (_, fault, posted, waiting) => {
    const name = subject();
    w.slack.fault({ method: "chat.postMessage", ...fault });
    const incident = await one(name);
    expect(rootsOf(incident)).toHaveLength(posted);
    expect((await w.base.notices.outbox()).map((o) => [o.incidentId, o.attempts])).toEqual(
      waiting === 0 ? [] : [[incident.id, 1]],
    );
    if (waiting === 0) return;
    expect(w.logs.at(-1)?.event).toBe("notice.failed");
    expect(String(w.logs.at(-1)?.fields.error)).toMatch(/^slack: .+ → .+/);
    if (fault.error === "rate_limited") {
      w.clock.add(60_000);
      await drainOutbox(w.base);
      expect(rootsOf(incident)).toEqual([]); // Retry-After is kept
    }
    w.clock.add(120_000);
    await drainOutbox(w.base);
    expect(rootsOf(incident)).toHaveLength(1);
    expect(await w.base.notices.outbox()).toEqual([]);
  });

  test("a token that is refused costs one call, however many wait", async () => {
    w.slack.fault({ error: "invalid_auth" }); // a second call would get through
    const calls = w.slack.calls().length;
    await w.audit([opening(subject()), opening(subject()), opening(subject())]);
    expect(w.slack.calls().length - calls).toBe(1);
    expect(await w.base.notices.outbox()).toHaveLength(3);
    await drainOutbox(w.base);
    expect(await w.base.notices.outbox()).toEqual([]);
  });
});

describe("killed between post and save", () => {
  test("the next try finds the message and posts no other", async () => {
    const faultless = await alertWorld();
    try {
      let die = true;
      const dying = makeNotify({
        ...faultless.base,
        notices: {
          ...faultless.base.notices,
          saveSlackMessage: (id, m) => {
            if (!die) return faultless.base.notices.saveSlackMessage(id, m);
            die = false;
            throw new Error("killed");
          },
        },
      });
      const [incident] = await faultless.audit([opening("k")], dying);
      expect(faultless.roots()).toHaveLength(1);
      for (let i = 0; i < 3; i++) await drainOutbox(faultless.base);
      expect(faultless.roots()).toHaveLength(1);
      expect(await faultless.base.notices.slackMessage(incident?.id ?? 0)).toMatchObject({
        ts: faultless.roots()[0]?.ts,
        generation: 1,
      });
      expect(await faultless.base.notices.outbox()).toEqual([]);
    } finally {
      await faultless.close();
    }
  });

  test("an app that may not read the channel says it once more rather than not at all", async () => {
    w.slack.fault({ method: "chat.postMessage", error: "reset", afterEffect: true });
    const [incident] = await w.audit([opening(subject())]);
    w.slack.fault({ method: "conversations.history", error: "missing_scope" });
    await drainOutbox(w.base);
    expect(rootsOf(incident as Incident)).toHaveLength(2);
    expect(w.logs.filter((l) => l.event === "notice.in_doubt")).toHaveLength(1);
  });

  test("killed before the post loses nothing", async () => {
    const incident = await (async () => {
      const [made] = await w.audit([opening(subject())], async () => undefined);
      return made as Incident;
    })();
    expect(rootsOf(incident)).toEqual([]);
    await w.audit([
      { kind: "update", incident, finding: finding("later", { moved: "Still there." }), escalated: false },
    ]);
    expect(rootsOf(incident)).toHaveLength(1);
  });
});

test("no route: nothing is told and nothing waits", async () => {
  const calls = w.slack.calls().length;
  const config = { ...w.base.config, routes: { slack: null, mail: null } };
  await w.audit([opening(subject())], makeNotify({ ...w.base, config }), config);
  expect(w.slack.calls()).toHaveLength(calls);
  expect(await w.base.notices.outbox()).toEqual([]);
});
