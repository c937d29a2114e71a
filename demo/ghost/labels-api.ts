import { badRequest, invalid, notFound } from "./api-error.ts";
import { rootItem } from "./member-input.ts";
import type { Answer, Ghost } from "./members-api.ts";
import type { SimLabel } from "./model.ts";
import { fieldsOf, metaOf, pageOf, slice } from "./page.ts";
import { labelJson, newsletterJson } from "./serialise.ts";

const pick = (all: Record<string, unknown>, fields: readonly string[] | null): Record<string, unknown> =>
  fields ? Object.fromEntries(fields.flatMap((f) => (f in all ? [[f, all[f]]] : []))) : all;

const members = (ghost: Ghost, label: SimLabel): number =>
  ghost.store.all().reduce((n, m) => n + (m.labels.includes(label) ? 1 : 0), 0);

const withCount = (ghost: Ghost, label: SimLabel, query: URLSearchParams): Record<string, unknown> =>
  query.get("include")?.includes("count.members")
    ? { ...labelJson(label), count: { members: members(ghost, label) } }
    : labelJson(label);

/** GET /labels/: ordered by name; `limit=all` really means all here. */
export function browseLabels(ghost: Ghost, query: URLSearchParams): Answer {
  const request = pageOf(query, "list labels", null);
  const labels = ghost.store.labels.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (/^name\s+desc/i.test(query.get("order") ?? "")) labels.reverse();
  const fields = fieldsOf(query);
  return {
    status: 200,
    body: {
      labels: slice(labels, request).map((l) => pick(withCount(ghost, l, query), fields)),
      meta: metaOf(request, labels.length),
    },
  };
}

export function readLabel(ghost: Ghost, by: "id" | "slug", value: string, query: URLSearchParams): Answer {
  const label = ghost.store.labels.find((l) => l[by] === value);
  if (!label) throw notFound("read label", "Label not found.");
  return { status: 200, body: { labels: [withCount(ghost, label, query)] } };
}

function nameIn(body: unknown, what: string): string {
  const { name } = rootItem(body, "labels", what);
  if (typeof name !== "string") throw badRequest(what, "No root key ('labels') provided.");
  if (name.length > 191) {
    throw invalid(what, "Validation failed for name.", "name", [
      {
        keyword: "maxLength",
        dataPath: ".labels[0].name",
        schemaPath: "labels#/definitions/label/properties/name/maxLength",
        params: { limit: 191 },
        message: "should NOT be longer than 191 characters",
      },
    ]);
  }
  return name;
}

export function addLabel(ghost: Ghost, body: unknown): Answer {
  return { status: 201, body: { labels: [labelJson(ghost.store.addLabel(nameIn(body, "save label")))] } };
}

export function editLabel(ghost: Ghost, id: string, body: unknown): Answer {
  const label = ghost.store.renameLabel(id, nameIn(body, "edit label"));
  if (!label) throw notFound("edit label", "Label not found.");
  return { status: 200, body: { labels: [labelJson(label)] } };
}

export function deleteLabel(ghost: Ghost, id: string): Answer {
  if (!ghost.store.deleteLabel(id)) throw notFound("delete label", "Label not found.");
  return { status: 204, body: null };
}

export function browseNewsletters(ghost: Ghost, query: URLSearchParams): Answer {
  const request = pageOf(query, "list newsletters", null);
  const { newsletters } = ghost.store;
  const fields = fieldsOf(query);
  return {
    status: 200,
    body: {
      newsletters: slice(newsletters, request).map((n) => pick(newsletterJson(n), fields)),
      meta: metaOf(request, newsletters.length),
    },
  };
}

export function addNewsletter(ghost: Ghost, body: unknown): Answer {
  const item = rootItem(body, "newsletters", "save newsletter");
  if (typeof item.name !== "string" || item.name === "") {
    throw invalid("save newsletter", "Value in [newsletters.name] cannot be blank.", "name");
  }
  const made = ghost.store.addNewsletter(item.name, {
    subscribeOnSignup: item.subscribe_on_signup !== false,
  });
  return { status: 201, body: { newsletters: [newsletterJson(made)] } };
}
