import { ApiKeySession, ListsApi, ProfilesApi, RetryWithExponentialBackoff, SegmentsApi } from "klaviyo-api";
import { afterAll, beforeEach, expect, test } from "vitest";
import { type KlaviyoSim, startKlaviyoSim } from "../../demo/klaviyo/server.ts";
import { gateOf } from "../gate/gate.ts";
import { judged, tapped } from "../gate/traffic.ts";
import { notRun } from "../setup/material.ts";

/**
 * The vendor's own client judges the simulator: it has to read, write and wait as it does with Klaviyo. What passes
 * between the two is judged by the vendor's document as well, so that all three agree.
 */
const PEOPLE = 45;
let now = Date.parse("2026-11-23T06:00:00.000Z");
const sim: KlaviyoSim = await startKlaviyoSim({ port: 0, clock: { now: () => new Date(now) }, jobMs: 0 });
const gate = gateOf("klaviyo");
const violations: string[] = [];
const tap = await tapped(sim.url, (e) => {
  if (gate !== null) violations.push(...judged(gate, "klaviyo", e));
});
const session = new ApiKeySession(sim.key, new RetryWithExponentialBackoff({ numRetries: 4 }));
const at = <T extends { basePath: string }>(api: T): T => {
  api.basePath = tap.url;
  return api;
};
const profiles = at(new ProfilesApi(session));
const lists = at(new ListsApi(session));
const segments = at(new SegmentsApi(session));

const email = (i: number): string => `p${i}@example.com`;
const cursorOf = (next: string | null | undefined): string | undefined =>
  next ? (new URL(next).searchParams.get("page[cursor]") ?? undefined) : undefined;
const listId = async (name: string): Promise<string> => {
  const { body } = await lists.getLists({ filter: `equals(name,"${name}")` });
  return body.data[0]?.id ?? "";
};
const idOf = async (address: string): Promise<string> => {
  const { body } = await profiles.getProfiles({ filter: `equals(email,"${address}")` });
  return body.data[0]?.id ?? "";
};

beforeEach(() => {
  now += 60_000;
  violations.length = 0;
  sim.control.clearFaults();
  sim.control.clear();
  sim.control.load(
    Array.from({ length: PEOPLE }, (_, i) => ({
      email: email(i),
      names: { first_name: `N${i}` },
      consent: i % 5 === 0 ? ("UNSUBSCRIBED" as const) : ("SUBSCRIBED" as const),
      consentAt: "2026-01-02T03:04:05Z",
      lists: i < 25 ? ["Newsletter"] : [],
    })),
  );
});
afterAll(async () => {
  await tap.close();
  await sim.close();
});

/** Both ways, whatever the SDK did. */
function conforms(): void {
  if (gate === null) notRun("connectors/specs");
  expect(violations).toEqual([]);
}

async function everyProfile() {
  const found = new Map<
    string,
    { consent: string | undefined; can: boolean | undefined; reasons: string[] }
  >();
  for (let cursor: string | undefined, pages = 0; pages < 20; pages++) {
    const { body } = await profiles.getProfiles({
      additionalFieldsProfile: ["subscriptions"],
      pageSize: 10,
      ...(cursor === undefined ? {} : { pageCursor: cursor }),
    });
    for (const p of body.data) {
      const marketing = p.attributes.subscriptions?.email?.marketing;
      found.set(p.attributes.email ?? "", {
        consent: marketing?.consent,
        can: marketing?.canReceiveEmailMarketing,
        reasons: (marketing?.suppression ?? []).map((s) => String(s.reason)),
      });
    }
    cursor = cursorOf(body.links?.next);
    if (cursor === undefined) break;
  }
  return found;
}

test("pages through every profile with consent, and waits as long as a 429 says", {
  timeout: 30_000,
}, async () => {
  sim.control.fault({ kind: "rate_limited", path: "/profiles", skip: 2, retryAfter: "2" });
  const before = sim.control.requests().length;
  const found = await everyProfile();
  expect(found.size).toBe(PEOPLE);
  expect(found.get(email(0))).toEqual({ consent: "UNSUBSCRIBED", can: false, reasons: ["UNSUBSCRIBE"] });
  expect(found.get(email(1))).toEqual({ consent: "SUBSCRIBED", can: true, reasons: [] });
  const seen = sim.control.requests().slice(before);
  const refused = seen.findIndex((r) => r.status === 429);
  expect(refused).toBe(2);
  expect((seen[refused + 1]?.atMs ?? 0) - (seen[refused]?.atMs ?? 0)).toBeGreaterThanOrEqual(2000);
  conforms();
});

