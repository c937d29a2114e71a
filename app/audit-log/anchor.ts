import { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import { auditLogEntries } from "../../store/audit-log-entries.ts";
import { auditLogHead } from "../../store/audit-log-head.ts";
import type { Fault } from "../../store/chain-fault.ts";
import { type Anchor, verifyChain } from "../../store/verify-chain.ts";
import type { App } from "../app.ts";
import { errorText } from "../log.ts";
import { addAnchor, anchorFiles, readAnchors } from "./anchors.ts";

type AnchorApp = Pick<App, "db" | "clock" | "dataDir" | "config" | "configFolder">;

/**
 * Notes outside the database how the log ends now. What came since the last anchor is verified first, so that an anchor
 * never vouches for something tampered with.
 *
 * @throws AuditorError bad_data: the log was tampered with; not_allowed: a file cannot be written
 */
export async function anchorLog(app: AnchorApp): Promise<void> {
  for (const file of anchorFiles(app)) await anchorIn(app, file);
}

async function anchorIn(app: AnchorApp, file: string): Promise<void> {
  const { anchors } = await readAnchors(file);
  const newest = anchors.reduce<Anchor | null>((a, b) => (a === null || b.seq > a.seq ? b : a), null);
  const head = await auditLogHead(app.db);
  if (head.seq === newest?.seq && head.hash === newest.hash) return;
  const { last, fault } =
    newest === null
      ? await verifyChain(auditLogEntries(app.db, 0), { anchors: [] })
      : head.seq > newest.seq
        ? await verifyChain(auditLogEntries(app.db, newest.seq), { anchors: [], after: newest })
        : { last: null, fault: notAsAnchored(head.seq, newest) };
  if (fault !== null) throw tampered(fault);
  if (last !== null) await addAnchor(file, { ...last, at: instant(app.clock.now()) });
}

const notAsAnchored = (last: number, { seq, at }: Anchor): Fault =>
  last < seq
    ? {
        seq: last + 1,
        what: "tail_cut",
        because: `the log ends with ${last}, but at ${at} it had ${seq} entries`,
      }
    : { seq, what: "edited", because: `entry ${seq} is not the one that was anchored at ${at}` };

export const tampered = (fault: Fault): AuditorError =>
  new AuditorError(
    "bad_data",
    "audit log",
    `it was tampered with at entry ${fault.seq}: ${fault.because}`,
    "run `plumbline audit-log verify`, and keep the database and the anchors as they are: they are evidence",
  );

/** After what matters most. It never stops that work: the hourly job tries again, and tells. */
export async function anchorSoon(app: AnchorApp & Pick<App, "log">): Promise<void> {
  await anchorLog(app).catch((error: unknown) =>
    app.log.warn("audit_log.not_anchored", { error: errorText(error) }),
  );
}
