import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mailmanCollector } from "../../collectors/mailman.ts";
import { audienceId } from "../../core/model.ts";
import { mailmanWriter } from "../../sync/writers/mailman.ts";
import { collectorContract, contextFor, readAll } from "../contract/collector.ts";
import {
  depsOf,
  listTarget,
  mailmanSystem,
  mailmanWorld,
  mailmanWriterWorld,
  makeList,
  newDomain,
} from "../contract/mailman-world.ts";
import { changeFor, writerContract } from "../contract/writer.ts";
import { type RealMailman, startRealMailman } from "./mailman-server.ts";
import { tcpProxy } from "./tcp-proxy.ts";

// Installed before the tests are known: a suite that cannot run is skipped, and says so.
const mailman = await startRealMailman();

describe.skipIf(mailman === null)("the real Mailman", () => {
  const real = mailman as RealMailman;
  afterAll(() => real.stop());

  collectorContract("real Mailman", () => mailmanWorld(real));
  writerContract("real Mailman", async () => {
    const { hostname, port, pathname } = new URL(real.url);
    const proxy = await tcpProxy(hostname, Number(port));
    const through = { ...real, url: `http://127.0.0.1:${proxy.port}${pathname}` };
    const world = await mailmanWriterWorld(real, through, () => proxy.cutAnswerTo("DELETE "));
    return {
      ...world,
      close: async () => {
        await proxy.close();
        await world.close();
      },
    };
  });

  describe("delivery and bans", () => {
    let list: Awaited<ReturnType<typeof makeList>>;
    let domain: string;
    beforeAll(async () => {
      domain = newDomain();
      list = await makeList(real.call, "news", domain);
      for (const [name, delivery] of [
        ["fine", "enabled"],
        ["user", "by_user"],
        ["moderator", "by_moderator"],
        ["bounces", "by_bounces"],
        ["unknown", "unknown"],
        ["banned", "enabled"],
        ["everywhere", "enabled"],
      ] as const)
        await list.subscribe(`${name}@${domain}`, { delivery });
      await list.subscribe(`address@${domain}`);
      await real.call("PATCH", `/addresses/address@${domain}/preferences`, [["delivery_status", "by_user"]]);
      await real.call("POST", `/lists/${list.id}/bans`, [["email", `Banned@${domain}`]]);
      await real.call("POST", "/bans", [["email", `everywhere@${domain}`]]);
      await real.call("POST", "/bans", [["email", `stranger@${domain}`]]);
      await real.call("POST", `/lists/${list.id}/bans`, [["email", "^.*@spam\\.example\\.test$"]]);
    });
    afterAll(() => list.drop());
    const system = mailmanSystem(real);
    const apply = async (op: "add" | "remove" | "suppress", name: string) =>
      (
        await mailmanWriter(system, depsOf(real)).apply(
          [changeFor({ system: system.id }, op, `${name}@${domain}`)],
          { list: list.address },
          contextFor(),
        )
      )[0];

    it("are read for what they are, on one list and over all of them", async () => {
      const collector = mailmanCollector(system, depsOf(real));
      const read = await readAll(collector, [
        listTarget(list.address),
        { kind: "base" },
        { kind: "segment", audience: audienceId("off"), source: { suppressed: true } },
      ]);
      const of = (target: number) =>
        Object.fromEntries(
          read.rows
            .filter((r) => r.of.includes(target))
            .map((r) => [r.identifiers.email?.split("@")[0], [r.consent, r.mailable, r.bounced ?? false]]),
        );
      expect(of(0)).toEqual({
        fine: ["subscribed", true, false],
        user: ["unsubscribed", false, false],
        address: ["unsubscribed", false, false],
        moderator: ["unsubscribed", false, false],
        bounces: ["subscribed", false, true],
        unknown: ["unknown", false, false],
        // Mailman goes on mailing members that are banned
        banned: ["unsubscribed", true, false],
        everywhere: ["unsubscribed", true, false],
      });
      expect(of(1)).toEqual({ ...of(0), stranger: ["unsubscribed", false, false] });
      expect(Object.keys(of(2)).sort()).toEqual(["address", "bounces", "moderator", "stranger", "user"]);
      expect(read.ends.map((e) => e.coverage)).toEqual(["complete", "complete", "complete"]);
      expect(await collector.warnings(contextFor())).toEqual([expect.stringMatching(/1 bans by pattern/)]);
    });

    it("are never lifted by an add, whatever the list asks of people who join", async () => {
      expect(await apply("add", "stranger")).toMatchObject({ status: "refused", consent: true });
      for (const name of ["user", "moderator", "banned"])
        expect(await apply("add", name)).toMatchObject({ status: "noop" });
      const spam = changeFor({ system: system.id }, "add", "someone@spam.example.test");
      const [pattern] = await mailmanWriter(system, depsOf(real)).apply(
        [spam],
        { list: list.address },
        contextFor(),
      );
      expect(pattern).toMatchObject({ status: "refused", consent: true });
      const mail = await real.mail();
      for (const policy of ["open", "confirm", "moderate", "confirm_then_moderate"]) {
        await real.call("PATCH", `/lists/${list.id}/config`, [["subscription_policy", policy]]);
        expect(await apply("add", policy)).toMatchObject({ status: "applied" });
      }
      expect(await real.mail()).toBe(mail);
      const read = await readAll(mailmanCollector(system, depsOf(real)), [listTarget(list.address)]);
      const added = read.rows.filter((r) => /^(open|confirm|moderate)/.test(r.identifiers.email ?? ""));
      expect(added.map((r) => [r.consent, r.mailable])).toEqual(Array(4).fill(["unknown", false]));
    });

    it("who waits for a confirmation is left to confirm it", async () => {
      await real.call("POST", "/members", [
        ["list_id", list.id],
        ["subscriber", `waiting@${domain}`],
      ]);
      expect(await apply("add", "waiting")).toMatchObject({ status: "refused", consent: true });
    });

    it("removing says no goodbye, whatever the list asks of people who leave", async () => {
      const mail = await real.mail();
      for (const policy of ["open", "confirm", "moderate"]) {
        await list.subscribe(`leaves.${policy}@${domain}`);
        await real.call("PATCH", `/lists/${list.id}/config`, [["unsubscription_policy", policy]]);
        await real.call("PATCH", `/lists/${list.id}/config`, [["send_goodbye_message", "true"]]);
        expect(await apply("remove", `leaves.${policy}`)).toMatchObject({ status: "applied" });
      }
      expect(await real.mail()).toBe(mail);
      expect(await apply("remove", "user")).toMatchObject({ status: "refused", consent: true });
    });

    it("a star in an address reaches nobody else", async () => {
      expect(await apply("suppress", "f*")).toMatchObject({ status: "noop" });
      const read = await readAll(mailmanCollector(system, depsOf(real)), [listTarget(list.address)]);
      expect(read.rows.find((r) => r.identifiers.email?.startsWith("fine@"))?.mailable).toBe(true);
    });
  });
});
