import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf } from "./list-store.ts";
import { type MailchimpSim, startMailchimpSim } from "./server.ts";

let sim: MailchimpSim;
let at = new Date("2026-11-02T09:00:00.000Z");
const LIST = "/lists/a36b000001";
beforeEach(async () => {
  at = new Date("2026-11-02T09:00:00.000Z");
  sim = await startMailchimpSim({ port: 0, clock: { now: () => at } });
});
afterEach(() => sim.close());

type Reply = { status: number; body: Record<string, unknown>; headers: Headers };
async function call(method: string, path: string, body?: unknown, auth?: string): Promise<Reply> {
  const response = await fetch(`${sim.url}/3.0${path}`, {
    method,
    headers: { authorization: auth ?? `Bearer ${sim.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text), headers: response.headers };
}
const member = (email: string) => `${LIST}/members/${hashOf(email)}`;
const rows = (r: Reply, name = "members") => r.body[name] as Record<string, unknown>[];

// Many at once, and what happens by the clock.
describe("many at once", () => {
  it("is 200 with errors[] and error_count", async () => {
    sim.control.load([{ email: "out@example.test", status: "unsubscribed" }]);
    const reply = await call("POST", LIST, {
      members: [
        { email_address: "new@example.test", status: "subscribed" },
        { email_address: "out@example.test", status: "subscribed" },
        { email_address: "nonsense", status: "subscribed" },
      ],
      update_existing: true,
    });
    expect(reply).toMatchObject({
      status: 200,
      body: { total_created: 1, total_updated: 0, error_count: 2 },
    });
    expect(sim.control.find("out@example.test")?.status).toBe("unsubscribed");
  });
  it("runs a batch by the clock: nothing before it is finished, then all", async () => {
    sim.control.load([{ email: "a@example.test" }]);
    const { body } = await call("POST", "/batches", {
      operations: [
        {
          method: "PATCH",
          path: member("a@example.test"),
          body: '{"status":"unsubscribed"}',
          operation_id: "1",
        },
        { method: "PATCH", path: member("none@example.test"), body: "{}", operation_id: "2" },
      ],
    });
    expect(body.status).toBe("pending");
    expect(sim.control.find("a@example.test")?.status).toBe("subscribed");
    at = new Date(at.getTime() + 60_000);
    expect((await call("GET", `/batches/${String(body.id)}`)).body).toMatchObject({
      status: "finished",
      finished_operations: 2,
      errored_operations: 1,
    });
    expect(sim.control.find("a@example.test")?.status).toBe("unsubscribed");
  });
});

describe("campaigns", () => {
  it("are sent when their hour comes, to subscribed people of their segment, and have a report", async () => {
    sim.control.load([
      { email: "a@example.test", tags: ["VIP"] },
      { email: "b@example.test" },
      { email: "c@example.test", tags: ["VIP"], status: "unsubscribed" },
    ]);
    const savedId = sim.control.segments()[0]?.id ?? null;
    const id = sim.control.addCampaign({
      title: "Autumn",
      status: "schedule",
      sendTime: at.getTime() + 3_600_000,
      segment: { savedId, conditions: { match: "all", conditions: [] } },
      hardBounces: 1,
    });
    expect((await call("GET", "/campaigns?status=schedule")).body).toMatchObject({
      campaigns: [
        {
          id,
          recipients: { segment_opts: { saved_segment_id: savedId } },
          send_time: "2026-11-02T10:00:00+00:00",
        },
      ],
    });
    expect((await call("GET", `/reports/${id}`)).status).toBe(404);
    at = new Date(at.getTime() + 3_600_000);
    expect((await call("GET", `/reports/${id}`)).body).toMatchObject({
      emails_sent: 1,
      bounces: { hard_bounces: 1 },
    });
  });
});

it("loads fifty thousand members and reads them by the thousand, within ten seconds", async () => {
  function* many() {
    for (let i = 0; i < 50_000; i++) yield { email: `p${i}@example.test`, tags: ["Active"] };
  }
  const began = performance.now();
  expect(sim.control.load(many())).toBe(50_000);
  const fields = "fields=members.id,members.email_address,members.status,total_items";
  let read = 0;
  for (let offset = 0; offset < 50_000; offset += 1000)
    read += rows(
      await call("GET", `${LIST}/members?count=1000&offset=${offset}&sort_field=timestamp_opt&${fields}`),
    ).length;
  expect(read).toBe(50_000);
  expect(performance.now() - began).toBeLessThan(10_000);
}, 30_000);
