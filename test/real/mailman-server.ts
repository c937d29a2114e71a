import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type MailmanCall, type MailmanServer, mailmanCall } from "../contract/mailman-world.ts";

const run = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, "scripts");

export type RealMailman = MailmanServer & {
  /** One request to the REST API, by a client that shares nothing with ours. */
  readonly call: MailmanCall;
  /** Messages that would have gone out; nothing takes them away here. */
  mail(): Promise<number>;
  stop(): Promise<void>;
};

/**
 * Installs a real Mailman 3 (once a machine, half a minute) and starts it on loopback with a folder of its own.
 *
 * @returns null, with NOT RUN printed, where it cannot be installed; with REQUIRE_MATERIAL=1 that is a failure
 */
export async function startRealMailman(): Promise<RealMailman | null> {
  let data = "";
  try {
    await run("bash", [join(SCRIPTS, "mailman-install.sh")], { timeout: 300_000 });
    data = await mkdtemp("/tmp/plumbline-mailman-");
    const { stdout } = await run("bash", [join(SCRIPTS, "mailman-start.sh"), data], { timeout: 120_000 });
    const server = JSON.parse(stdout) as { url: string; user: string; password: string };
    return {
      ...server,
      call: mailmanCall(server),
      mail: async () => (await readdir(join(data, "queue", "virgin"))).length,
      async stop() {
        await run("bash", [join(SCRIPTS, "mailman-stop.sh"), data], { timeout: 60_000 });
        await rm(data, { recursive: true, force: true });
      },
    };
  } catch (e) {
    if (data !== "") await rm(data, { recursive: true, force: true });
    if (process.env.REQUIRE_MATERIAL === "1") throw e;
    console.warn(
      `NOT RUN: the real Mailman cannot be installed or started here (${e instanceof Error ? e.message.slice(0, 500) : String(e)})`,
    );
    return null;
  }
}
