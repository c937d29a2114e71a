import { AuditorError, isKind } from "../../core/errors.ts";
import type { Call } from "../http/connector-deps.ts";
import type { Query, ReadClient } from "../http/read-client.ts";
import type { Credential } from "./credential.ts";
import type { PageRequest } from "./paging.ts";
import { pathOf } from "./path.ts";
import type { FilledCall } from "./template.ts";

export type RestAnswer = { readonly body: unknown; header(name: string): string | null };

/** The reading side of a REST system: sends filled calls, with a new token where the old one is refused. */
export type RestReader = {
  /** @throws AuditorError as ReadClient does */
  ask(call: FilledCall, page: PageRequest | null, c: Call): Promise<RestAnswer>;
};

export function restReader(where: string, http: ReadClient, credential: Credential): RestReader {
  const once = async (call: FilledCall, page: PageRequest | null, c: Call): Promise<RestAnswer> => {
    if (page?.kind === "url") return withHeaders(await http.getNextWithHeaders(page.url, c));
    const params: Query = page?.params ?? {};
    if (call.verb === "GET")
      return withHeaders(await http.getWithHeaders(call.path, { ...call.query, ...params }, c));
    if (typeof call.body !== "object" || call.body === null || Array.isArray(call.body)) {
      if (Object.keys(params).length > 0)
        throw new AuditorError("config", where, "a body that is no object cannot page", "make it an object");
      return plain(await http.readPost(call.path, call.query, call.body ?? {}, c));
    }
    return plain(await http.readPost(call.path, call.query, { ...call.body, ...params }, c));
  };
  return {
    async ask(call, page, c) {
      try {
        return await once(call, page, c);
      } catch (e) {
        if (!isKind(e, "auth") || e.status !== 401 || !credential.refused()) throw e;
        return once(call, page, c);
      }
    },
  };
}

/**
 * The records of an answer. One object where a list is expected is a list of one: look-ups by id answer so.
 *
 * @throws AuditorError bad_data when there is nothing at the path: a missing list is not an empty one
 */
export function recordsIn(where: string, body: unknown, path: string, single: boolean): readonly unknown[] {
  const found = pathOf(where, path).at(body);
  if (Array.isArray(found)) return found as readonly unknown[];
  if (single && typeof found === "object" && found !== null) return [found];
  throw new AuditorError(
    "bad_data",
    where,
    `the answer has no list at ${path}`,
    "look at an answer of the vendor and correct `records`",
  );
}

const withHeaders = (a: { readonly body: unknown; readonly headers: Headers }): RestAnswer => ({
  body: a.body,
  header: (name) => a.headers.get(name),
});
const plain = (body: unknown): RestAnswer => ({ body, header: () => null });
