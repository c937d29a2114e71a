import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AuditorError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";
import type { Tell, WriteHistory, WrittenDay } from "./written-history.ts";

export type DemoOptions = {
  readonly size: string;
  readonly seed: number;
  /** Day 56 of the demo, ISO date. */
  readonly today: string;
  /** The world was made before: take it up again with everything that was written to it since. */
  readonly resume: boolean;
  readonly warehouseAdminUrl: string;
  /** Folder for CRM exports and the simulators' journals. */
  readonly folder: string;
};

export type DemoStarted = {
  readonly configYaml: string;
  /** Values for the `${env:…}` references of that configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the demo's Slack and mail can be read by /demo/slack and /demo/mail. */
  readonly slackUrl: string;
  readonly mailUrl: string;
};

export type Demo = DemoStarted & {
  /** Moves the world to day n (1 to 56); answers the moment at which it is to be audited. */
  day(n: number, tell?: Tell): Promise<Date>;
  /** For big companies: history without reading; one set per copy for the last day, with everybody's presence. */
  readonly history: WriteHistory;
  close(): Promise<void>;
};

type Reply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; message: string }
  | { id: number; done: number };
type Call = {
  resolve(v: unknown): void;
  reject(e: Error): void;
  readonly tell: Tell;
};

/** The demo company lives in a process of its own, so that nothing it does is done with our code or our memory. */
export async function startDemo(options: DemoOptions, log: Log): Promise<Demo> {
  const child = fork(fileURLToPath(new URL("../../demo/main.js", import.meta.url)), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    detached: true,
  });
  const call = caller(child);
  const started = (await call("start", options)) as DemoStarted;
  log.info("demo.started", { size: options.size });
  return {
    ...started,
    day: async (n, tell) => new Date(((await call("day", { n }, tell)) as { asOf: string }).asOf),
    history: async (request, tell) => (await call("history", request, tell)) as readonly WrittenDay[],
    close: () => end(child),
  };
}

function caller(child: ChildProcess): (type: string, body: object, tell?: Tell) => Promise<unknown> {
  let next = 0;
  const waiting = new Map<number, Call>();
  child.on("message", (message: Reply) => {
    const call = waiting.get(message.id);
    if ("done" in message) {
      call?.tell(message.done);
      return;
    }
    waiting.delete(message.id);
    if (message.ok) call?.resolve(message.value);
    else
      call?.reject(
        new AuditorError(
          "permanent",
          "demo",
          message.message,
          "start again with a fresh PLUMBLINE_DATA folder",
        ),
      );
  });
  child.on("exit", (code) => {
    for (const call of waiting.values())
      call.reject(new AuditorError("permanent", "demo", `its process ended (${code})`, "start again"));
    waiting.clear();
  });
  return (type, body, tell = () => undefined) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject, tell });
      child.send({ id, type, ...body }, (error) => {
        if (error !== null) reject(error);
      });
    });
}

/** The child also ends by itself when the channel closes, so a killed parent leaves nothing behind. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const kill = setTimeout(() => child.kill("SIGKILL"), 5000);
  if (child.connected) child.disconnect();
  child.kill("SIGTERM");
  await ended;
  clearTimeout(kill);
}
