import { randomBytes } from "node:crypto";
import { mailmanCollector } from "../../collectors/mailman.ts";
import type { MailmanSystem, SecretRef } from "../../core/config.ts";
import { audienceId, type ReadTarget, systemId } from "../../core/model.ts";
import { type MailmanSim, startMailmanSim } from "../../demo/mailman/server.ts";
import { mailmanWriter } from "../../sync/writers/mailman.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS, type WorldFault } from "./faults.ts";
import { quick } from "./ghost-world.ts";
import { simFaults } from "./sim-faults.ts";
import type { WriterWorld } from "./writer.ts";

/** A Mailman, simulated or real. */
export type MailmanServer = {
  readonly url: string;
  readonly user: string;
  readonly password: string;
};
export type MailmanAnswer = { readonly status: number; readonly body: Record<string, unknown> };
export type MailmanCall = (
  method: string,
  path: string,
  fields?: readonly (readonly [string, string])[],
) => Promise<MailmanAnswer>;

const ref = (s: string): SecretRef => s as SecretRef;
export const mailmanSystem = (server: MailmanServer, more: Partial<MailmanSystem> = {}): MailmanSystem => ({
  id: systemId("lists"),
  title: "Mailing lists",
  kind: "mailman",
  sends: true,
  limitShare: 1,
  privateNetwork: false,
  url: server.url,
  user: server.user,
  password: ref("password"),
  writePassword: ref("password"),
  attributes: { name: "display_name" },
  ...more,
});
export const listTarget = (list: string, audience = "active"): ReadTarget => ({
  kind: "segment",
  audience: audienceId(audience),
  source: { list },
});
/** Small pages, so that a real Mailman has few people to take in: it subscribes 40 a second. */
export const PAGE_SIZE = 20;
export const depsOf = (server: MailmanServer) => ({
  secret: () => server.password,
  ...quick,
  http: { timeoutMs: 10_000 },
  pageSize: PAGE_SIZE,
});

