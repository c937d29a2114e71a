import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { AuditorError } from "../../core/errors.ts";
import type { Log } from "../../core/ports.ts";

const AGAIN_MS = 1_000;

export type Supervised = {
  /** The session that holds our place, or that did last. */
  client(): Client;
  /** From now on an end is meant. */
  release(): void;
};

/**
 * Starts the server again when it ends by itself: killed for its memory, or by a hand that meant something else. Nobody
 * else would, and everything that runs here waits for it.
 *
 * @param again starts or joins it and takes our place
 */
export function supervise(first: Client, again: () => Promise<Client>, log: Log): Supervised {
  let current = first;
  let released = false;
  const restart = async (): Promise<void> => {
    for (let attempt = 1; !released; attempt++) {
      try {
        const client = await again();
        if (released) return void (await client.end());
        current = client;
        watch();
        log.info("database.again", { attempt });
        return;
      } catch (cause) {
        if (!(cause instanceof AuditorError)) throw cause;
        log.warn("database.down", { attempt, error: cause.message });
        // another `serve` has this folder now: its database serves us too
        if (cause.kind === "refused") return;
        await sleep(AGAIN_MS * Math.min(attempt, 10));
      }
    }
  };
  const watch = (): void => {
    current.once("end", () => {
      if (released) return;
      log.warn("database.ended", { because: "its server ended; it is started again" });
      restart().catch((cause: unknown) =>
        log.warn("database.down", { error: cause instanceof Error ? cause.name : "unexpected" }),
      );
    });
  };
  watch();
  return {
    client: () => current,
    release() {
      released = true;
    },
  };
}
