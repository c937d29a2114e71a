import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { cursorDialect } from "../../demo/rest/cursor-dialect.ts";
import { type RestSim, startRestSim } from "../../demo/rest/server.ts";
import { type CliWorld, makeCliWorld } from "../cli/cli-world.ts";
import { KINDS, yamlOf } from "../contract/rest-world.ts";

type Yaml = { systems: { id: string }[]; audiences: { segments: Record<string, unknown>[] }[] };
const PEOPLE = 300;
let world: CliWorld;
let shop: RestSim;
const env = KINDS.cursor.secrets;
const run = (...words: string[]) => world.run(words, { env });
const json = (...words: string[]) => world.json(words, { env });

beforeAll(async () => {
  world = await makeCliWorld(PEOPLE);
  shop = await startRestSim(cursorDialect, { port: 0 });
  shop.store.addList("vip");
  shop.store.load(
    Array.from({ length: PEOPLE }, (_, i) => ({
      email: `person${i + 1}@example.test`,
      name: `Person ${i + 1}`,
      lists: ["vip"],
    })),
  );
  // the vendor has no list of those who must not be mailed: their status is one
  const system = parse(
    yamlOf("cursor", shop.url)
      .replace(
        "read:\n",
        `read:\n  segment:\n    get: /contacts\n    records: results\n    only: marketing.status\n    paging: { kind: cursor, cursor: paging.next.after, send: after, absent_means_end: true, total: count, size: { send: limit, value: 40 } }\n`,
      )
      .replace(
        "attributes: { name: name, marketing_consent: marketing.status }",
        "attributes: { name: name }",
      )
      .replace(", marketing_consent: status", "")
      .replace(
        'in_segment: { path: "lists[].id" }',
        'in_segment: { path: "[lists[].id, [marketing.status]][]" }',
      ),
  ) as { id: string };
  await world.configure((text) => {
    const yaml = parse(text) as Yaml;
    yaml.systems = [
      ...yaml.systems.filter((s) => s.id !== "ghost"),
      { ...system, limit_share: 1 } as { id: string },
    ];
    for (const a of yaml.audiences)
      a.segments = a.segments.map((s) =>
        s.system !== "ghost"
          ? s
          : "suppressed" in s
            ? { system: "shop", segment: "unsubscribed" }
            : { system: "shop", list: "vip" },
      );
    return stringify(yaml);
  });
  await world.run(["writes", "enable", "shop", "--as", "Ben", "--reason", "a simulator"]);
}, 120_000);
afterAll(async () => {
  await shop.close();
  await world.close();
});

/** Repairs the one incident whose title matches, by what a person would type. */
async function repair(title: RegExp): Promise<Record<string, number>> {
  const { value } = await json("incidents");
  const found = (value as { incidents: { id: number; title: string }[] }).incidents.find((i) =>
    title.test(i.title),
  );
  expect(found, JSON.stringify(value)).toBeDefined();
  const drafted = await json("plan", `INC-${found?.id}`);
  const { plan, confirmText } = drafted.value as { plan: { id: number }; confirmText: string };
  const name = `PL-${plan.id}`;
  expect(await run("approve", name, "--confirm", confirmText)).toMatchObject({ code: 0 });
  const applied = await json("apply", name, "--execute");
  return (applied.value as { counts: Record<string, number> }).counts;
}

describe("a system that only the YAML knows, from the first audit to the repaired difference", () => {
  it("is audited beside the others", async () => {
    await run("audit", "--scheduled");
    const { code, out, err } = await run("audit", "--scheduled");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("shop same");
    expect((await json("accept", "all")).code).toBe(0);
  }, 120_000);

  it("takes consent away from those who opted out elsewhere, and from nobody else", async () => {
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = now() - interval '3 days', active = false where email in ('person1@example.test', 'person2@example.test')",
    );
    expect((await run("audit", "--scheduled")).code).toBe(2);
    expect(await repair(/can be mailed/)).toMatchObject({ applied: 2, failed: 0, unknown: 0 });
    const opted = shop.store.of(null).filter((c) => c.status !== "subscribed");
    expect(opted.map((c) => c.email)).toEqual(["person1@example.test", "person2@example.test"]);
    expect(new Set(shop.store.journal.entries.filter((e) => e.effective).map((e) => e.op))).toEqual(
      new Set(["unsubscribe"]),
    );
  }, 120_000);

  it("is seen clean by the next audit", async () => {
    await run("audit", "--scheduled");
    const { value } = await json("incidents");
    const open = (value as { incidents: { title: string; state: string }[] }).incidents;
    expect(open.filter((i) => /can be mailed/.test(i.title) && i.state !== "resolved")).toEqual([]);
  }, 120_000);
});
