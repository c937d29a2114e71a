import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, buildServer } from "../../app/api/server.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { makeWorld, type SimWorld } from "../e2e/world.ts";

const CHANGE = { host: "127.0.0.1:4780", origin: "http://127.0.0.1:4780", "x-plumbline": "1" };

let world: SimWorld;
let api: Api;
beforeAll(async () => {
  const password = await hash("right");
  world = await makeWorld({
    people: 5,
    role: "lesser",
    env: { HASH: password },
    yaml: (text) =>
      text.replace(
        /people:[\s\S]*$/,
        `people:
  - { name: Ana, role: editor, password: "\${env:HASH}" }
  - { name: Ben, role: admin, password: "\${env:HASH}" }
  - { name: Cleo, role: approver, password: "\${env:HASH}" }
`,
      ),
  });
  api = await buildServer(world.services, { logger: false, publicDir: null, port: () => 4780 });
});
afterAll(async () => {
  await api.close();
  await world.close();
});

const signIn = async (name: string, password: string) =>
  (
    await api.inject({
      method: "POST",
      url: "/api/v1/session",
      headers: CHANGE,
      remoteAddress: "203.0.113.7",
      payload: { name, password },
    })
  ).statusCode;

describe("sign-ins in the audit log", () => {
  it("are those of people who may approve or configure; without address, and only when they succeed", async () => {
    expect(await signIn("Ben", "wrong")).toBe(401);
    expect(await signIn("Nobody", "right")).toBe(401);
    expect(await signIn("Ana", "right")).toBe(200);
    expect(await signIn("Ben", "right")).toBe(200);
    expect(await signIn("Cleo", "right")).toBe(200);
    const entries = (await listAuditLog(world.app.db, { limit: 9 })).filter(
      (e) => e.action === "session.begun",
    );
    expect(entries.map((e) => [e.actor, e.object])).toEqual([
      ["Cleo", "role approver"],
      ["Ben", "role admin"],
    ]);
    const { rows } = await world.app.db.query("select * from audit_log");
    expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113|Ben|Cleo|Ana/);
  });
});
