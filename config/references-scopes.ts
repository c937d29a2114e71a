import type { Report } from "./references.ts";
import type { ConfigFile } from "./schema.ts";
import { meant } from "./suggest.ts";

/** Scopes of consent: each named once, no circle among them, and everything that is mapped is there. */
export function checkScopes(file: ConfigFile, systems: readonly string[], report: Report): void {
  const { scopes = [], map = [] } = file.consent_scopes ?? {};
  const ids = scopes.map((s) => s.id);
  for (const [i, scope] of scopes.entries()) {
    const path = ["consent_scopes", "scopes", i];
    if (ids.indexOf(scope.id) < i)
      report([...path, "id"], `two scopes are called “${scope.id}”`, "choose another id for one of them");
    if (scope.within === undefined) continue;
    if (!ids.includes(scope.within))
      report([...path, "within"], `unknown scope “${scope.within}”`, meant(scope.within, ids), scopes);
    else if (isInCircle(scope.id, scopes))
      report([...path, "within"], `${scope.id} is within itself`, "let one of them be the widest");
  }
  for (const [i, m] of map.entries()) {
    const path = ["consent_scopes", "map", i];
    if (!systems.includes(m.system))
      report([...path, "system"], `unknown system “${m.system}”`, meant(m.system, systems));
    if (!ids.includes(m.scope))
      report([...path, "scope"], `unknown scope “${m.scope}”`, meant(m.scope, ids), scopes);
    if (map.slice(0, i).some((o) => o.system === m.system && o.name === m.name))
      report(
        path,
        `${m.name === undefined ? m.system : `${m.name} of ${m.system}`} is mapped twice`,
        "keep one of them",
      );
  }
}

function isInCircle(
  id: string,
  scopes: readonly { readonly id: string; readonly within?: string }[],
): boolean {
  const seen = new Set<string>();
  for (let at = scopes.find((s) => s.id === id)?.within; at !== undefined && !seen.has(at); ) {
    if (at === id) return true;
    seen.add(at);
    const next: string = at;
    at = scopes.find((s) => s.id === next)?.within;
  }
  return false;
}
