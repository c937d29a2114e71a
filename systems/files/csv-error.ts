import { AuditorError, type ErrorKind } from "../../core/errors.ts";

/** `file:line problem → fix`. Says where, never what stands there: a CSV holds personal data. */
export const csvError = (
  label: string,
  line: number | null,
  problem: string,
  fix: string,
  options: { kind?: ErrorKind; cause?: unknown } = {},
): AuditorError =>
  new AuditorError(options.kind ?? "bad_data", line === null ? label : `${label}:${line}`, problem, fix, {
    cause: options.cause,
  });
