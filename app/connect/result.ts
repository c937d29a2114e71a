import { type Static, Type } from "typebox";
import type { ReadTarget } from "../../core/model.ts";
import type { Tested } from "./test-system.ts";

const orNull = <T extends "string" | "number" | "boolean">(type: T, description: string) =>
  Type.Unsafe<(T extends "string" ? string : T extends "number" ? number : boolean) | null>({
    type: [type, "null"],
    description,
  });
const counts = (description: string) =>
  Type.Record(Type.String(), Type.Integer({ minimum: 0 }), { description });

/** Shape of `plumbline connect test --json`. */
export const output = Type.Object(
  {
    system: Type.String(),
    kind: Type.String(),
    copies: Type.Array(
      Type.Object({
        audience: orNull("string", "null: everybody in the system"),
        source: Type.String(),
        state: Type.Enum(["complete", "partial", "unusable", "stopped"], {
          description: "stopped: read no further, as asked",
        }),
        because: Type.String({ description: "the proof of the end, or why there is none" }),
        total: orNull("number", "as declared by the system; null: not known"),
        read: Type.Integer(),
        rows: Type.Integer(),
        pages: Type.Integer(),
        calls: orNull("number", "requests made"),
        callsToEnd: orNull("number", "requests of a whole read"),
        sample: Type.Array(
          Type.Object({
            identifiers: Type.Record(Type.String(), Type.String()),
            attributes: Type.Record(Type.String(), orNull("string", "masked")),
            consent: Type.String(),
            consentAt: orNull("string", "ISO-8601"),
            consents: Type.Array(
              Type.Object({
                channel: Type.Enum(["email", "sms", "push", "whatsapp"]),
                scope: Type.Enum(["global", "brand", "topic", "list"]),
                scopeId: orNull("string", "the vendor's id of the brand, topic or list; null: global"),
                state: Type.String(),
                at: orNull("string", "ISO-8601; null: not known"),
              }),
              { description: "per channel and scope; empty: the system tells none" },
            ),
            mailable: orNull("boolean", "null: cannot tell"),
            joinedAt: orNull("string", "ISO-8601"),
            updatedAt: orNull("string", "ISO-8601"),
          }),
          { description: "first rows, masked" },
        ),
        consent: counts("state → rows read"),
        withoutIdentifier: Type.Integer(),
        fields: Type.Record(Type.String(), Type.String()),
      }),
    ),
    rateLimit: Type.Array(Type.Object({ header: Type.String(), value: Type.String() })),
    warnings: Type.Array(Type.String(), {
      description: "rights in excess of what reading needs, and the like",
    }),
    cannot: Type.Array(Type.String()),
    forecast: Type.Object({
      runsPerDay: Type.Number(),
      callsPerRun: orNull("number", "at most; null: not known"),
      callsPerDay: orNull("number", "at most; null: not known"),
      minutesPerRun: orNull("number", "null: not known"),
      quota: Type.Unsafe<{ perDay: number; ours: number; share: number } | null>({
        type: ["object", "null"],
        description: "null: no daily quota is known",
        required: ["perDay", "ours", "share"],
        properties: {
          perDay: { type: "integer" },
          ours: { type: "integer", description: "the part that Plumbline may use" },
          share: { type: "number", description: "of the whole quota, taken by the schedule" },
        },
      }),
    }),
  },
  { title: "plumbline connect test --json" },
);
export type ConnectResult = Static<typeof output>;

export function resultOf(t: Tested): ConnectResult {
  return {
    system: t.system.id,
    kind: t.system.kind,
    copies: t.copies.map(({ target, msToEnd: _, sample, consent, ...c }) => ({
      ...c,
      audience: target.kind === "base" ? null : target.audience,
      source: sourceText(target),
      sample: sample.map((row) => ({ ...row, consents: [...row.consents] })),
      consent: { ...consent },
    })),
    rateLimit: [...t.rateLimit],
    warnings: [...t.warnings],
    cannot: [...t.cannot],
    forecast: t.forecast,
  };
}

/** `list "42"`, `suppressed`; of SQL only that it is. */
function sourceText(target: ReadTarget): string {
  if (target.kind === "base") return "everybody";
  const [kind, value] = Object.entries(target.source)[0] ?? ["all", true];
  return kind === "sql" || typeof value !== "string" ? kind : `${kind} "${value}"`;
}
