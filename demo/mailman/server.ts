import type { Fault, Faults } from "../sim/faults.ts";
import { type RunningSimulator, type SeenRequest, startSimulator } from "../sim/server.ts";
import { answer, Refused, refusal } from "./api.ts";
import { MailmanStore } from "./store.ts";

export type MailmanSim = {
  /** With the API's version, as a configuration names it. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly controlUrl: string;
  readonly store: MailmanStore;
  readonly faults: Faults;
  readonly requests: readonly SeenRequest[];
  readonly answer: RunningSimulator["answer"];
  close(): Promise<void>;
};

const PREFIX = "/3.1";

/**
 * A server on loopback that answers like the REST API of Mailman 3.3.8 where Plumbline uses it: lists, rosters by page,
 * searches, delivery, bans, subscribing and bulk removal. The real one passes the same contract suite.
 */
export async function startMailmanSim(options: {
  readonly port: number;
  readonly faults?: readonly Fault[];
}): Promise<MailmanSim> {
  const store = new MailmanStore();
  const [user, password] = ["restadmin", "restpass"];
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  let base = "";
  const running = await startSimulator(
    {
      prefix: PREFIX,
      target: (method, path, query) => ({
        method,
        path,
        page: Number(query.get("page") ?? 1),
        lists: method === "GET" || path === "/members/find",
        writes: method !== "GET" && path !== "/members/find",
      }),
      handle(call) {
        if (call.headers.authorization !== expected)
          return {
            ...refusal(401, "REST API authorization failed"),
            headers: { "www-authenticate": "Basic" },
          };
        return answer(store, call, base);
      },
      failure: refusal,
      thrown: (e) => (e instanceof Refused ? refusal(e.status, e.message) : null),
      control: (method, path) => (method === "GET" && path === "mail" ? store.mail : null),
      journal: () => [],
    },
    options,
  );
  base = `${running.url}${PREFIX}`;
  return {
    url: base,
    user,
    password,
    controlUrl: running.controlUrl,
    store,
    faults: running.faults,
    requests: running.requests,
    answer: running.answer,
    close: () => running.close(),
  };
}
