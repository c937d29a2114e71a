import type { Limits } from "../http/gate.ts";

/**
 * Mailchimp counts simultaneous connections and nothing else: 10 for one user of the API, shared by every program with
 * that user's keys. There are no headers about it; the eleventh is 429, and under load there can be a bare 403. Ours are
 * 3 of the 10, so that campaigns and other tools go on.
 *
 * @see https://mailchimp.com/developer/marketing/docs/fundamentals/ (throttling; read 2026-08-13)
 */
export const MAILCHIMP_LIMITS: Limits = { rules: [], concurrency: 3 };

/** Rows of one page, at most; 10 unless told. @see https://mailchimp.com/developer/marketing/docs/methods-parameters/ */
export const PAGE = 1000;
