import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { undeviated } from "../gate/deviations.ts";
import { gate, gateOf } from "../gate/gate.ts";
import { materialFolder, notRun } from "../setup/material.ts";

describe("vendors' documents", () => {
  const folder = materialFolder("connectors/specs");

  test("every operation of every document has validators that compile", { timeout: 60_000 }, () => {
    if (folder === null) return notRun("connectors/specs");
    const vendors = readdirSync(folder).flatMap((f) =>
      f.endsWith(".trimmed.json") ? [f.split(".")[0] ?? ""] : [],
    );
    expect(vendors).toEqual(expect.arrayContaining(["klaviyo", "mailchimp"]));
    for (const vendor of vendors) {
      const d = JSON.parse(readFileSync(join(folder, `${vendor}.trimmed.json`), "utf8"));
      const base = new URL(d.servers[0].url).pathname.replace(/\/$/, "");
      const g = gate(d);
      for (const [path, item] of Object.entries<Record<string, unknown>>(d.paths)) {
        for (const method of Object.keys(item).filter((k) => /^(get|post|put|patch|delete)$/.test(k))) {
          const r = { method, path: base + path, headers: {}, body: {} };
          const said = [
            ...g.request({ ...r, query: new URLSearchParams() }),
            ...g.response({ ...r, status: 200 }),
          ];
          expect(
            said.filter((v) => / (path|verb)$/.test(v.what)),
            `${vendor} ${method} ${path}`,
          ).toEqual([]);
        }
      }
    }
  });

  // The vendor's real traffic is what the gate must let through, strict as it is about fields that no document names.
  test("lets through what was recorded from Mailchimp, but for the known deviations", () => {
    const recorded = materialFolder("connectors/recordings");
    const g = gateOf("mailchimp");
    if (recorded === null || g === null) return notRun("connectors/recordings");
    const lines = readFileSync(join(recorded, "mailchimp.jsonl"), "utf8").split("\n").filter(Boolean);
    expect(lines.length).toBeGreaterThan(30);
    for (const line of lines) {
      const r = JSON.parse(line);
      const body = Object.keys(r.body ?? {}).length > 0 ? r.body : undefined;
      const headers = { authorization: "removed" };
      const said = [
        ...g.request({ ...r, query: new URLSearchParams(r.query), headers, body }),
        ...g.response({ ...r, body: r.response }),
      ];
      expect(undeviated("mailchimp", said)).toEqual([]);
    }
  });
});
