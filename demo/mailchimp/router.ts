import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import type { Batches } from "./batches.ts";
import { bulk } from "./bulk-api.ts";
import {
  browseAbuse,
  browseAutomations,
  browseCampaigns,
  browseReports,
  browseUnsubscribed,
  collection,
  readCampaign,
  readReport,
  report,
} from "./campaigns-api.ts";
import type { ListStore } from "./list-store.ts";
import { link, listJson } from "./member-json.ts";
import {
  addMember,
  archive,
  browseMembers,
  deletePermanent,
  edit,
  ok,
  putMember,
  readMember,
  readTags,
  writeTags,
} from "./members-api.ts";
import { pickOf, pruned } from "./pick.ts";
import { notFound, Problem } from "./problem.ts";
import {
  addToSegment,
  batchSegment,
  browseSegmentMembers,
  browseSegments,
  createSegment,
  readSegment,
  removeFromSegment,
  searchTags,
} from "./segments-api.ts";

const notAllowed = (): Problem =>
  new Problem(405, "Method Not Allowed", "The requested method and resource are not compatible.");

/** The part of the API that Plumbline and its tests use; the rest is 404, or 405 where only the method is wrong. */
export function route(account: Account, batches: Batches | null, call: Call): Answer {
  const [, root = "", id = "", third = "", fourth = ""] = call.path.split("/").map(decodeURIComponent);
  const get = call.method === "GET";
  switch (root) {
    case "ping":
      if (get) return ok({ health_status: "Everything's Chimpy!" }, "Ping");
      break;
    case "lists":
      return id === "" ? lists(account, call) : inList(account, call, id);
    case "campaigns":
      if (get) return id === "" ? browseCampaigns(account, call) : readCampaign(account, id);
      break;
    case "automations":
      if (get && id === "") return browseAutomations(account, call);
      break;
    case "reports":
      if (!get) break;
      if (id === "") return browseReports(account, call);
      if (third === "") return readReport(account, id);
      if (third === "unsubscribed" && fourth === "") return browseUnsubscribed(account, call, id);
      if (third === "abuse-reports")
        return browseAbuse(account, call, [report(account, id)], { campaign_id: id });
      throw notFound();
    case "batches":
      if (batches === null) throw notFound();
      if (call.method === "POST" && id === "") return batches.submit(call);
      if (get) return id === "" ? batches.browse(call) : batches.read(id);
      break;
    default:
      throw notFound();
  }
  throw notAllowed();
}

function lists(account: Account, call: Call): Answer {
  if (call.method !== "GET") throw notAllowed();
  const max = account.lists.size;
  return collection(
    call,
    "lists",
    [...account.lists.values()].map((l) => listJson(l, account)),
    {
      constraints: { may_create: false, max_instances: max, current_total_instances: max },
    },
  );
}

function inList(account: Account, call: Call, id: string): Answer {
  const list = account.lists.get(id);
  if (list === undefined) throw notFound();
  const [, , , what = "", which = ""] = call.path.split("/").map(decodeURIComponent);
  switch (`${call.method} ${what}`) {
    case "GET ":
      return ok(pruned(listJson(list, account), pickOf(call.query)), "Lists/Instance");
    case "POST ":
      return bulk(account, list, call);
    case "GET tag-search":
      return searchTags(list, call);
    case "GET merge-fields":
      return mergeFields(list, call);
    case "GET webhooks":
      return collection(call, "webhooks", [], { list_id: id });
    case "GET interest-categories":
      return collection(call, "categories", [], { list_id: id });
    case "GET abuse-reports": {
      const mine = [...account.campaigns.values()].filter((c) => c.listId === id);
      return browseAbuse(account, call, mine, { list_id: id });
    }
    default:
  }
  if (what === "members") return which === "" ? members(account, list, call) : member(account, list, call);
  if (what === "segments") return segments(account, list, call, which);
  throw ["tag-search", "merge-fields", "webhooks", "interest-categories", "abuse-reports", ""].includes(what)
    ? notAllowed()
    : notFound();
}

function members(account: Account, list: ListStore, call: Call): Answer {
  if (call.method === "GET") return browseMembers(list, call);
  if (call.method === "POST") return addMember(account, list, call);
  throw notAllowed();
}

function member(account: Account, list: ListStore, call: Call): Answer {
  const [, , , , id = "", what = "", action = ""] = call.path.split("/").map(decodeURIComponent);
  switch (`${call.method} ${what}`) {
    case "GET ":
      return readMember(list, call, id);
    case "PUT ":
      return putMember(account, list, call, id);
    case "PATCH ":
      return edit(account, list, call, id);
    case "DELETE ":
      return archive(account, list, call, id);
    case "GET tags":
      return readTags(list, call, id);
    case "POST tags":
      return writeTags(account, list, call, id);
    case "POST actions":
      if (action === "delete-permanent") return deletePermanent(account, list, id);
      throw notFound();
    default:
      throw what === "" || what === "tags" ? notAllowed() : notFound();
  }
}

function segments(account: Account, list: ListStore, call: Call, id: string): Answer {
  const [, , , , , what = "", hash = ""] = call.path.split("/").map(decodeURIComponent);
  switch (`${call.method} ${id === "" ? "all" : what === "" ? "one" : what}`) {
    case "GET all":
      return browseSegments(list, call);
    case "POST all":
      return createSegment(account, list, call);
    case "GET one":
      return readSegment(list, call, id);
    case "POST one":
      return batchSegment(account, list, call, id);
    case "GET members":
      return browseSegmentMembers(list, call, id);
    case "POST members":
      return addToSegment(account, list, call, id);
    case "DELETE members":
      return removeFromSegment(account, list, call, id, hash);
    default:
      throw notAllowed();
  }
}

function mergeFields(list: ListStore, call: Call): Answer {
  const all = list.settings.mergeFields.map((f, n) => ({
    merge_id: n + 1,
    tag: f.tag,
    name: f.name,
    type: f.type,
    required: f.required,
    default_value: "",
    public: false,
    display_order: n + 1,
    options: f.choices === undefined ? {} : { choices: f.choices },
    help_text: "",
    list_id: list.settings.id,
    _links: [link("self", `/lists/${list.settings.id}/merge-fields/${n + 1}`)],
  }));
  return collection(call, "merge_fields", all, { list_id: list.settings.id });
}
