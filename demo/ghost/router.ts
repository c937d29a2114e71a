import type { Fault } from "../sim/faults.ts";
import { ApiError, noEndpoint } from "./api-error.ts";
import { bulkDelete, bulkEdit } from "./bulk-api.ts";
import { exportCsv, importCsv } from "./csv-api.ts";
import {
  addLabel,
  addNewsletter,
  browseLabels,
  browseNewsletters,
  deleteLabel,
  editLabel,
  readLabel,
} from "./labels-api.ts";
import { type Answer, add, browse, edit, type Ghost, read, remove } from "./members-api.ts";
import { time } from "./serialise.ts";

export type Call = {
  readonly method: string;
  /** After `/ghost/api/admin`, with a slash at its end. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly contentType: string;
  readonly fault: Fault | null;
};

function json(call: Call): unknown {
  try {
    return call.body.length === 0 ? {} : JSON.parse(call.body.toString("utf8"));
  } catch (e) {
    const context = e instanceof Error ? e.message : "";
    throw new ApiError(400, "InternalServerError", "An unexpected error occurred, please try again.", {
      context,
      code: "UNEXPECTED_ERROR",
    });
  }
}

export function site(ghost: Ghost): Answer {
  return {
    status: 200,
    body: {
      site: {
        title: "Harbour & Pine",
        description: "Thoughts, stories and ideas.",
        logo: null,
        icon: null,
        cover_image: null,
        accent_color: "#FF1A75",
        locale: "en",
        url: `${ghost.siteUrl()}/`,
        version: "5.130",
        allow_external_signup: true,
        site_uuid: "f89b1936-d131-4879-a60b-3221191fb49f",
      },
    },
  };
}

/** The part of the Admin API that Plumbline and its tests use; everything else is "endpoint was not found". */
export function route(ghost: Ghost, call: Call): Answer {
  const { method, path, query, fault } = call;
  const [, root = "", first = "", second = ""] = path.split("/");
  const id = decodeURIComponent(first);
  if (root === "site" && method === "GET") return site(ghost);
  if (root === "members") return members(ghost, call, id);
  if (root === "labels") {
    if (!first && method === "GET") return browseLabels(ghost, query);
    if (!first && method === "POST") return addLabel(ghost, json(call));
    if (first === "slug" && method === "GET")
      return readLabel(ghost, "slug", decodeURIComponent(second), query);
    if (method === "GET") return readLabel(ghost, "id", id, query);
    if (first && method === "PUT") return editLabel(ghost, id, json(call));
    if (first && method === "DELETE") return deleteLabel(ghost, id);
  }
  if (root === "newsletters" && !first) {
    if (method === "GET") return browseNewsletters(ghost, query);
    if (method === "POST" && fault?.kind !== "ghost_ack") return addNewsletter(ghost, json(call));
  }
  if (method === "PATCH") throw new ApiError(404, "NotFoundError", "Resource not found");
  throw noEndpoint();
}

function members(ghost: Ghost, call: Call, id: string): Answer {
  const { method, query, fault } = call;
  if (id === "upload") {
    if (method === "GET") return exportCsv(ghost, query);
    if (method === "POST") return importCsv(ghost, call.body, call.contentType);
  }
  if (id === "events" && method === "GET") return events(ghost, query);
  if (id === "bulk" && method === "PUT") return bulkEdit(ghost, query, json(call));
  if (!id && method === "GET") return browse(ghost, query, fault);
  if (!id && method === "POST") return add(ghost, json(call), fault);
  if (!id && method === "DELETE") return bulkDelete(ghost, query);
  if (id && method === "GET") return read(ghost, id, query, fault);
  if (id && method === "PUT") return edit(ghost, id, json(call), fault);
  if (id && method === "DELETE") return remove(ghost, id, fault);
  throw method === "PATCH" ? new ApiError(404, "NotFoundError", "Resource not found") : noEndpoint();
}

/** GET /members/events/: newsletter events only, newest first, out of the journal. */
function events(ghost: Ghost, query: URLSearchParams): Answer {
  const limit = Number(query.get("limit") ?? "10") || 10;
  const found = ghost.journal.entries.toReversed().flatMap((entry) => {
    const [was, is] = [entry.before?.newsletters ?? [], entry.after?.newsletters ?? []];
    const changed = [...was.filter((n) => !is.includes(n)), ...is.filter((n) => !was.includes(n))];
    return changed.map((slug) => ({
      type: "newsletter_event",
      data: {
        id: `${entry.memberId.slice(0, 14)}${entry.seq.toString(16).padStart(10, "0")}`,
        member_id: entry.memberId,
        subscribed: is.includes(slug),
        created_at: time(Date.parse(entry.at)),
        source: entry.op === "import" ? "import" : "api",
        newsletter_id: ghost.store.newsletters.find((n) => n.slug === slug)?.id ?? null,
      },
    }));
  });
  return {
    status: 200,
    body: {
      events: found.slice(0, limit),
      meta: { pagination: { limit, total: found.length, next: null, prev: null } },
    },
  };
}
