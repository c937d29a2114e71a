import type { CheckSettings, Config } from "../core/config.ts";
import type { CheckName } from "../core/finding.ts";

/**
 * Settings of a check: its defaults, overridden by `checks: <name>:` of the configuration. `enabled: false` switches
 * it off. A value of another type than the default's is ignored; `plumbline validate` names it.
 */
export function settingsOf<S extends CheckSettings>(
  config: Config,
  check: CheckName,
  defaults: S,
): S & { enabled: boolean } {
  const given = config.checks[check] ?? {};
  const known = Object.entries(given).filter(
    ([name, value]) => name === "enabled" || typeof value === typeof defaults[name],
  );
  return { enabled: true, ...defaults, ...Object.fromEntries(known) } as S & { enabled: boolean };
}
