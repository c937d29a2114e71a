import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { AuditorError, type ErrorKind } from "../../core/errors.ts";
import { validationMessage } from "./validation-message.ts";

const STATUS: Readonly<Record<ErrorKind, number>> = {
  auth: 401,
  not_allowed: 403,
  not_found: 404,
  stale: 409,
  refused: 422,
  config: 422,
  unsupported: 422,
  bad_data: 422,
  rate_limited: 429,
  transient: 503,
  ambiguous: 502,
  permanent: 500,
  interrupted: 503,
};

/** One shape for every error; what we did not foresee says nothing of its inside and is found by its request id. */
export function answerError(
  error: FastifyError | AuditorError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (error instanceof AuditorError) {
    const status = STATUS[error.kind];
    if (status >= 500) request.log.error({ err: error }, "request.failed");
    reply
      .code(status)
      .send({ error: { kind: error.kind, message: sentence(error), fix: error.fix, requestId: request.id } });
    return;
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    reply.code(status).send({
      error: {
        kind: "bad_data",
        message: validationMessage(error),
        fix: "correct the request",
        requestId: request.id,
      },
    });
    return;
  }
  request.log.error({ err: error }, "request.failed");
  reply.code(500).send({
    error: {
      kind: "permanent",
      message: "Something went wrong inside Plumbline.",
      fix: "Try again; if it stays, search the log for the request id.",
      requestId: request.id,
    },
  });
}

const sentence = (e: AuditorError) => e.message.replace(/ → .*$/s, "").replace(/^[^:]+: /, "");
