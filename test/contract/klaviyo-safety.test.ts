import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SegmentSource } from "../../core/model.ts";
import type { OpenChange } from "../../core/ports.ts";
import { OP_ORDER } from "../../core/repair.ts";
import type { SeedProfile } from "../../demo/klaviyo/model.ts";
import { type KlaviyoSim, startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import { contextFor } from "./collector.ts";
import { quick } from "./ghost-world.ts";
import { klaviyoSystem } from "./klaviyo-world.ts";
import { changeFor } from "./writer.ts";

// Judged by what the account holds afterwards, not by what the writer says.
let sim: KlaviyoSim;
let activeId: string;
const list: SegmentSource = { list: "Active" };
beforeEach(async () => {
  sim = await startKlaviyoSim({ port: 0, jobMs: 0 });
  sim.control.setLimits(false);
  activeId = sim.control.addList("Active").id;
});
afterEach(() => sim.close());

const config = () => klaviyoSystem(sim.url);
const apply = (changes: readonly OpenChange[], source: SegmentSource) =>
  klaviyoWriter(config(), { secret: () => sim.key, ...quick }).apply(changes, source, contextFor());
const change = (op: OpenChange["op"], name: string) =>
  changeFor({ system: config().id }, op, `${name}@example.test`);

describe("whatever is asked of the Klaviyo writer", () => {
  const SOURCES: readonly SegmentSource[] = [
    list,
    { segment: "Engaged" },
    { subscribed: true },
    { subscribed: "sms" },
    { suppressed: true },
    { all: true },
    { sql: "select 1" },
  ];
  const PEOPLE: readonly SeedProfile[] = [
    {
      email: "in@example.test",
      consent: "SUBSCRIBED",
      lists: ["Active", "Other"],
      properties: { plan: "pro" },
    },
    { email: "never@example.test", lists: ["Other"] },
    { email: "out@example.test", consent: "UNSUBSCRIBED", lists: ["Other"] },
    {
      email: "spam@example.test",
      consent: "SUBSCRIBED",
      suppressions: ["SPAM_COMPLAINT"],
      lists: ["Active"],
    },
    { email: "bounced@example.test", consent: "SUBSCRIBED", suppressions: ["HARD_BOUNCE"] },
    { email: "hand@example.test", suppressions: ["USER_SUPPRESSED"], lists: ["Other"] },
  ];
  it("nobody becomes mailable or more consenting, nobody appears or disappears, and no other list changes", async () => {
    sim.control.addSegment("Engaged", { condition_groups: [] });
    const emails = PEOPLE.map((p) => p.email ?? "");
    for (const source of SOURCES) {
      for (const op of OP_ORDER) {
        sim.control.clear();
        sim.control.load(PEOPLE);
        const before = new Map(emails.map((e) => [e, sim.control.state(e)]));
        const changes = [...emails, "nobody@example.test"].map((email) =>
          changeFor({ system: config().id }, op, email, { attribute: "plan", value: "free" }),
        );
        expect(await apply(changes, source)).toHaveLength(changes.length);
        expect(sim.control.find("nobody@example.test")).toBeUndefined();
        expect(sim.control.counts().profiles).toBe(PEOPLE.length);
        for (const [email, was] of before) {
          const is = sim.control.state(email);
          expect(is?.consent).toBe(was?.consent);
          expect(is?.smsConsent).toBe(was?.smsConsent);
          expect(is?.suppressions).toEqual(expect.arrayContaining([...(was?.suppressions ?? [])]));
          if (was?.canReceiveEmail === false) expect(is?.canReceiveEmail).toBe(false);
          const others = (lists: readonly string[] = []) => lists.filter((l) => l !== activeId);
          expect(others(is?.lists)).toEqual(others(was?.lists));
        }
      }
    }
  });
  it("sends only what it is made to send", async () => {
    const { id } = sim.control.addList("Quiet");
    sim.control.addFlow({ name: "Hello", trigger: { type: "list", id } });
    sim.control.load([
      { email: "out@example.test", consent: "UNSUBSCRIBED" },
      { email: "in@example.test", consent: "SUBSCRIBED" },
    ]);
    await apply([change("add", "out"), change("add", "in")], { list: "Quiet" });
    expect(sim.control.sends().map((s) => s.profileId)).toEqual([sim.control.find("in@example.test")?.id]);
  });
});
