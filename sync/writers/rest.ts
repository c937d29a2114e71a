import { AuditorError } from "../../core/errors.ts";
import type { Context, OpenChange, Writer } from "../../core/ports.ts";
import type { RestSystem, RestWrite } from "../../core/rest-config.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { writeClient } from "../../systems/http/write-client.ts";
import { restCapabilities } from "../../systems/rest/capabilities.ts";
import { restHttp } from "../../systems/rest/http.ts";
import { restReader } from "../../systems/rest/reader.ts";
import { nothingOpen } from "./one-by-one.ts";
import { isHiccup } from "./outcome.ts";
import { applyBatch } from "./rest-apply.ts";
import { findPeople, keyOf, stateOf } from "./rest-people.ts";
import type { Session } from "./rest-send.ts";

/** Few, so that a stop takes effect soon where each change is a call of its own. */
const SINGLES = 10;

/**
 * Writes to any REST system with the calls of its YAML. Nobody is made, deleted, subscribed or unsuppressed: `add` needs
 * the vendor's word that it changes nobody's consent, and its effect is looked at, after the first person already.
 *
 * @throws AuditorError config when there is no write, or its credential cannot be used
 */
export function restWriter(system: RestSystem, deps: ConnectorDeps): Writer {
  const { write } = system;
  if (write === null)
    throw new AuditorError("config", system.id, "nothing is written here", "set write to allow repairs");
  const open = (context: Context): Session => {
    const { settings, credential } = restHttp(system, write.auth, deps, context.clock);
    const http = writeClient(settings);
    return { system, http, credential, context, reader: restReader(system.id, http, credential) };
  };
  return {
    system: system.id,
    capabilities: restCapabilities(system),
    batches: (changes) => runs(changes, write),
    apply: (batch, source, context) => applyBatch(open(context), write, batch, source),
    async readBack(people, source, context) {
      try {
        const { reader } = open(context);
        const ids = people.map((p) => p.identifiers);
        const found = await findPeople(system, write, reader, ids, source, context);
        return people.map((p, i) => (keyOf(write, p.identifiers) === null ? null : stateOf(found[i] ?? [])));
      } catch (e) {
        // a wrong key or configuration concerns everybody and is told; a hiccup only means that these cannot be told now
        if (!isHiccup(e)) throw e;
        context.log.warn("rest.read_back_failed", {
          system: system.id,
          runId: context.runId,
          kind: e.kind,
          people: people.length,
        });
        return people.map(() => null);
      }
    },
    /** Not described in YAML: what an add may start is not known, and the guard treats it so. */
    automations: async () => null,
    /** No call is sure to write nothing in a system we do not know: that the credential can look people up is all. */
    async probe(context) {
      const nobody = write.find.by === "email" ? "nobody@plumbline.invalid" : "00000000";
      await findPeople(
        system,
        write,
        open(context).reader,
        [{ [write.find.by]: nobody }],
        { all: true },
        context,
      );
    },
    close: nothingOpen,
  };
}

/** Neighbours with the same operation (and, for `set`, the same attribute), as many as one call takes. */
function runs(changes: readonly OpenChange[], write: RestWrite): readonly (readonly OpenChange[])[] {
  const made: OpenChange[][] = [];
  for (const change of changes) {
    const last = made.at(-1);
    const most = Math.max(SINGLES, write[change.op]?.batch ?? 1);
    const [first] = last ?? [];
    if (
      last !== undefined &&
      first?.op === change.op &&
      first.attribute === change.attribute &&
      last.length < most
    )
      last.push(change);
    else made.push([change]);
  }
  return made;
}
