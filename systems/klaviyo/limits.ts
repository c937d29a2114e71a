import type { Limits, RateRule } from "../http/gate.ts";

/**
 * Klaviyo counts each operation by itself, in a window of a second (burst) and one of a minute (steady), some in one of
 * a day: `x-klaviyo-ratelimit` in its API description, revision 2026-07-15, and
 * https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling, both read 2026-11-26. All keys of an account
 * share them. Operations that we do not use have no rule.
 */
const SECOND = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

const ID = "[^/]+";
type Sized = readonly [method: string, path: string, burst: number, steady: number, daily?: number];

const OPERATIONS: readonly Sized[] = [
  ["GET", "/lists", 75, 750],
  ["GET", "/segments", 75, 750],
  // asked for with profile_count only, which is what makes them so tight
  ["GET", `/lists/${ID}`, 1, 15],
  ["GET", `/segments/${ID}`, 1, 15],
  ["GET", `/lists/${ID}/profiles`, 75, 750],
  ["GET", `/segments/${ID}/profiles`, 75, 750],
  ["GET", "/profiles", 75, 750],
  ["GET", `/profiles/${ID}`, 75, 750],
  ["GET", `/profiles/${ID}/lists`, 3, 60],
  ["GET", `/profiles/${ID}/segments`, 3, 60],
  ["PATCH", `/profiles/${ID}`, 75, 750],
  ["POST", `/lists/${ID}/relationships/profiles`, 10, 150],
  ["DELETE", `/lists/${ID}/relationships/profiles`, 10, 150],
  ["POST", "/profile-suppression-bulk-create-jobs", 75, 750],
  ["GET", `/profile-suppression-bulk-create-jobs/${ID}`, 75, 750],
  ["GET", "/campaigns", 10, 150],
  ["GET", "/metrics", 10, 150],
  ["GET", `/lists/${ID}/flow-triggers`, 3, 60],
  ["GET", `/segments/${ID}/flow-triggers`, 3, 60],
  ["POST", "/campaign-values-reports", 1, 2, 225],
];

function rulesOf([verb, path, burst, steady, daily]: Sized): readonly RateRule[] {
  const shape = new RegExp(`/api${path}/?$`);
  const match = (method: string, at: string): boolean => method === verb && shape.test(at);
  return [
    { requests: burst, windowMs: SECOND, match },
    { requests: steady, windowMs: MINUTE, match },
    ...(daily === undefined ? [] : [{ requests: daily, windowMs: DAY, match }]),
  ];
}

/** Klaviyo names no limit of simultaneous requests; four are ours. */
export const KLAVIYO_LIMITS: Limits = { rules: OPERATIONS.flatMap(rulesOf), concurrency: 4 };
