import type { OpenChange } from "../../core/ports.ts";
import { OP_ORDER } from "../../core/repair.ts";
import { contextFor } from "../contract/collector.ts";
import { changeFor } from "../contract/writer.ts";
import type { ConsentVendor, Standing } from "./consent-vendor.ts";
import type { Random } from "./random.ts";

/** Steps of one sequence: ours, as any plan could ask for it, or somebody else's. */
const STEPS = 4;

const EMAILS = Array.from({ length: 100 }, (_, i) => `p${i}@example.test`);
const NOBODY: Standing = { may: new Set(), noes: new Set(), groups: new Set() };

export type Tally = {
  sequences: number;
  operations: number;
  outcomes: Record<string, number>;
  loosened: string[];
};
export const emptyTally = (): Tally => ({ sequences: 0, operations: 0, outcomes: {}, loosened: [] });

/**
 * Some people in one account, four steps each: one sequence per person. After every step of ours each of them stands
 * where they stood, or further from mail; nothing about what a writer says is believed.
 */
export async function sequencesOf(v: ConsentVendor, r: Random, t: Tally): Promise<void> {
  const emails = EMAILS.slice(0, v.people);
  v.seed(r, emails);
  for (let step = 0; step < STEPS; step += 1) {
    for (const email of emails) if (r.chance(0.15)) v.act(r, email);
    const before = emails.map((e) => v.standing(e));
    const { changes, source, named } = operation(v, r, emails);
    const outcomes = await v.writer.apply(changes, source, contextFor());
    t.operations += changes.length;
    if (outcomes.length !== changes.length)
      t.loosened.push(`${v.name}: ${outcomes.length} answers for ${changes.length}`);
    for (const o of outcomes) {
      const said = o.status === "refused" && o.consent ? "refused for consent" : o.status;
      t.outcomes[said] = (t.outcomes[said] ?? 0) + 1;
    }
    emails.forEach((email, i) => {
      const why = loosened(v, before[i] ?? null, v.standing(email));
      if (why !== null) t.loosened.push(`${v.name}: ${named} of ${email}: ${why}`);
    });
  }
  t.sequences += emails.length;
}

/** Any operation, on any kind of segment, with or without evidence: also what no draft would ever plan. */
function operation(v: ConsentVendor, r: Random, emails: readonly string[]) {
  const op = r.pick(OP_ORDER);
  const source = r.chance(0.6) ? (v.sources[0] ?? r.pick(v.sources)) : r.pick(v.sources);
  const attribute = op === "set" ? r.pick(v.attributes) : null;
  const value = op === "set" ? r.pick(["pro", "true", "subscribed", "SUBSCRIBED", "1", "", null]) : null;
  const proven = op === "suppress" || r.chance(0.2);
  const changes: OpenChange[] = emails
    .filter(() => r.chance(0.5))
    .map((email) =>
      changeFor(v.writer, op, email, {
        attribute,
        value,
        evidence: proven ? { system: v.writer.system, at: null } : null,
      }),
    );
  return { changes, source, named: `${op} ${attribute ?? ""} ${value ?? ""} ${JSON.stringify(source)}` };
}

/** In words; null: nobody reaches them who did not before, no no of theirs is gone, and nothing else was touched. */
function loosened(v: ConsentVendor, before: Standing | null, after: Standing | null): string | null {
  const was = before ?? NOBODY;
  const is = after ?? NOBODY;
  if (before !== null && after === null && v.keepsRecords) return "the record is gone";
  for (const way of is.may) if (!was.may.has(way)) return `${way} reaches them now`;
  for (const no of was.noes) if (!is.noes.has(no)) return `their no (${no}) is gone`;
  for (const g of was.groups) if (!is.groups.has(g)) return `they are no longer in ${g}`;
  return null;
}
