import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CliWorld, makeCliWorld } from "./cli-world.ts";

// each line of it is a process' worth of work: it opens the database, and most read the systems
vi.setConfig({ testTimeout: 240_000, hookTimeout: 400_000 });

let world: CliWorld;
beforeAll(async () => {
  world = await makeCliWorld(300);
  await world.configure((yaml) =>
    yaml.replace(
      /people:[\s\S]*$/,
      "people:\n  - { name: Ana, role: editor }\n  - { name: Vera, role: viewer }\n  - { name: Eve, role: approver }\n  - { name: Ben, role: admin }\n",
    ),
  );
  for (let i = 0; i < 2; i++) await world.run(["audit", "--scheduled"]);
  await world.run(["accept", "all"]);
  world.ghost.control.load(
    Array.from({ length: 100 }, (_, i) => ({
      email: `extra${i}@example.test`,
      name: "Extra",
      labels: ["Active"],
    })),
  );
  for (let i = 0; i < 2; i++) await world.run(["audit", "--scheduled"]);
});
afterAll(() => world.close());

type Plan = {
  plan: { id: number; state: string; changes: number };
  confirmText: string;
  review: object | null;
};
const plan = async (...words: string[]) => (await world.json(words)).value as unknown as Plan;
const writes = () => world.ghost.control.journal().filter((e) => e.effective).length;

describe("writes", () => {
  it("lists, and only an admin switches, with a reason", async () => {
    expect((await world.run(["writes"])).out).toBe(
      "warehouse: no write credential\nghost: on since 2026-11-01T00:00:00.000Z, by Ben: a simulator\n",
    );
    for (const who of ["Vera", "Ana", "Eve"])
      expect(
        await world.run(["writes", "disable", "ghost", "--as", who, "--reason", "a holiday"]),
      ).toMatchObject({
        code: 6,
        out: "",
      });
    expect((await world.run(["writes", "disable", "ghost", "--as", "Ben"])).code).toBe(1);
    expect((await world.run(["writes", "destroy", "ghost", "--as", "Ben"])).code).toBe(64);
    expect(
      (await world.run(["writes", "enable", "warehouse", "--as", "Ben", "--reason", "why not"])).code,
    ).toBe(4);
    const { value } = await world.json([
      "writes",
      "disable",
      "ghost",
      "--as",
      "Ben",
      "--reason",
      "a holiday",
    ]);
    expect(value).toMatchObject({
      systems: [
        { id: "warehouse", credential: false, enabled: false, by: null },
        { id: "ghost", credential: true, enabled: false, by: "Ben", reason: "a holiday" },
      ],
    });
  });

  it("a plan says that they are off, in the checklist and as its exit code", async () => {
    const { code, out } = await world.run(["plan", "active"]);
    expect(code).toBe(4);
    expect(out).toContain(
      "✗ Writes are switched on · writes to Ghost are off; an admin turns them on under Systems",
    );
    await world.run(["writes", "enable", "ghost", "--as", "Ben", "--reason", "back again"]);
  });
});

describe("from a refusal for size to the apply", () => {
  it("override as an admin, approve as somebody else, and the approval says how much", async () => {
    const { code, out } = await world.run(["plan", "active"]);
    const name = /^PL-\d+/.exec(out)?.[0] ?? "";
    expect(code).toBe(4);
    expect(out).toContain(
      "✗ Size limit, Ghost · removes 25 % of the list (100 of 400 people); the limit is 20 % in 24 h",
    );
    const override = (who: string, reason: string) =>
      world.run(["override", name, "--as", who, "--reason", reason]);
    expect((await override("Ana", "the trade fair is over")).code).toBe(6);
    expect((await override("Eve", "the trade fair is over")).code).toBe(6);
    expect((await override("Ben", "so")).code).toBe(4);
    expect((await world.run(["plan", name, "--as", "Ben"])).out).toContain(
      `plumbline override ${name} --reason`,
    );
    const done = await override("Ben", "the trade fair is over");
    expect(done.code).toBe(0);
    expect(done.out).toContain("Size overridden by Ben, because “the trade fair is over”\n");
    expect((await override("Ben", "the trade fair is over")).code).toBe(4);
    const { confirmText } = await plan("plan", name);
    expect((await world.run(["approve", name, "--confirm", confirmText])).code).toBe(4);
    const approved = await world.run(["approve", name, "--confirm", confirmText, "--as", "Eve"]);
    expect(approved.out).toContain("Approved by Eve: at most 100 removals in Ghost\n");
    expect((await plan("apply", name, "--execute")).plan.state).toBe("done");
    expect(writes()).toBe(100);
  });
});

describe("suppressions by their author alone", () => {
  it("are to review until an approver looked", async () => {
    await world.warehouse.query(
      "update person set consent = 'unsubscribed', consent_at = now() - interval '3 days', active = false where email = 'person1@example.test'",
    );
    await world.run(["audit", "--scheduled"]);
    const drafted = await plan("plan", "do_not_contact");
    const name = `PL-${drafted.plan.id}`;
    await world.run(["approve", name, "--confirm", drafted.confirmText]);
    const { out } = await world.run(["apply", name, "--execute"]);
    expect(out).toContain(
      `To review: 1 suppressed by the author alone. An approver or admin: plumbline review ${name}\n`,
    );
    expect((await world.run(["plan", "--list"])).out).toContain(`${name} done, to review  1 changes`);
    expect((await world.run(["review", name])).code).toBe(6);
    expect((await world.run(["review", name, "--as", "Eve"])).out).toContain("Reviewed by Eve\n");
    expect((await world.run(["review", name, "--as", "Ben"])).code).toBe(4);
    expect((await world.run(["plan", "--list"])).out).toContain(`${name} done  1 changes`);
  });
});
