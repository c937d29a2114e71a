import { expect, test } from "vitest";
import type { ConsentScopes } from "../core/config.ts";
import type { CheckInput } from "../core/finding.ts";
import { systemId } from "../core/model.ts";
import { inputOf } from "../test/property/checks-input.ts";
import { unmappedScope } from "./unmapped-scope.ts";

const SCOPES: ConsentScopes = { scopes: [{ id: "all", title: "All mail", within: null }], map: [] };
const run = (consentScope: CheckInput["consentScope"], scopes?: ConsentScopes) => {
  const input = inputOf({ history: [] });
  return unmappedScope.run({
    ...input,
    ...(consentScope === undefined ? {} : { consentScope }),
    config: scopes === undefined ? input.config : { ...input.config, consentScopes: scopes },
  });
};
const mapped = (name: string | null): ConsentScopes => {
  const { system } = inputOf({ history: [] });
  return { ...SCOPES, map: [{ system: system.id, name, scope: "all" }] };
};

test("a system that tells lists apart and is not mapped is told once, as a whole", () => {
  const o = run("list", SCOPES);
  if (o.status !== "fail") throw new Error(o.status);
  expect(o.findings).toHaveLength(1);
  expect(o.findings[0]).toMatchObject({ audience: null, severity: "look", repair: null, subject: null });
  expect(o.findings[0].title).toMatch(/^What an opt-out in .* covers is not mapped$/);
  expect(run("topic", SCOPES).status).toBe("fail");
  const elsewhere = { ...SCOPES, map: [{ system: systemId("other"), name: null, scope: "all" }] };
  expect(run("list", elsewhere).status).toBe("fail");
});

test("mapped as a whole or by name is enough, and a global word needs no map", () => {
  for (const kind of ["list", "topic"] as const)
    for (const name of [null, "n1"]) expect(run(kind, mapped(name))).toEqual({ status: "pass" });
  for (const kind of ["global", "channel", null] as const)
    expect(run(kind, SCOPES)).toEqual({ status: "pass" });
});

test("without a map of scopes there is nothing to miss; an unknown system is no pass", () => {
  expect(run("list")).toEqual({ status: "skip", because: "not_configured" });
  expect(run(undefined, SCOPES)).toEqual({ status: "skip", because: "not_readable" });
});
