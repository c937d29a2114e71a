import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AuditorError } from "../../core/errors.ts";
import { materialFolder, notRun } from "../../test/setup/material.ts";
import type { Vendor } from "./judge.ts";
import { replay } from "./run.ts";
import { VENDORS } from "./vendors.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-replay-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ACME: Vendor = {
  name: "acme",
  host: /(^|\.)acme\.example$/,
  operations: [
    {
      method: "GET",
      path: "/v3/lists/{id}",
      parse(body, where) {
        if (typeof body !== "object" || body === null)
          throw new AuditorError("bad_data", where, "no list", "look");
        if ("boom" in body) throw new TypeError("ann@example.com is not a function");
        return body;
      },
    },
    { method: "DELETE", path: "/v3/lists/{id}", parse: (body) => expect(body).toBeNull() },
  ],
};
const line = (more: object) => ({
  vendor: "acme",
  host: "https://api.acme.example:443",
  method: "GET",
  path: "/v3/lists/1",
  status: 200,
  headers: {},
  response: { id: "1" },
  ...more,
});
async function run(...lines: (object | string)[]): Promise<{ refused: number; said: string[] }> {
  const text = lines.map((l) => (typeof l === "string" ? l : JSON.stringify(l))).join("\n");
  writeFileSync(join(folder, "a.jsonl"), text);
  const said: string[] = [];
  return { refused: await replay(folder, [ACME], (l) => said.push(l)), said };
}

test("parsed, errors, unused, other vendors", async () => {
  const { refused, said } = await run(
    line({}),
    line({ method: "DELETE", status: 204, response: "" }),
    line({ host: "us1.acme.example", response: [Buffer.from(gzipSync('{"id":"1"}')).toString("hex")] }),
    line({ status: 404, response: { message: "no" } }),
    line({ status: 429, headers: { "Retry-After": "10" }, response: "" }),
    line({ status: 502, response: "<html>bad gateway</html>" }),
    line({ path: "/v1/people", response: "queued" }),
    line({ query: { fields: "lists.name" }, response: "" }),
    line({ host: "https://api.other.example", response: "<html>" }),
    "",
  );
  expect({ refused, said }).toEqual({
    refused: 0,
    said: ["9 answers: 8 accepted (3 parsed, 3 errors, 2 unused), 0 not accepted, 1 of other vendors"],
  });
});

test("says what was not accepted, once a kind, and nothing of persons", async () => {
  mkdirSync(join(folder, "more"));
  writeFileSync(join(folder, "more", "b.jsonl"), JSON.stringify(line({ response: "ann@example.com" })));
  const { refused, said } = await run(
    line({ response: "ann@example.com" }),
    line({ path: "/v3/lists/2", response: "" }),
    line({ response: { boom: true } }),
    line({ path: "/v1/email/ann@example.com/profile/Ann/286101", response: "<!doctype html>" }),
    "{not json",
  );
  expect(refused).toBe(6);
  expect(said).toEqual([
    "not accepted: acme GET /v3/lists/{id} 200: acme: no list → look (3 ×, first a.jsonl:1)",
    "not accepted: acme GET /v3/lists/{id} 200: the parser broke (TypeError) (1 ×, first a.jsonl:3)",
    "not accepted: acme GET /v1/email/…/profile/…/… 200: a web page instead of JSON (1 ×, first a.jsonl:4)",
    "not accepted: not a recorded exchange (method, host, path, status, response) (1 ×, first a.jsonl:5)",
    "6 answers: 0 accepted (0 parsed, 0 errors, 0 unused), 6 not accepted, 0 of other vendors",
  ]);
  expect(said.join()).not.toMatch(/ann/i);
});

test("a folder without recordings is no success", async () => {
  await expect(replay(folder, [ACME], () => undefined)).rejects.toThrow("holds no .jsonl file");
  await expect(replay(join(folder, "no"), [ACME], () => undefined)).rejects.toThrow(
    "there is no such folder",
  );
});

test("the parsers of our vendors are asked, and refuse what they could not use", async () => {
  const [hubspot, klaviyo, mailchimp] = [
    { host: "https://api.hubapi.com:443" },
    { host: "https://a.klaviyo.com:443" },
    { host: "https://us3.api.mailchimp.com:443" },
  ];
  const member = { id: "ab", email_address: "ann@example.com", status: "cleaned" };
  const lines = [
    line({ ...mailchimp, path: "/3.0/lists/a1/members/ab", response: member }),
    line({ ...mailchimp, path: "/3.0/lists/a1/members/ab", response: { ...member, status: undefined } }),
    line({
      ...hubspot,
      path: "/crm/v3/objects/contacts",
      response: { results: [{ id: "1", properties: {} }] },
    }),
    line({ ...hubspot, path: "/crm/v3/objects/contacts", response: { results: [{ id: "1" }] } }),
    line({
      ...klaviyo,
      path: "/api/lists",
      response: { data: [{ id: "L", attributes: {} }], links: { next: null } },
    }),
    line({ ...klaviyo, path: "/api/lists", response: [{ list_id: "L" }] }),
  ];
  writeFileSync(join(folder, "a.jsonl"), lines.map((l) => JSON.stringify(l)).join("\n"));
  const said: string[] = [];
  expect(await replay(folder, VENDORS, (l) => said.push(l))).toBe(3);
  expect(said.map((s) => /^not accepted: (\S+ \S+ \S+) 200/.exec(s)?.[1])).toEqual([
    "mailchimp GET /3.0/lists/{list}/members/{hash}",
    "hubspot GET /crm/v3/objects/{type}",
    "klaviyo GET /api/lists",
    undefined,
  ]);
});

test("every recorded answer of the vendors we support is accepted", async () => {
  const recorded = materialFolder("connectors/recordings");
  if (recorded === null) return notRun("connectors/recordings");
  const said: string[] = [];
  expect(await replay(recorded, VENDORS, (l) => said.push(l)), said.join("\n")).toBe(0);
});
