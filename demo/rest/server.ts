import { type RunningSimulator, startSimulator, type Vendor } from "../sim/server.ts";
import { ApiError, type Dialect } from "./dialect.ts";
import { ContactStore } from "./store.ts";

export type RestSim = RunningSimulator & { readonly store: ContactStore };

/** An invented vendor on loopback. Faults, journal and log of requests are those of every simulator. */
export async function startRestSim(
  dialect: Dialect,
  options: { readonly port: number; readonly now?: () => number },
): Promise<RestSim> {
  const store = new ContactStore(options.now ?? Date.now);
  const vendor: Vendor = {
    prefix: "/api",
    target: (method, path) => ({
      method,
      path,
      page: null,
      lists: dialect.lists(method, path),
      writes: dialect.writes(method, path),
    }),
    handle: (call) => dialect.handle(call, store),
    failure: (status, what) => ({ status, body: { error: { code: `e${status}`, message: what } } }),
    thrown: (e) => (e instanceof ApiError ? { status: e.status, body: { error: { code: e.code } } } : null),
    control: () => null,
    journal: () => store.journal.entries,
  };
  return { ...(await startSimulator(vendor, { port: options.port })), store };
}
