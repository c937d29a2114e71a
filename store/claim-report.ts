import { createHash } from "node:crypto";
import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** The database holds no address, so a recipient is known by a hash. */
const hashOf = (recipient: string): string =>
  createHash("sha256").update(recipient.trim().toLowerCase()).digest("hex");

/** Claims (recipient, week) once, whoever asks; false: that report went out already, or is on its way. */
export async function claimReport(db: Sql, recipient: string, week: string, at: Instant): Promise<boolean> {
  const { count } = await db.query(
    "insert into report_sent (recipient_hash, week, at) values ($1, $2, $3) on conflict do nothing",
    [hashOf(recipient), week, at],
  );
  return count === 1;
}

/** Gives a claim back after the mail could not be sent. */
export async function releaseReport(db: Sql, recipient: string, week: string): Promise<void> {
  await db.query("delete from report_sent where recipient_hash = $1 and week = $2", [
    hashOf(recipient),
    week,
  ]);
}
