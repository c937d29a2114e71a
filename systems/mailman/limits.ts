import type { Limits } from "../http/gate.ts";

/**
 * Mailman sets no limits. Its REST runner is one process that answers one request after the other (Mailman 3.3.8, seen
 * 2026-11-26: about 1,000 members a second), so more than two at once only wait.
 */
export const MAILMAN_LIMITS: Limits = { rules: [], concurrency: 2 };
