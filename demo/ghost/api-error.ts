import { randomUUID } from "node:crypto";

/** An answer of Ghost's that is not 2xx; the shape and the wording were recorded from Ghost 5.130. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly context: string | null;
  readonly code: string | null;
  readonly property: string | null;
  readonly details: readonly unknown[] | null;
  readonly help: string | null;

  constructor(
    status: number,
    type: string,
    message: string,
    rest: {
      context?: string;
      code?: string;
      property?: string;
      details?: readonly unknown[];
      help?: string;
    } = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.type = type;
    this.context = rest.context ?? null;
    this.code = rest.code ?? null;
    this.property = rest.property ?? null;
    this.details = rest.details ?? null;
    this.help = rest.help ?? null;
  }

  body(): string {
    const { message, context, type, details, property, help, code } = this;
    return JSON.stringify({
      errors: [
        { message, context, type, details, property, help, code, id: randomUUID(), ghostErrorCode: null },
      ],
    });
  }
}

export const unauthorized = (message: string, code: string): ApiError =>
  new ApiError(401, "UnauthorizedError", message, { code });

export const badRequest = (what: string, context: string, code?: string): ApiError =>
  new ApiError(400, "BadRequestError", `Request not understood error, cannot ${what}.`, {
    context,
    ...(code ? { code } : {}),
  });

export const invalid = (
  what: string,
  context: string,
  property?: string,
  details?: readonly unknown[],
): ApiError =>
  new ApiError(422, "ValidationError", `Validation error, cannot ${what}.`, {
    context,
    ...(property ? { property } : {}),
    ...(details ? { details } : {}),
  });

export const notFound = (what: string, context: string): ApiError =>
  new ApiError(404, "NotFoundError", `Resource not found error, cannot ${what}.`, { context });

/** What Ghost says when its own code falls over, for example on a label without a name. */
export const internal = (what: string | null, context: string): ApiError =>
  new ApiError(
    500,
    "InternalServerError",
    what ? `Internal server error, cannot ${what}.` : "An unexpected error occurred, please try again.",
    {
      context: what ? `An unexpected error occurred, please try again. ${context}` : context,
      code: "UNEXPECTED_ERROR",
    },
  );

export const noEndpoint = (): ApiError =>
  new ApiError(406, "RequestNotAcceptableError", "Request could not be served, the endpoint was not found.", {
    context: "Provided client accept-version v5.0 is behind current Ghost version v5.130.",
    code: "UPDATE_CLIENT",
    help: "Try upgrading your Ghost API client.",
  });
