import { auditLogEntries } from "../../store/audit-log-entries.ts";
import { auditLogHead } from "../../store/audit-log-head.ts";
import { type Anchor, type ChainVerdict, verifyChain } from "../../store/verify-chain.ts";
import { wrongPersonRefs } from "../../store/wrong-person-refs.ts";
import type { App } from "../app.ts";
import { anchorFiles, readAnchors } from "./anchors.ts";

export type LogCheck = {
  readonly verdict: ChainVerdict;
  /** null: there is none, so a cut tail cannot show. */
  readonly lastAnchor: Anchor | null;
  readonly unreadableAnchors: number;
  /** References whose name is not the one that they were made for. */
  readonly wrongPeople: readonly string[];
};

export const isIntact = (c: LogCheck): boolean => c.verdict.fault === null && c.wrongPeople.length === 0;

/**
 * Chain, anchors and people of the log.
 *
 * @param newest only so many entries from the end; null: all
 */
export async function checkLog(
  app: Pick<App, "db" | "dataDir" | "config" | "configFolder">,
  newest: number | null = null,
): Promise<LogCheck> {
  // anchors first: what is added meanwhile is in the log, and not yet among them
  const read = await Promise.all(anchorFiles(app).map(readAnchors));
  const anchors = read.flatMap((r) => r.anchors);
  const start = newest === null ? 0 : Math.max(0, (await auditLogHead(app.db)).seq - newest);
  const verdict = await verifyChain(auditLogEntries(app.db, start), {
    anchors,
    ...(start === 0 ? {} : { after: null }),
  });
  return {
    verdict,
    lastAnchor: anchors.reduce<Anchor | null>((a, b) => (a === null || b.at > a.at ? b : a), null),
    unreadableAnchors: read.reduce((sum, r) => sum + r.unreadable, 0),
    wrongPeople: await wrongPersonRefs(app.db),
  };
}
