import type { NoticeStore } from "../core/ports.ts";
import { claimReport, releaseReport } from "./claim-report.ts";
import type { Database } from "./database.ts";
import { enqueueNotice, noticeDone, noticeFailed, waitingNotices } from "./outbox.ts";
import { getSlackMessage, saveSlackMessage } from "./slack-messages.ts";
import { markPosted, postedSince } from "./slack-posts.ts";

/** The alerts' store on Postgres. Passes test/contract/notice-store.ts. */
export const noticeStore = (db: Database): NoticeStore => ({
  slackMessage: (incidentId) => getSlackMessage(db, incidentId),
  saveSlackMessage: (incidentId, message) => saveSlackMessage(db, incidentId, message),
  postedSince: (at) => postedSince(db, at),
  markPosted: (incidentId, at) => markPosted(db, incidentId, at),
  claimReport: (recipient, week, at) => claimReport(db, recipient, week, at),
  releaseReport: (recipient, week) => releaseReport(db, recipient, week),
  outbox: () => waitingNotices(db),
  enqueue: (incidentId, kind, at) => enqueueNotice(db, incidentId, kind, at),
  done: (id) => noticeDone(db, id),
  failed: (id, because) => noticeFailed(db, id, because),
});
