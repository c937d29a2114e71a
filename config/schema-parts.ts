import { type TSchema, Type } from "typebox";

/** `${env:NAME}` or `${file:PATH}`. */
export const SECRET_PATTERN = "^\\$\\{(env:[A-Za-z_][A-Za-z0-9_]*|file:[^}\\n]+)\\}$";
export const ID_PATTERN = "^[a-z][a-z0-9_]{0,62}$";

/** Objects are closed: an unknown key is a typo until proven otherwise. */
export const closed = <P extends Record<string, TSchema>>(
  title: string,
  description: string,
  properties: P,
) => Type.Object(properties, { title, description, additionalProperties: false });

export const text = (description: string) => Type.String({ description, minLength: 1, maxLength: 20_000 });

export const id = (description: string) =>
  Type.String({ description: `${description} Lower-case letters, digits and _.`, pattern: ID_PATTERN });

export const secret = (description: string) =>
  Type.String({
    description: `${description} Only by reference: \${env:NAME} or \${file:/run/secrets/name}.`,
    pattern: SECRET_PATTERN,
  });

export const cron = (description: string, fallback?: string) =>
  Type.String({
    description: `${description} Cron with five fields (minute hour day-of-month month day-of-week), in the time zone of this file.`,
    minLength: 1,
    ...(fallback === undefined ? {} : { default: fallback }),
    examples: ["0 6 * * *"],
  });

export const email = (description: string) =>
  Type.String({ description, pattern: "^[^\\s@<>]+@[^\\s@<>]+\\.[^\\s@<>]+$" });

/** A record whose keys the author chooses. */
export const named = <V extends TSchema>(description: string, value: V) =>
  Type.Record(Type.String({ pattern: "^[^\\s].*$" }), value, { description, additionalProperties: false });

/** `fallback` is written out for editors; config/build.ts applies it. */
export const count = (description: string, fallback: number, limits: { minimum: number; maximum: number }) =>
  Type.Integer({ description, default: fallback, ...limits });

export const share = (description: string, fallback: number) =>
  Type.Number({ description, default: fallback, minimum: 0, maximum: 1 });
