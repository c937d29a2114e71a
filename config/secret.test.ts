import { describe, expect, test } from "vitest";
import type { SecretRef } from "../core/config.ts";
import { looksSecret, resolveSecret, type SecretSource } from "./secret.ts";

const ref = (s: string): SecretRef => s as SecretRef;
const source: SecretSource = {
  env: { GOOD: "hunter2", EMPTY: "" },
  folder: "/etc/plumbline",
  places: new Map([["${env:MISSING}", "p.yaml:7:10"]]),
  readFile: async (path) => {
    if (path === "/etc/plumbline/token") return "hunter2\n";
    if (path === "/run/secrets/blank") return "\n";
    throw Object.assign(new Error(`ENOENT ${path}`), { code: "ENOENT" });
  },
};

describe("resolveSecret", () => {
  test("from the environment", async () =>
    expect(await resolveSecret(ref("${env:GOOD}"), source)).toBe("hunter2"));
  test("from a file beside the configuration, without its line break", async () =>
    expect(await resolveSecret(ref("${file:token}"), source)).toBe("hunter2"));

  test.each([
    [
      "${env:MISSING}",
      "p.yaml:7:10: the environment variable MISSING is not set → set MISSING and start again",
    ],
    ["${env:EMPTY}", "configuration: the environment variable EMPTY is empty → set EMPTY and start again"],
    [
      "${env:__proto__}",
      "configuration: the environment variable __proto__ is not set → set __proto__ and start again",
    ],
    [
      "${file:/no}",
      "configuration: the secret file /no cannot be read (ENOENT) → create it, readable for the user that runs Plumbline",
    ],
    [
      "${file:/run/secrets/blank}",
      "configuration: the secret file /run/secrets/blank is empty → write the secret into it",
    ],
    ["hunter2", "configuration: a secret is not a reference → use ${env:NAME} or ${file:PATH}"],
  ])("%s", async (value, message) => {
    const error = await resolveSecret(ref(value), source).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "config", message });
  });
});

test("looksSecret", () => {
  expect(looksSecret(`${"a".repeat(24)}:${"0".repeat(64)}`)).toBe(true);
  expect(looksSecret("https://news.example.com/a:b@c")).toBe(false);
  expect(looksSecret("select email from t where note = 'a:b@c'")).toBe(false);
});
