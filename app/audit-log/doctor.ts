import { logRights } from "../../store/log-rights.ts";
import type { App } from "../app.ts";
import { checkLog, isIntact } from "./check.ts";

export type Item = { what: string; state: "ok" | "warning" | "error"; text: string };

const NEWEST = 1_000;
const HOUR = 3_600_000;

/** Who could change the log, and whether its end is as it was written. */
export async function logItems(app: App): Promise<Item[]> {
  const { role, owner, mayTamper } = await logRights(app.db);
  const roles: Item = mayTamper
    ? {
        what: "database role",
        state: "warning",
        text:
          role === owner
            ? `${role} owns the tables and runs Plumbline, so it could change the audit log: make a second role (create role plumbline_app login password '…'), set DATABASE_URL to it and MIGRATE_DATABASE_URL to ${owner}, and run \`plumbline migrate\`, which grants what it needs`
            : `${role} may change the audit log, because it has the rights of ${owner}: revoke them, then run \`plumbline migrate\` with MIGRATE_DATABASE_URL`,
      }
    : { what: "database role", state: "ok", text: `${role} may add to the audit log and not change it` };
  return [roles, await logItem(app)];
}

async function logItem(app: App): Promise<Item> {
  const what = "audit log";
  const check = await checkLog(app, NEWEST);
  const { verdict, lastAnchor } = check;
  if (verdict.fault !== null)
    return {
      what,
      state: "error",
      text: `tampered with at entry ${verdict.fault.seq}: ${verdict.fault.because}; see \`plumbline audit-log verify\``,
    };
  if (!isIntact(check))
    return {
      what,
      state: "error",
      text: "somebody else’s name was put under a person’s reference; see `plumbline audit-log verify`",
    };
  if (verdict.last === null) return { what, state: "ok", text: "empty" };
  const fits = `the newest ${verdict.entries} entries fit`;
  if (lastAnchor === null)
    return {
      what,
      state: "warning",
      text: `${fits}; not anchored yet, which \`plumbline serve\` does hourly`,
    };
  const late = app.clock.now().getTime() - Date.parse(lastAnchor.at) > 2 * HOUR;
  return late && lastAnchor.seq < verdict.last.seq
    ? {
        what,
        state: "warning",
        text: `${fits}; the last anchor is of ${lastAnchor.at}: does \`plumbline serve\` run?`,
      }
    : { what, state: "ok", text: `${fits}, anchored up to ${lastAnchor.seq} at ${lastAnchor.at}` };
}
