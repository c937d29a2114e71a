import type { Log } from "../../core/ports.ts";
import type { Database } from "../../store/database.ts";
import { errorText } from "../log.ts";

/** Whoever asks gives up sooner or later; a load balancer's usual patience is a few seconds. */
const ANSWER_MS = 2_000;

/**
 * Does the database answer? One question at a time, whoever asks, so that a crowd of probes takes no connection from the
 * work; and an answer that hangs is no.
 */
export function readiness(db: Pick<Database, "query">, log: Log): () => Promise<boolean> {
  let asked: Promise<boolean> | null = null;
  let was = true;
  const ask = async (): Promise<boolean> => {
    try {
      await db.query("select 1", [], ANSWER_MS);
      if (!was) log.info("ready.again");
      was = true;
    } catch (error) {
      if (was) log.warn("ready.failed", { error: errorText(error) });
      was = false;
    }
    return was;
  };
  return async () => {
    asked ??= ask().finally(() => {
      asked = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ANSWER_MS);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
