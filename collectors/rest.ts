import { nowOf } from "../core/clock.ts";
import type { Instant, Page, ReadTarget } from "../core/model.ts";
import type { Collector } from "../core/ports.ts";
import type { RestSystem } from "../core/rest-config.ts";
import type { ConnectorDeps } from "../systems/http/connector-deps.ts";
import { readClient } from "../systems/http/read-client.ts";
import { restCapabilities } from "../systems/rest/capabilities.ts";
import { restHttp } from "../systems/rest/http.ts";
import { asTexts, pathOf } from "../systems/rest/path.ts";
import { restReader } from "../systems/rest/reader.ts";
import { readOf, restSource } from "../systems/rest/source.ts";
import { fillCall } from "../systems/rest/template.ts";
import { type Pass, readPass } from "./rest-pass.ts";
import type { Wanted } from "./rest-rows.ts";

/**
 * Reads any REST system as its YAML says; see docs/systems/rest.md. Holds a client that can GET, and POST to the
 * searches that the YAML lists. Targets that one list answers share a pass.
 *
 * @throws AuditorError config when a path, a template or the credential cannot be used
 */
export function restCollector(system: RestSystem, deps: ConnectorDeps): Collector {
  return {
    system: system.id,
    capabilities: restCapabilities(system),
    async *read(targets, context): AsyncGenerator<Page> {
      const { settings, credential } = restHttp(system, system.auth, deps, context.clock);
      const client = restReader(system.id, readClient(settings), credential);
      for (const pass of passesOf(system, targets, nowOf(context.clock)))
        yield* readPass(system, pass, client, context);
    },
    /** Rights that reading does not need, where the system tells what the credential may do. */
    async warnings(context) {
      const { scopes } = system;
      if (scopes === null) return [];
      const { settings, credential } = restHttp(system, system.auth, deps, context.clock);
      const client = restReader(system.id, readClient(settings), credential);
      const call = { verb: "GET" as const, path: scopes.path, query: {}, body: undefined };
      const { body } = await client.ask(call, null, context);
      const granted = asTexts(pathOf(system.id, scopes.granted).at(body)).flatMap((s) => s.split(/[\s,]+/));
      const excess = granted.filter((s) => s !== "" && !scopes.needed.includes(s));
      const lacking = scopes.needed.filter((s) => !granted.includes(s));
      return [
        ...(excess.length > 0 ? [`The credential may do more than reading needs: ${excess.join(", ")}`] : []),
        ...(lacking.length > 0 ? [`The credential lacks ${lacking.join(", ")}`] : []),
      ];
    },
    async close() {
      // fetch keeps nothing of ours open
    },
  };
}

/** Targets whose calls are the same share one pass: everybody and the base, or tags that are told apart here. */
function passesOf(system: RestSystem, targets: readonly ReadTarget[], asOf: Instant): readonly Pass[] {
  const passes = new Map<string, Pass & { readonly wanted: Wanted[] }>();
  for (const [index, target] of targets.entries()) {
    const source = restSource(system.id, target.kind === "base" ? { all: true } : target.source);
    const read = readOf(system, source.kind);
    const { only: _, ...list } = read;
    const call = fillCall(system.id, read.call, { values: source.values });
    const key = JSON.stringify([call, list]);
    const pass = passes.get(key) ?? { read, values: source.values, wanted: [], asOf };
    const name = read.only === null ? null : source.name;
    pass.wanted.push({ index, only: name === null ? null : { path: read.only ?? "", name }, count: 0 });
    passes.set(key, pass);
  }
  return [...passes.values()];
}
