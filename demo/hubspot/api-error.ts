import { randomUUID } from "node:crypto";
import type { Answer } from "../sim/server.ts";

/** An error as HubSpot words it. */
export class ApiError extends Error {
  readonly status: number;
  readonly category: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    category: string,
    message: string,
    more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.category = category;
    this.more = more;
  }

  answer(): Answer {
    return {
      status: this.status,
      headers: { "content-type": "application/json;charset=utf-8" },
      body: {
        status: "error",
        message: this.message,
        correlationId: randomUUID(),
        ...this.more,
        category: this.category,
      },
    };
  }
}

export const invalid = (message: string, more: Readonly<Record<string, unknown>> = {}): ApiError =>
  new ApiError(400, "VALIDATION_ERROR", message, more);
export const notFound = (message = "resource not found"): ApiError =>
  new ApiError(404, "OBJECT_NOT_FOUND", message);
export const unauthenticated = (): ApiError =>
  new ApiError(
    401,
    "INVALID_AUTHENTICATION",
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
  );
export const missingScopes = (scopes: readonly string[]): ApiError =>
  new ApiError(
    403,
    "MISSING_SCOPES",
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredScopes: scopes },
        },
      ],
      links: { scopes: "https://developers.hubspot.com/scopes" },
    },
  );

/** The wording of the two limits that were seen: ten seconds with a policy name, search by the second without one. */
export const tooMany = (policy: "TEN_SECONDLY_ROLLING" | "DAILY" | "SECONDLY"): ApiError =>
  new ApiError(
    429,
    "RATE_LIMITS",
    `You have reached your ${policy.toLowerCase()} limit.`,
    policy === "SECONDLY" ? {} : { errorType: "RATE_LIMIT", policyName: policy },
  );

/** The error of an item in a batch answer (207). */
export const itemError = (
  category: string,
  message: string,
  ids: readonly string[],
): Readonly<Record<string, unknown>> => ({ status: "error", category, message, context: { ids } });
