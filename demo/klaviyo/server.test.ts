import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type KlaviyoSim, startKlaviyoSim } from "./server.ts";

type Doc = {
  readonly data: readonly Item[];
  readonly links: { readonly next: string | null };
  readonly errors: readonly {
    readonly code: string;
    readonly detail: string;
    readonly source: { readonly pointer?: string };
    readonly meta: { readonly duplicate_profile_id?: string };
  }[];
};
type Item = { readonly id: string; readonly attributes: Readonly<Record<string, unknown>> };

let nowMs = Date.parse("2026-11-26T08:00:00Z");
let sim: KlaviyoSim;

beforeAll(async () => {
  sim = await startKlaviyoSim({ port: 0, clock: { now: () => new Date(nowMs) } });
});
afterAll(() => sim.close());
beforeEach(() => {
  nowMs += 120_000;
  sim.control.clear();
  sim.control.clearFaults();
  sim.control.setLimits(true);
});

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const url = path.startsWith("http") ? path : `${sim.url}/api${path}`;
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Klaviyo-API-Key ${sim.key}`,
      revision: "2026-07-15",
      accept: "application/vnd.api+json",
      ...(body === undefined ? {} : { "content-type": "application/vnd.api+json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const doc = (text === "" ? {} : JSON.parse(text)) as Doc;
  return { status: response.status, headers: response.headers, doc };
}
const q = (params: Record<string, string>) => `?${new URLSearchParams(params)}`;
const person = (n: number) => ({ email: `p${n}@example.test`, createdAt: new Date(nowMs - 1e9 + n * 1000) });
const ids = (...emails: string[]) => ({
  data: emails.map((e) => ({ type: "profile", id: sim.control.find(e)?.id })),
});
const job = (type: string, emails: readonly string[], consent: string, listId?: string) => ({
  data: {
    type,
    attributes: {
      profiles: {
        data: emails.map((email) => ({
          type: "profile",
          attributes: {
            email,
            ...(consent === "" ? {} : { subscriptions: { email: { marketing: { consent } } } }),
          },
        })),
      },
    },
    ...(listId === undefined ? {} : { relationships: { list: { data: { type: "list", id: listId } } } }),
  },
});
const subscribe = (emails: readonly string[], listId?: string) =>
  call(
    "POST",
    "/profile-subscription-bulk-create-jobs",
    job("profile-subscription-bulk-create-job", emails, "SUBSCRIBED", listId),
  );
const unsubscribe = (emails: readonly string[], listId?: string) =>
  call(
    "POST",
    "/profile-subscription-bulk-delete-jobs",
    job("profile-subscription-bulk-delete-job", emails, "UNSUBSCRIBED", listId),
  );

describe("reading", () => {
  it("pages through a list by the full URL of the next page, null at the end", async () => {
    const list = sim.control.addList("Pages");
    sim.control.load(Array.from({ length: 200 }, (_, n) => ({ ...person(n), lists: [list.id] })));
    const seen: unknown[] = [];
    let url: string | null = `/lists/${list.id}/profiles${q({ "page[size]": "100" })}`;
    let pages = 0;
    while (url !== null) {
      const { doc }: { doc: Doc } = await call("GET", url);
      seen.push(...doc.data.map((d) => d.attributes.email));
      url = doc.links.next;
      pages += 1;
    }
    expect(pages).toBe(2);
    expect(new Set(seen).size).toBe(200);
  });

  it("refuses more than a hundred profiles or ten lists a page, and cursors that are not its own", async () => {
    const { id } = sim.control.addList("Sizes");
    expect((await call("GET", `/lists/${id}/profiles${q({ "page[size]": "101" })}`)).status).toBe(400);
    expect((await call("GET", `/lists${q({ "page[size]": "11" })}`)).status).toBe(400);
    expect((await call("GET", `/profiles${q({ "page[cursor]": "bm9uc2Vuc2U" })}`)).status).toBe(400);
  });

  it("tells subscriptions only when asked, and says that the never subscribed can be mailed", async () => {
    sim.control.load([person(1)]);
    const plain = await call("GET", `/profiles${q({ filter: 'equals(email,"P1@example.test")' })}`);
    expect(plain.doc.data[0]?.attributes).not.toHaveProperty("subscriptions");
    const full = await call(
      "GET",
      `/profiles${q({
        filter: 'any(email,["p1@example.test"])',
        "additional-fields[profile]": "subscriptions",
        "fields[profile]":
          "email,subscriptions.email.marketing.consent,subscriptions.email.marketing.can_receive_email_marketing",
      })}`,
    );
    expect(full.doc.data[0]?.attributes).toEqual({
      email: "p1@example.test",
      subscriptions: {
        email: { marketing: { consent: "NEVER_SUBSCRIBED", can_receive_email_marketing: true } },
      },
    });
  });

  it("wants a revision and the right key", async () => {
    expect((await call("GET", "/lists", undefined, { revision: "" })).status).toBe(400);
    expect((await call("GET", "/lists", undefined, { authorization: "Bearer x" })).status).toBe(401);
  });

  it("lists campaigns only by channel, with included and excluded audiences", async () => {
    sim.control.addCampaign({
      name: "Autumn",
      included: ["A"],
      excluded: ["B"],
      sendTime: new Date(nowMs + 1e6),
    });
    expect((await call("GET", "/campaigns")).status).toBe(400);
    const { doc } = await call(
      "GET",
      `/campaigns${q({ filter: 'and(equals(messages.channel,"email"),equals(status,"Scheduled"))' })}`,
    );
    expect(doc.data.map((d) => d.attributes.audiences)).toContainEqual({ included: ["A"], excluded: ["B"] });
  });

  it("has no way to write a segment's members", async () => {
    const { id } = sim.control.addSegment("Engaged", { condition_groups: [] });
    const { status, doc } = await call("POST", `/segments/${id}/relationships/profiles`, { data: [] });
    expect([status, doc.errors[0]?.code]).toEqual([405, "method_not_allowed"]);
  });
});

describe("limits", () => {
  it("refuses what is over the burst, with Retry-After and without RateLimit headers, until the second is over", async () => {
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await call("GET", "/flows"));
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 429]);
    expect(answers[2]?.headers.get("ratelimit-remaining")).toBe("57");
    expect(answers[3]?.headers.get("retry-after")).toBe("1");
    expect(answers[3]?.headers.get("ratelimit-remaining")).toBeNull();
    nowMs += 1_000;
    expect((await call("GET", "/flows")).status).toBe(200);
  });

  it("counts the minute too", async () => {
    const { id } = sim.control.addList("Counted");
    nowMs += 60_000 - (nowMs % 60_000);
    const count = () => call("GET", `/lists/${id}${q({ "additional-fields[list]": "profile_count" })}`);
    for (let i = 0; i < 15; i++) {
      expect((await count()).status).toBe(200);
      nowMs += 1_000;
    }
    const over = await count();
    expect([over.status, over.headers.get("retry-after")]).toEqual([429, "45"]);
  });
});

describe("writing", () => {
  it("adds to a list, starting live flows for whoever can be mailed", async () => {
    const { id } = sim.control.addList("Welcome");
    const flow = sim.control.addFlow({ name: "Hello", trigger: { type: "list", id } });
    sim.control.load([person(1), { ...person(2), consent: "UNSUBSCRIBED" }]);
    const body = ids("p1@example.test", "p2@example.test");
    const before = sim.control.sends().length;
    expect((await call("POST", `/lists/${id}/relationships/profiles`, body)).status).toBe(204);
    expect(
      sim.control
        .sends()
        .slice(before)
        .map((s) => [s.source, s.profileId]),
    ).toEqual([[flow.id, sim.control.find("p1@example.test")?.id]]);
    await call("POST", `/lists/${id}/relationships/profiles`, body);
    expect(sim.control.sends().length).toBe(before + 1);
    expect(
      sim.control
        .journal()
        .slice(-4)
        .map((e) => e.effective),
    ).toEqual([true, true, false, false]);
  });

  it("removes from a list and leaves consent alone", async () => {
    const { id } = sim.control.addList("Leave");
    sim.control.load([{ ...person(1), consent: "SUBSCRIBED", lists: [id] }]);
    await call("DELETE", `/lists/${id}/relationships/profiles`, ids("p1@example.test"));
    expect(sim.control.state("p1@example.test")).toMatchObject({ lists: [], consent: "SUBSCRIBED" });
  });

  it("answers 404 with a pointer for an unknown id, and changes nobody", async () => {
    const { id } = sim.control.addList("Unknown");
    sim.control.load([person(1)]);
    const body = { data: [...ids("p1@example.test").data, { type: "profile", id: "01NOBODY" }] };
    const { status, doc } = await call("POST", `/lists/${id}/relationships/profiles`, body);
    expect([status, doc.errors[0]?.source.pointer]).toEqual([404, "/data/1/id"]);
    expect(sim.control.counts().groups[id]).toBe(0);
  });

  it("answers 409 with the id of whoever has the address", async () => {
    sim.control.load([person(1)]);
    const { status, doc } = await call("POST", "/profiles", {
      data: { type: "profile", attributes: { email: "P1@example.test" } },
    });
    expect([status, doc.errors[0]?.code, doc.errors[0]?.meta.duplicate_profile_id]).toEqual([
      409,
      "duplicate_profile",
      sim.control.find("p1@example.test")?.id,
    ]);
  });

  it("creates a profile that nobody subscribed, and writes before and after down", async () => {
    const body = {
      data: { type: "profile", attributes: { email: "new@example.test", properties: { plan: "pro" } } },
    };
    expect((await call("POST", "/profiles", body)).status).toBe(201);
    expect(sim.control.journal().at(-1)).toMatchObject({
      op: "profile.create",
      before: null,
      after: { consent: "NEVER_SUBSCRIBED", canReceiveEmail: true, properties: { plan: "pro" }, lists: [] },
    });
  });

  it("refuses subscriptions in a profile's fields", async () => {
    const body = { data: { type: "profile", attributes: { email: "a@example.test", subscriptions: {} } } };
    const { status, doc } = await call("POST", "/profiles", body);
    expect([status, doc.errors[0]?.source.pointer]).toEqual([400, "/data/attributes/subscriptions"]);
  });
});

describe("jobs", () => {
  it("lifts unsubscribes, spam reports and manual suppressions by subscribing, never bounces", async () => {
    sim.control.load([
      { ...person(1), suppressions: ["UNSUBSCRIBE", "SPAM_COMPLAINT", "USER_SUPPRESSED", "HARD_BOUNCE"] },
    ]);
    expect((await subscribe(["p1@example.test"])).status).toBe(202);
    expect(sim.control.state("p1@example.test")?.consent).toBe("NEVER_SUBSCRIBED");
    nowMs += 3_000;
    expect(sim.control.state("p1@example.test")).toMatchObject({
      consent: "SUBSCRIBED",
      suppressions: ["HARD_BOUNCE"],
    });
  });

  it("sends a confirmation instead where the list asks for double opt-in", async () => {
    const { id } = sim.control.addList("Double", "double_opt_in");
    sim.control.load([person(1)]);
    await subscribe(["p1@example.test"], id);
    nowMs += 3_000;
    expect(sim.control.sends().at(-1)?.kind).toBe("confirmation");
    expect(sim.control.state("p1@example.test")?.consent).toBe("NEVER_SUBSCRIBED");
  });

  it("unsubscribes a member from the list, and whoever is not on it from everything", async () => {
    const { id } = sim.control.addList("One");
    sim.control.load([
      { ...person(1), consent: "SUBSCRIBED", lists: [id] },
      { ...person(2), consent: "SUBSCRIBED" },
    ]);
    await unsubscribe(["p1@example.test", "p2@example.test"], id);
    nowMs += 3_000;
    expect(sim.control.state("p1@example.test")).toMatchObject({
      consent: "SUBSCRIBED",
      suppressions: [],
      listSuppressions: [id],
      canReceiveEmail: true,
      lists: [],
    });
    expect(sim.control.state("p2@example.test")).toMatchObject({
      consent: "UNSUBSCRIBED",
      suppressions: ["UNSUBSCRIBE"],
      canReceiveEmail: false,
    });
  });

  it("suppresses in three steps, and unsuppresses only what was suppressed by hand", async () => {
    sim.control.load([{ ...person(1), suppressions: ["SPAM_COMPLAINT"] }]);
    const type = "profile-suppression-bulk-create-job";
    const { status, doc } = await call("POST", `/${type}s`, job(type, ["p1@example.test"], ""));
    const { id } = doc.data as unknown as Item;
    const statusOf = async () =>
      ((await call("GET", `/${type}s/${id}`)).doc.data as unknown as Item).attributes.status;
    const seen = [await statusOf()];
    nowMs += 1_500;
    seen.push(await statusOf());
    nowMs += 1_500;
    seen.push(await statusOf());
    expect([status, ...seen]).toEqual([202, "queued", "processing", "complete"]);
    expect(sim.control.state("p1@example.test")?.suppressions).toEqual(["SPAM_COMPLAINT", "USER_SUPPRESSED"]);
    const undo = "profile-suppression-bulk-delete-job";
    await call("POST", `/${undo}s`, job(undo, ["p1@example.test"], ""));
    nowMs += 3_000;
    expect(sim.control.state("p1@example.test")?.suppressions).toEqual(["SPAM_COMPLAINT"]);
  });

  it("refuses more than a hundred addresses", async () => {
    const emails = Array.from({ length: 101 }, (_, n) => `p${n}@example.test`);
    const type = "profile-suppression-bulk-create-job";
    expect((await call("POST", `/${type}s`, job(type, emails, ""))).status).toBe(400);
    expect((await unsubscribe(emails)).status).toBe(400);
  });

  it("can be stuck or end without effect", async () => {
    sim.control.load([person(1)]);
    sim.control.fault({ kind: "job_failed" });
    await unsubscribe(["p1@example.test"]);
    nowMs += 10_000;
    expect(sim.control.state("p1@example.test")?.consent).toBe("NEVER_SUBSCRIBED");
  });
});

describe("campaigns", () => {
  it("go out when their time comes, to the included who are neither excluded nor suppressed", async () => {
    const [all, few] = [sim.control.addList("All"), sim.control.addList("Few")];
    sim.control.load([
      { ...person(1), lists: [all.id] },
      { ...person(2), lists: [all.id, few.id] },
      { ...person(3), lists: [all.id], consent: "UNSUBSCRIBED" },
    ]);
    const c = sim.control.addCampaign({
      name: "Now",
      included: [all.id],
      excluded: [few.id],
      sendTime: new Date(nowMs + 5_000),
    });
    const toNow = () => sim.control.sends().filter((s) => s.source === c.id);
    expect(toNow()).toEqual([]);
    nowMs += 5_000;
    expect(toNow().map((s) => s.profileId)).toEqual([sim.control.find("p1@example.test")?.id]);
    const report = await call("POST", "/campaign-values-reports", {
      data: {
        type: "campaign-values-report",
        attributes: {
          statistics: ["recipients"],
          timeframe: { key: "last_7_days" },
          conversion_metric_id: "METRC0",
        },
      },
    });
    const { attributes } = report.doc.data as unknown as { attributes: { results: unknown[] } };
    expect(attributes.results).toContainEqual(
      expect.objectContaining({
        statistics: { recipients: 1 },
        groupings: expect.objectContaining({ campaign_id: c.id }),
      }),
    );
  });
});

describe("a crowd", () => {
  it("is a million people at once, in pages, findable and removable one by one", async () => {
    sim.control.loadCrowd(1_000_000, "Crowd");
    const [id] = Object.entries(sim.control.counts().groups).find(([, n]) => n === 1_000_000) ?? [];
    const path = `/lists/${id}/profiles${q({ "page[size]": "100", "additional-fields[profile]": "subscriptions" })}`;
    const first = await call("GET", path);
    const second = await call("GET", first.doc.links.next ?? "");
    expect(second.doc.data[0]?.attributes.email).toBe("crowd-100@crowd.example.test");
    await call("DELETE", `/lists/${id}/relationships/profiles`, ids("crowd-100@crowd.example.test"));
    const again = await call("GET", first.doc.links.next ?? "");
    expect(again.doc.data[0]?.attributes.email).toBe("crowd-101@crowd.example.test");
    expect(sim.control.counts().groups[id ?? ""]).toBe(999_999);
  });
});

describe("faults in lists", () => {
  const load = () => {
    const list = sim.control.addList("Faulty");
    sim.control.load(Array.from({ length: 45 }, (_, n) => ({ ...person(n), lists: [list.id] })));
    return `/lists/${list.id}/profiles`;
  };

  it("loses rows, repeats them, repeats a cursor, renames a field", async () => {
    const path = load();
    const page2 = (await call("GET", path)).doc.links.next ?? "";
    sim.control.fault({ kind: "short_page", path });
    expect((await call("GET", path)).doc.data.length).toBe(10);
    sim.control.fault({ kind: "duplicate_rows", path });
    expect((await call("GET", path)).doc.data.length).toBe(23);
    sim.control.fault({ kind: "repeat_cursor", path, page: 2 });
    expect((await call("GET", path)).doc.links.next).toBe(page2);
    expect((await call("GET", page2)).doc.links.next).toBe(page2);
    sim.control.fault({ kind: "repeat_page", path, page: 2 });
    const [one, two] = [await call("GET", path), await call("GET", page2)];
    expect(two.doc.data.map((d) => d.id)).toEqual(one.doc.data.map((d) => d.id));
    sim.control.fault({ kind: "renamed_field", path, field: "email" });
    expect((await call("GET", path)).doc.data[0]?.attributes).toHaveProperty("email_v2");
  });

  it("shows what was there before when reads lag", async () => {
    const path = load();
    const id = path.split("/")[2] ?? "";
    await call("DELETE", `/lists/${id}/relationships/profiles`, ids("p0@example.test"));
    expect((await call("GET", path)).doc.data[0]?.attributes.email).toBe("p1@example.test");
    sim.control.fault({ kind: "read_lag", ms: 5_000 });
    expect((await call("GET", path)).doc.data[0]?.attributes.email).toBe("p0@example.test");
    nowMs += 5_000;
    expect((await call("GET", path)).doc.data[0]?.attributes.email).toBe("p1@example.test");
  });

  it("acknowledges without doing, and leaves one out", async () => {
    const path = load();
    const id = path.split("/")[2] ?? "";
    const remove = () =>
      call("DELETE", `/lists/${id}/relationships/profiles`, ids("p0@example.test", "p1@example.test"));
    sim.control.fault({ kind: "ghost_ack" });
    expect((await remove()).status).toBe(204);
    expect(sim.control.counts().groups[id]).toBe(45);
    sim.control.fault({ kind: "partial" });
    await remove();
    expect(sim.control.counts().groups[id]).toBe(44);
  });
});
