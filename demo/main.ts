import type { HistoryRequest } from "./company/fast-history.ts";
import { DemoHost, type StartRequest } from "./host.ts";

/**
 * The demo as a process of its own, started with an IPC channel. Requests `{id, type, …}` are answered in order with
 * `{id, ok: true, value}` or `{id, ok: false, message}`: `start` (see StartRequest) with the configuration, `day {n}`
 * with `{asOf}`, `history {until, keys (hex), epoch, targets}` with HistoryDay[]; the last two after some `{id, done}`
 * with the part that is done, 0 to 1. It ends with its parent.
 */
type Request = { readonly id: number } & (
  | ({ readonly type: "start" } & StartRequest)
  | { readonly type: "day"; readonly n: number }
  | ({
      readonly type: "history";
      readonly keys: { readonly identity: string; readonly fingerprint: string };
    } & Omit<HistoryRequest, "keys">)
);

const clock = { now: () => new Date() };
let host: DemoHost | null = null;
let queue: Promise<void> = Promise.resolve();

async function answer(request: Request): Promise<unknown> {
  const tell = (done: number): void => reply({ id: request.id, done });
  if (request.type === "start") {
    const before = host;
    host = null;
    await before?.close();
    host = await DemoHost.start(request, clock);
    return host.started;
  }
  if (request.type === "day") {
    if (!host) throw new Error("the demo was not started → send start first");
    return { asOf: (await host.world.day(request.n, tell)).toISOString() };
  }
  if (request.type === "history") {
    if (!host) throw new Error("the demo was not started → send start first");
    const none = new Uint8Array(32);
    const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
    const keys = {
      identity: hex(request.keys.identity),
      fingerprint: hex(request.keys.fingerprint),
      seal: none,
      session: none,
    };
    return host.world.history({ ...request, keys }, tell);
  }
  throw new Error("unknown request → send start, day or history");
}

function reply(message: object): void {
  if (process.connected) process.send?.(message);
}

async function end(): Promise<void> {
  await queue;
  await host?.close();
  process.exit(0);
}

process.on("message", (request: Request) => {
  queue = queue.then(async () => {
    try {
      reply({ id: request.id, ok: true, value: await answer(request) });
    } catch (e) {
      reply({ id: request.id, ok: false, message: e instanceof Error ? e.message : String(e) });
    }
  });
});
// Ctrl-C goes to the whole group; the parent drains first and then closes the channel.
process.on("SIGINT", () => undefined);
process.once("SIGTERM", () => void end());
process.once("disconnect", () => void end());
