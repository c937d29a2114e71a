import { type DestinationStream, type Logger, pino } from "pino";
import { AuditorError } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";

/** JSON lines on stderr; PLUMBLINE_LOG = info | warn | silent (default warn). No field ever holds personal data. */
export function makeLogger(
  level: string | undefined,
  to: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level: level ?? "warn",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ["req.headers.authorization", "req.headers.cookie"],
      serializers: { err: (e: unknown) => ({ message: errorText(e) }) },
    },
    to,
  );
}

export const logOf = (logger: Logger): Log => ({
  info: (event, fields = {}) => logger.info(fields, event),
  warn: (event, fields = {}) => logger.warn(fields, event),
});

/** An error for the log. Messages of errors that are not ours may quote a value, a person's address for one. */
export function errorText(error: unknown): string {
  if (error instanceof AuditorError) return error.message;
  if (!(error instanceof Error)) return "not an error";
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return `${error.name} ${frames
    .slice(0, 6)
    .map((f) => f.trim())
    .join(" ")}`;
}
