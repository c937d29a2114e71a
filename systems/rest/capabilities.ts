import { NOTHING } from "../../core/capabilities.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Capabilities } from "../../core/ports.ts";
import { OP_ORDER, type Op } from "../../core/repair.ts";
import type { RestSystem } from "../../core/rest-config.ts";

const IN_WORDS: Readonly<Record<Op, string>> = {
  suppress: "take consent away",
  remove: "take somebody out of a list",
  add: "put somebody into a list",
  set: "set an attribute",
};

/** What the YAML of a REST system makes possible, and in words what it does not. */
export function restCapabilities(s: RestSystem): Capabilities {
  const { write, record, read } = s;
  const ops = OP_ORDER.filter((op) => write !== null && write[op] !== null);
  const maxBatch: Partial<Record<Op, number>> = {};
  for (const op of ops) maxBatch[op] = write?.[op]?.batch ?? 1;
  const batched = Object.values(maxBatch).some((n) => n > 1);
  const missing =
    write === null
      ? ["Nothing can be written: the configuration has no write"]
      : OP_ORDER.filter((op) => write[op] === null).map(
          (op) => `The configuration has no call to ${IN_WORDS[op]} (${op})`,
        );
  return {
    ...NOTHING,
    read: "stream",
    write: write === null || ops.length === 0 ? "none" : batched ? "batch" : "member",
    ops,
    maxBatch,
    identifiers: Object.keys(record.identifiers) as IdentifierKind[],
    consentScope: record.consent.length > 0 ? "channel" : null,
    joinedAt: Object.values(read).some((r) => r.joinedAt !== null),
    baseReadable: read.all !== undefined,
    settle: {
      typicalMs: (write?.settleSeconds ?? 0) * 1000,
      maxMs: (write?.settleSeconds ?? 0) * 1000,
    },
    cannot: [
      ...missing,
      ...(record.consent.length > 0 || record.mailable !== null
        ? []
        : ["It does not tell who may be mailed: the configuration maps neither consent nor mailable"]),
      ...(read.all === undefined ? ["Not everybody can be read: the configuration has no read for all"] : []),
      ...(Object.values(read).some((r) => r.joinedAt !== null) ? [] : ["It tells no time of joining a list"]),
      "Campaigns, automations and segment definitions are not read",
    ],
  };
}