test("is refused by the real rate windows too, and gets through", { timeout: 30_000 }, async () => {
  // ten a second: the eleventh in one second of the simulator's clock is refused, until that clock goes on
  const ticking = setInterval(() => {
    now += 1000;
  }, 500);
  try {
    const answers = await Promise.all(Array.from({ length: 13 }, () => lists.getLists()));
    expect(answers.every((a) => a.body.data.length > 0)).toBe(true);
    expect(sim.control.requests().some((r) => r.status === 429)).toBe(true);
  } finally {
    clearInterval(ticking);
  }
  conforms();
});

test("reads lists, members with the time they joined, and segments with their definition", async () => {
  const id = await listId("Newsletter");
  const members = await lists.getProfilesForList(id, {
    pageSize: 100,
    additionalFieldsProfile: ["subscriptions"],
  });
  expect(members.body.data.length).toBe(25);
  expect(members.body.data[0]?.attributes.joinedGroupAt).toBeInstanceOf(Date);
  const ids = await lists.getProfileIdsForList(id, { pageSize: 100 });
  expect(new Set(ids.body.data.map((d) => d.id))).toEqual(new Set(members.body.data.map((d) => d.id)));
  expect(
    (await lists.getList(id, { additionalFieldsList: ["profile_count"] })).body.data.attributes.profileCount,
  ).toBe(25);

  const definition = {
    condition_groups: [
      {
        conditions: [
          { type: "profile-group-membership", is_member: true, group_ids: [id], timeframe_filter: null },
        ],
      },
    ],
  };
  const segment = sim.control.addSegment("Active", definition, [email(1), email(2)]);
  const all = await segments.getSegments();
  expect(all.body.data.map((s) => s.attributes.name)).toContain("Active");
  const inside = await segments.getProfilesForSegment(segment.id);
  expect(inside.body.data.map((p) => p.attributes.email).toSorted()).toEqual([email(1), email(2)]);
  conforms();
});

test("adds to and removes from a list, and nobody's consent changes", async () => {
  const list = await listId("Newsletter");
  const [joins, leaves] = [await idOf(email(30)), await idOf(email(1))];
  await lists.addProfilesToList(list, { data: [{ type: "profile", id: joins }] });
  await lists.removeProfilesFromList(list, { data: [{ type: "profile", id: leaves }] });
  const ids = (await lists.getProfileIdsForList(list, { pageSize: 100 })).body.data.map((d) => d.id);
  expect(ids).toContain(joins);
  expect(ids).not.toContain(leaves);
  const after = await everyProfile();
  expect(after.get(email(30))?.consent).toBe("UNSUBSCRIBED");
  expect(after.get(email(1))?.consent).toBe("SUBSCRIBED");
  conforms();
});

test("suppresses, creates and updates", async () => {
  await profiles.bulkSuppressProfiles({
    data: {
      type: "profile-suppression-bulk-create-job",
      attributes: { profiles: { data: [{ type: "profile", attributes: { email: email(2) } }] } },
    },
  });
  const suppressed = (await everyProfile()).get(email(2));
  expect(suppressed).toMatchObject({ can: false, reasons: ["USER_SUPPRESSED"] });
  const created = await profiles.createProfile({
    data: {
      type: "profile",
      attributes: { email: "new@example.com", firstName: "New", properties: { plan: "pro" } },
    },
  });
  expect(created.response.status).toBe(201);
  const id = created.body.data.id ?? "";
  await profiles.updateProfile(id, { data: { type: "profile", id, attributes: { lastName: "Person" } } });
  const read = await profiles.getProfile(id);
  expect(read.body.data.attributes).toMatchObject({
    firstName: "New",
    lastName: "Person",
    properties: { plan: "pro" },
  });
  conforms();
});

test("the trap: an unsubscribe that names a list reaches who is not on it everywhere", async () => {
  const list = await listId("Newsletter");
  const unsubscribe = (address: string) =>
    profiles.bulkUnsubscribeProfiles({
      data: {
        type: "profile-subscription-bulk-delete-job",
        attributes: {
          profiles: {
            data: [
              {
                type: "profile",
                attributes: {
                  email: address,
                  subscriptions: { email: { marketing: { consent: "UNSUBSCRIBED" } } },
                },
              },
            ],
          },
        },
        relationships: { list: { data: { type: "list", id: list } } },
      },
    });
  await unsubscribe(email(1)); // on the list
  await unsubscribe(email(31)); // not on it
  const after = await everyProfile();
  expect(after.get(email(1))?.can).toBe(true);
  expect(after.get(email(31))).toMatchObject({ consent: "UNSUBSCRIBED", can: false });
  conforms();
});

test("an error is one that the client understands", async () => {
  await expect(profiles.getProfile("01NOBODY")).rejects.toMatchObject({ response: { status: 404 } });
  const wrong = at(new ProfilesApi(new ApiKeySession("pk_wrong")));
  await expect(wrong.getProfiles()).rejects.toMatchObject({ response: { status: 401 } });
  conforms();
});
