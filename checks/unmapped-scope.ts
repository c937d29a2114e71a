import type { Check, CheckInput, Outcome } from "../core/finding.ts";
import { PASS, skip } from "./readings.ts";
import { settingsOf } from "./settings.ts";
import { unmappedScopeFinding } from "./words/unmapped-scope.ts";

/**
 * A system keeps consent per list or topic, and the configuration, which maps scopes, says of none of them what it
 * covers: its opt-outs travel nowhere, and no repair can suppress anyone in it. Without a map of scopes every system's
 * word covers everything, and there is nothing to miss.
 */
export const unmappedScope: Check = {
  name: "unmapped_scope",
  defaults: {},
  run(input: CheckInput): Outcome {
    const settings = settingsOf(input.config, "unmapped_scope", {});
    const scopes = input.config.consentScopes;
    if (!settings.enabled || scopes === undefined) return skip("not_configured");
    const { consentScope: kind } = input;
    if (kind === undefined) return skip("not_readable");
    if (kind !== "list" && kind !== "topic") return PASS;
    if (scopes.map.some((m) => m.system === input.system.id)) return PASS;
    return { status: "fail", findings: [unmappedScopeFinding(input, kind)] };
  },
};