/** A client of the REST API that shares nothing with ours. */
export function mailmanCall(server: MailmanServer): MailmanCall {
  const authorization = `Basic ${Buffer.from(`${server.user}:${server.password}`).toString("base64")}`;
  return async (method, path, fields) => {
    const body = fields === undefined ? null : new URLSearchParams(fields.map(([k, v]) => [k, v]));
    const answer = await fetch(`${server.url}${path}`, { method, body, headers: { authorization } });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
}

/** Makes a list on a domain of its own, and takes people in as their own confirmed subscriptions would. */
export async function makeList(call: MailmanCall, name: string, domain: string) {
  const address = `${name}@${domain}`;
  const id = `${name}.${domain}`;
  await call("POST", "/domains", [["mail_host", domain]]);
  const made = await call("POST", "/lists", [["fqdn_listname", address]]);
  if (made.status !== 201) throw new Error(`no list: ${made.status} ${JSON.stringify(made.body)}`);
  return {
    id,
    address,
    /** `known`: the address may be known already, and then keeps its name unless it is set apart. Default: true. */
    async subscribe(
      email: string,
      more: { name?: string | null; delivery?: string; known?: boolean } = {},
    ): Promise<number> {
      const { status } = await call("POST", "/members", [
        ["list_id", id],
        ["subscriber", email],
        ...["pre_verified", "pre_confirmed", "pre_approved"].map((n): [string, string] => [n, "true"]),
        ["send_welcome_message", "false"],
        ["display_name", more.name ?? ""],
        ...(more.delivery === undefined ? [] : [["delivery_status", more.delivery] as const]),
      ]);
      if (status === 201 && more.known !== false)
        await call("PATCH", `/addresses/${email}`, [["display_name", more.name ?? ""]]);
      return status;
    },
    async clear(): Promise<void> {
      const { body } = await call("GET", `/lists/${id}/roster/member?fields=email&count=10000&page=1`);
      const emails = ((body.entries ?? []) as { email: string }[]).map((e): [string, string] => [
        "emails",
        e.email,
      ]);
      if (emails.length > 0) await call("DELETE", `/lists/${id}/roster/member`, emails);
    },
    async drop(): Promise<void> {
      await call("DELETE", `/lists/${id}`);
    },
  };
}
export const newDomain = (): string => `d${randomBytes(4).toString("hex")}.example.test`;

export async function mailmanWorld(server: MailmanServer): Promise<CollectorWorld> {
  const call = mailmanCall(server);
  const list = await makeList(call, "active", newDomain());
  const config = mailmanSystem(server);
  return {
    pageSize: PAGE_SIZE,
    caseSensitive: false,
    target: listTarget(list.address),
    collector: mailmanCollector(config, depsOf(server)),
    wrongCredentials: mailmanCollector(config, { ...depsOf(server), secret: () => "wrong" }),
    async seed(people) {
      await list.clear();
      const waiting = [...people];
      const some = async () => {
        for (let p = waiting.shift(); p !== undefined; p = waiting.shift())
          await list.subscribe(p.email, { name: p.name ?? null });
      };
      // two records of one address must come one after the other
      await (people.length < 20 ? some() : Promise.all([some(), some(), some(), some()]));
    },
    faults: new Set(), // a real server does not fail on demand
    fault: async () => undefined,
    verbs: () => null,
    close: () => list.drop(),
  };
}

export async function mailmanSimWorld(): Promise<CollectorWorld> {
  const sim = await startMailmanSim({ port: 0 });
  const world = await mailmanWorld(sim);
  const path = `/lists/${[...sim.store.lists.keys()][0]}/roster/member`;
  const system = mailmanSystem(sim);
  return {
    ...world,
    collector: mailmanCollector(system, { ...depsOf(sim), http: { timeoutMs: 500 } }),
    attribute: { name: "name", field: "display_name" },
    // it pages by position: there is no cursor to repeat
    faults: new Set<WorldFault>(ALL_FAULTS.filter((f) => f !== "repeat_cursor")),
    async fault(kind, after) {
      const faults = simFaults(kind, path, after, "display_name");
      sim.faults.clear();
      // once, it is found out and mended: the entry before the next page was not seen
      sim.faults.add(
        ...(kind === "repeated_page"
          ? [{ kind: "repeat_page", path, page: 2, times: null } as const]
          : faults),
      );
    },
    verbs: () => sim.requests.map((r) => r.method),
    patient: {
      collector: mailmanCollector(system, { secret: () => sim.password, pageSize: PAGE_SIZE }),
      requestTimes: () => sim.requests.map((r) => r.atMs),
    },
    close: () => sim.close(),
  };
}

/** Three lists: the segment, another one, and one that everybody is on. Mailable: from any of them. */
export async function mailmanWriterWorld(
  server: MailmanServer,
  through: MailmanServer,
  loseAnswer: () => void,
): Promise<WriterWorld> {
  const call = mailmanCall(server);
  const domain = newDomain();
  const active = await makeList(call, "active", domain);
  const other = await makeList(call, "other", domain);
  const rest = await makeList(call, "rest", domain);
  const config = mailmanSystem(through, {
    attributes: { name: "display_name", marketing_consent: "display_name" },
  });
  for (const l of [active, other, rest]) await l.clear();
  return {
    writer: mailmanWriter(config, depsOf(through)),
    system: config.id,
    source: { list: active.address },
    attribute: "name",
    consentAttribute: "marketing_consent",
    async seed(people) {
      for (const p of people) {
        const on = [rest, ...(p.inSegment ? [active] : []), ...(p.other ? [other] : [])];
        for (const list of on)
          await list.subscribe(p.email, {
            name: p.value ?? null,
            delivery: p.subscribed ? "enabled" : "by_user",
          });
      }
    },
    async truth(email) {
      const { body } = await call("POST", "/members/find", [
        ["subscriber", email],
        ["role", "member"],
      ]);
      type Found = { list_id: string; member_id: string; display_name: string };
      const mine = ((body.entries ?? []) as Found[]).filter((m) => m.list_id.endsWith(domain));
      if (mine.length === 0) return null;
      const delivery = await Promise.all(
        mine.map(
          async (m) => (await call("GET", `/members/${m.member_id}/all/preferences`)).body.delivery_status,
        ),
      );
      return {
        inSegment: mine.some((m) => m.list_id === active.id),
        other: mine.some((m) => m.list_id === other.id),
        mailable: delivery.includes("enabled"),
        value: mine[0]?.display_name || null,
      };
    },
    async loseAnswer() {
      loseAnswer();
      return "set";
    },
    close: async () => {
      for (const list of [active, other, rest]) await list.drop();
    },
  };
}

export async function mailmanSimWriterWorld(): Promise<WriterWorld> {
  const sim: MailmanSim = await startMailmanSim({ port: 0 });
  const world = await mailmanWriterWorld(sim, sim, () =>
    sim.faults.add({ kind: "reset_after", method: "DELETE", path: "/lists/" }),
  );
  return { ...world, close: () => sim.close() };
}
