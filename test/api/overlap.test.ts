import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IncidentList, SystemOverlap } from "../../app/api/contract.ts";
import { type Api, buildServer } from "../../app/api/server.ts";
import { auditDaily, makeWorld, type SimWorld } from "../e2e/world.ts";

const HOST = { host: "127.0.0.1:4780" };
const REGULARS = `  - id: regulars
    title: Regulars
    purpose: marketing
    owner: warehouse
    segments:
      - system: warehouse
        sql: select email, consent, consent_at from person where active and email <> 'person7@example.test'
`;

let world: SimWorld;
let api: Api;

beforeAll(async () => {
  world = await makeWorld({
    people: 200,
    yaml: (text) =>
      text
        .replace(/people:[\s\S]*$/, REGULARS)
        .replaceAll("select email, name,", "select email, customer_id, name,"),
  });
  await world.warehouse.query("alter table person add column customer_id text");
  // the checkout gave one id to everybody who ordered as a guest
  await world.warehouse.query(
    "update person set customer_id = case when name < 'Person 13' then 'guest' else name end",
  );
  await world.warehouse.query("insert into person (email, name) values ('pеrson9@example.test', 'Nina')"); // Cyrillic е
  api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const get = async <T>(url: string): Promise<T> => {
  const answer = await api.inject({ url, headers: HOST });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<T>();
};

describe("who is in which audiences, and who is whom", () => {
  it("has no overlap before an audit", async () => {
    expect(await get<SystemOverlap>("/api/v1/systems/warehouse/overlap")).toEqual({
      system: "warehouse",
      title: "Warehouse",
      parts: [],
    });
  });

  it("tells of nearly identical audiences, one id for many, and a look-alike, once each", async () => {
    await auditDaily(world, 3);
    const { incidents } = await get<IncidentList>("/api/v1/incidents");
    const titles = (check: string) => incidents.filter((i) => i.check === check).map((i) => i.title);
    expect(titles("over_segmentation")).toEqual(["Active customers and Regulars are nearly the same people"]);
    expect(titles("identity_conflict").sort()).toEqual([
      "1 address looks like another person’s in Warehouse",
      "34 addresses share a customer id in Warehouse",
    ]);
    expect(titles("duplicates")).toEqual([]);
  });

  it("shows the overlap of a system, and of one audience in it", async () => {
    const all = await get<SystemOverlap>("/api/v1/systems/warehouse/overlap");
    expect(all.parts.map((p) => p.groups)).toEqual([
      [
        { in: ["active", "regulars"], people: 200 },
        { in: ["active"], people: 1 },
      ],
    ]);
    const one = await get<SystemOverlap>("/api/v1/systems/warehouse/overlap?audience=regulars");
    expect(one.parts[0]?.audiences).toEqual([
      { id: "regulars", title: "Regulars", people: 200, shared: 200 },
      { id: "active", title: "Active customers", people: 201, shared: 200 },
    ]);
    expect(one.parts[0]?.groups).toEqual([{ in: ["regulars", "active"], people: 200 }]);
  });

  it("says so when there is no such system or audience", async () => {
    for (const url of ["/api/v1/systems/nowhere/overlap", "/api/v1/systems/ghost/overlap?audience=nobody"]) {
      const answer = await api.inject({ url, headers: HOST });
      expect([answer.statusCode, answer.json<{ error: { kind: string } }>().error.kind]).toEqual([
        404,
        "not_found",
      ]);
    }
  });
});
