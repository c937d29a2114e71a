import { expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { demoConfig } from "./config.ts";

const places = {
  hubspotUrl: "http://127.0.0.1:4001",
  klaviyoUrl: "http://127.0.0.1:4004",
  mailchimpUrl: "http://127.0.0.1:4005",
  adsFolder: "/tmp/a folder/ads",
  slackApiUrl: "http://127.0.0.1:4002/api/",
  smtpPort: 4003,
  today: "2026-11-24",
};

test.each([false, true])("the demo's configuration is valid (hostile titles: %s)", (hostile) => {
  const loaded = loadConfig(demoConfig({ ...places, hostile }), { file: "demo.yaml" });
  expect(loaded).toMatchObject({ ok: true });
});

test("Ana drafts, Ben approves", () => {
  const text = demoConfig(places);
  expect(text).toContain("{ name: Ana, role: editor,");
  expect(text).toContain("{ name: Ben, role: approver,");
});
