import { type ApiError, tooMany } from "./api-error.ts";

export type LimitSettings = {
  /** Requests in any ten seconds; null: none. HubSpot: 100, or 190 with Professional and Enterprise. */
  readonly perTenSeconds: number | null;
  readonly perDay: number | null;
  /** Searches in any second; null: none. */
  readonly searchPerSecond: number | null;
};

export const DEFAULT_LIMITS: LimitSettings = {
  perTenSeconds: 190,
  perDay: 650_000,
  searchPerSecond: 5,
};

/** Counts requests by the computer's own clock, whatever the account's clock says. */
export class RateLimits {
  settings: LimitSettings;
  #recent: number[] = [];
  #searches: number[] = [];
  #today = 0;

  constructor(settings: LimitSettings) {
    this.settings = settings;
  }

  reset(settings: LimitSettings): void {
    this.settings = settings;
    this.#recent = [];
    this.#searches = [];
    this.#today = 0;
  }

  /** Counts one request; the error when it is one too many. Searches have a limit of their own and no other. */
  take(isSearch: boolean, now: number = Date.now()): ApiError | null {
    const { perTenSeconds, perDay, searchPerSecond } = this.settings;
    if (perDay !== null && this.#today >= perDay) return tooMany("DAILY");
    this.#today += 1;
    if (isSearch) {
      this.#searches = this.#searches.filter((t) => t > now - 1_000);
      if (searchPerSecond !== null && this.#searches.length >= searchPerSecond) return tooMany("SECONDLY");
      this.#searches.push(now);
      return null;
    }
    if (perTenSeconds === null) return null;
    this.#recent = this.#recent.filter((t) => t > now - 10_000);
    if (this.#recent.length >= perTenSeconds) return tooMany("TEN_SECONDLY_ROLLING");
    this.#recent.push(now);
    return null;
  }

  /** Answers to searches and refusals name the daily limit only. */
  headers(short: boolean): Readonly<Record<string, string>> {
    const { perTenSeconds, perDay } = this.settings;
    const daily: Record<string, string> =
      perDay === null
        ? {}
        : {
            "x-hubspot-ratelimit-daily": String(perDay),
            "x-hubspot-ratelimit-daily-remaining": String(Math.max(0, perDay - this.#today)),
          };
    if (short || perTenSeconds === null) return daily;
    const second = Math.floor(perTenSeconds / 10);
    return {
      ...daily,
      "x-hubspot-ratelimit-interval-milliseconds": "10000",
      "x-hubspot-ratelimit-max": String(perTenSeconds),
      "x-hubspot-ratelimit-remaining": String(Math.max(0, perTenSeconds - this.#recent.length)),
      "x-hubspot-ratelimit-secondly": String(second),
      "x-hubspot-ratelimit-secondly-remaining": String(second - 1),
    };
  }
}
