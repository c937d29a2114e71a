import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ghostCollector } from "../../collectors/ghost.ts";
import { audienceId } from "../../core/model.ts";
import { ghostWriter } from "../../sync/writers/ghost.ts";
import { type CollectorWorld, collectorContract, contextFor, readAll } from "../contract/collector.ts";
import { ghostSystem, labelTarget, WRONG_KEY } from "../contract/ghost-world.ts";
import { changeFor, type WriterWorld, writerContract } from "../contract/writer.ts";
import { type RealGhost, startRealGhost } from "./ghost-server.ts";

type Member = {
  id: string;
  email: string;
  name: string | null;
  note: string | null;
  labels: { name: string }[];
  newsletters: unknown[];
  email_suppression: { suppressed: boolean };
};

// Installed before the tests are known: a suite that cannot run is skipped, and says so.
const ghost = await startRealGhost();

describe.skipIf(ghost === null)("the real Ghost", () => {
  const real = ghost as RealGhost;
  const deps = { secret: () => real.key };
  beforeAll(async () => {
    for (const name of ["Active", "Other"]) await real.call("POST", "/labels/", { labels: [{ name }] });
  });
  afterAll(() => real.stop());

  const members = async (filter: string): Promise<Member[]> => {
    const { body } = await real.call("GET", `/members/?limit=100&filter=${encodeURIComponent(filter)}`);
    return body.members as Member[];
  };
  const add = async (m: { email: string; name: string | null; labels: string[]; newsletters?: [] }) => {
    const { status, body } = await real.call("POST", "/members/", {
      members: [{ ...m, name: m.name ?? "" }],
    });
    expect([status, status === 201 ? null : body]).toEqual([201, null]);
  };

  collectorContract("real Ghost", async (): Promise<CollectorWorld> => {
    const config = ghostSystem(real.url);
    await real.clear();
    return {
      pageSize: 100,
      target: labelTarget("Active"),
      collector: ghostCollector(config, deps),
      wrongCredentials: ghostCollector(config, { secret: () => WRONG_KEY }),
      async seed(people) {
        await real.clear();
        if (people.length > 20)
          await real.importCsv(
            people.map((p) => ({ email: p.email, name: p.name ?? "", labels: ["Active"], subscribed: true })),
          );
        else for (const p of people) await add({ email: p.email, name: p.name ?? null, labels: ["Active"] });
      },
      faults: new Set(), // a real server does not fail on demand
      fault: async () => undefined,
      verbs: () => null,
      close: async () => undefined,
    };
  });

  writerContract("real Ghost", async (): Promise<WriterWorld> => {
    const config = ghostSystem(real.url, { attributes: { name: "name", marketing_consent: "note" } });
    await real.clear();
    return {
      writer: ghostWriter(config, deps),
      system: config.id,
      source: { label: "Active" },
      attribute: "name",
      consentAttribute: "marketing_consent",
      async seed(people) {
        for (const p of people) {
          await add({
            email: p.email,
            name: p.value ?? null,
            labels: [...(p.inSegment ? ["Active"] : []), ...(p.other ? ["Other"] : [])],
            ...(p.subscribed ? {} : { newsletters: [] }),
          });
        }
      },
      async truth(email) {
        const m = (await members(`email:'${email}'`))[0];
        if (m === undefined) return null;
        const has = (label: string) => m.labels.some((l) => l.name === label);
        return {
          inSegment: has("Active"),
          other: has("Other"),
          mailable: m.newsletters.length > 0 && !m.email_suppression.suppressed,
          value: m.name,
        };
      },
      loseAnswer: async () => null,
      close: async () => undefined,
    };
  });

  it("reads bounces, complaints and opt-outs for what they are", async () => {
    await real.clear();
    for (const email of ["fine@example.test", "bounced@example.test", "spam@example.test"])
      await add({ email, name: null, labels: ["Active"] });
    await add({ email: "out@example.test", name: null, labels: ["Active"], newsletters: [] });
    await real.suppress("bounced@example.test", "bounce");
    await real.suppress("spam@example.test", "spam");
    const read = await readAll(ghostCollector(ghostSystem(real.url), deps), [
      { kind: "base" },
      { kind: "segment", audience: audienceId("blocked"), source: { suppressed: true } },
    ]);
    const byEmail = Object.fromEntries(
      read.rows.map((r) => [r.identifiers.email, [r.consent, r.mailable, r.bounced ?? false, r.of]]),
    );
    expect(byEmail).toEqual({
      "fine@example.test": ["subscribed", true, false, [0]],
      "bounced@example.test": ["subscribed", false, true, [0, 1]],
      "spam@example.test": ["complained", false, false, [0, 1]],
      "out@example.test": ["unsubscribed", false, false, [0, 1]],
    });
    expect(read.rows.find((r) => r.consent === "complained")?.consentAt).toMatch(/Z$/);
  });

  it("takes a member that we made for neither opted in nor out, until they opt out themselves", async () => {
    await real.clear();
    const config = ghostSystem(real.url);
    const [outcome] = await ghostWriter(config, deps).apply(
      [changeFor({ system: config.id }, "add", "made@example.test")],
      { label: "Active" },
      contextFor(),
    );
    expect(outcome?.status).toBe("applied");
    const consent = async () =>
      (await readAll(ghostCollector(config, deps), [{ kind: "base" }])).rows.map((r) => [
        r.consent,
        r.mailable,
      ]);
    expect(await consent()).toEqual([["unknown", false]]);
    const made = (await members("email:'made@example.test'"))[0];
    const { body } = await real.call("GET", "/newsletters/");
    await real.call("PUT", `/members/${made?.id}/`, {
      members: [{ newsletters: [{ id: (body.newsletters as { id: string }[])[0]?.id }] }],
    });
    expect(await consent()).toEqual([["subscribed", true]]);
    await real.call("PUT", `/members/${made?.id}/`, { members: [{ newsletters: [] }] });
    expect(await consent()).toEqual([["unsubscribed", false]]);
  });
});
