import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hubspotCall } from "../../test/e2e/hubspot-call.ts";
import { materialFolder, notRun } from "../../test/setup/material.ts";
import { startHubspotSim } from "./server.ts";

/** One exchange with the real HubSpot, of 2021 and 2022. */
type Exchange = {
  method: string;
  path: string;
  status: number;
  body: { filterGroups?: unknown; inputs: { id: string; properties: Record<string, string> }[] };
  headers: Record<string, string>;
  response: Record<string, unknown>;
};

const folder = materialFolder("connectors");
const exchanges: readonly Exchange[] = folder
  ? readFileSync(join(folder, "recordings/hubspot.jsonl"), "utf8")
      .split("\n")
      .filter((l) => l !== "")
      .map((l) => JSON.parse(l))
  : [];
const sim = await startHubspotSim({ port: 0 });
const of = (method: string, path: RegExp, status: number) =>
  exchanges.filter((e) => e.method === method && e.status === status && path.test(e.path));
/** Names of headers about limits. */
const limits = (names: Iterable<string>) =>
  [...names].filter((n) => n.startsWith("x-hubspot-ratelimit")).sort();
const keys = (value: unknown) => Object.keys(value as object).sort();

afterAll(() => sim.close());

test("there are recordings to compare with", () => {
  if (folder === null) notRun("connectors");
});

describe.runIf(folder !== null)("the simulator answers as HubSpot was seen to", () => {
  test("a batch of new contacts: 201, what was set and what HubSpot set with it", async () => {
    const [seen] = of("POST", /CONTACT\/batch\/create$/, 201);
    const reply = await hubspotCall(sim, "POST", seen!.path, seen!.body);
    const [row, like] = [reply.body.results[0]!, (seen!.response.results as { properties: object }[])[0]!];
    expect([reply.status, keys(reply.body), keys(row)]).toEqual([201, keys(seen!.response), keys(like)]);
    // the pipeline of contacts came later than what the simulator knows
    const known = keys(like.properties).filter((k) => k !== "hs_pipeline");
    expect(keys(row.properties)).toEqual(expect.arrayContaining(known));
    expect(limits(reply.headers.keys())).toEqual(limits(Object.keys(seen!.headers)));
  });

  test("an update tells what it set and when", async () => {
    const [seen] = of("POST", /CONTACT\/batch\/update$/, 200);
    sim.control.load(seen!.body.inputs.map((_, i) => ({ email: `u${i}@example.test` })));
    const inputs = seen!.body.inputs.map((input, i) => ({
      ...input,
      id: String(sim.control.contact(`u${i}@example.test`)?.id),
    }));
    const reply = await hubspotCall(sim, "POST", seen!.path, { inputs });
    expect([reply.status, keys(reply.body)]).toEqual([200, keys(seen!.response)]);
    const like = seen!.response.results as { properties: object }[];
    reply.body.results.forEach((row, i) => {
      expect(keys(row.properties)).toEqual(expect.arrayContaining(keys(like[i]!.properties)));
    });
  });

  test("archive: 204 without a body; search then counts who is gone, and shows nobody", async () => {
    const [seen] = of("POST", /CONTACT\/batch\/archive$/, 204);
    const ghosts = of("POST", /CONTACT\/search$/, 200).filter(
      (e) => Number(e.response.total) > (e.response.results as unknown[]).length,
    );
    expect(ghosts.length).toBeGreaterThan(0);
    sim.control.load([{ email: "gone@example.test" }]);
    const id = String(sim.control.contact("gone@example.test")?.id);
    const reply = await hubspotCall(sim, "POST", seen!.path, { inputs: [{ id }] });
    expect([reply.status, reply.body]).toEqual([204, {}]);
    const search = await hubspotCall(sim, "POST", "/crm/v3/objects/CONTACT/search", {
      filterGroups: [{ filters: [{ propertyName: "hs_object_id", operator: "EQ", value: id }] }],
    });
    expect([search.body.total, search.body.results]).toEqual([1, []]);
    expect(limits(search.headers.keys())).toEqual(limits(Object.keys(ghosts[0]!.headers)));
  });

  test("429 of search: the same words and headers, and no Retry-After", async () => {
    const [seen] = of("POST", /CONTACT\/search$/, 429);
    sim.control.settings({ limits: { perTenSeconds: 100, perDay: 250_000, searchPerSecond: 1 } });
    await hubspotCall(sim, "POST", seen!.path, {});
    const reply = await hubspotCall(sim, "POST", seen!.path, {});
    expect([reply.status, reply.body.message, reply.body.category, keys(reply.body)]).toEqual([
      429,
      seen!.response.message,
      seen!.response.category,
      keys(seen!.response),
    ]);
    expect([limits(reply.headers.keys()), reply.headers.has("retry-after")]).toEqual([
      limits(Object.keys(seen!.headers)),
      "retry-after" in seen!.headers,
    ]);
  });

  test("an address that is none is named with the same code", async () => {
    const seen = exchanges.filter(
      (e) => e.status === 400 && JSON.stringify(e.response).includes("INVALID_EMAIL"),
    );
    expect(seen.length).toBeGreaterThan(0);
    const reply = await hubspotCall(sim, "POST", "/crm/v3/objects/CONTACT/batch/create", {
      inputs: [{ properties: { email: "000" } }],
    });
    expect([reply.status, reply.body.message]).toEqual([400, expect.stringContaining("INVALID_EMAIL")]);
  });
});
