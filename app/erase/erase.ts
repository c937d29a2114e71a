import { failpoint } from "../../config/failpoint.ts";
import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { type IdentifierKind, instant, type PersonKey, personKey } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { eraseFromPlans } from "../../store/erase-from-plans.ts";
import { forgetMembers } from "../../store/forget-members.ts";
import { readingsSince } from "../../store/readings-since.ts";
import { sealChange } from "../../sync/sealed.ts";
import type { App } from "../app.ts";
import { anchorSoon } from "../audit-log/anchor.ts";
import { eraseFromSets, eraseFromSpools, type FileCounts, memberFiles } from "./files.ts";
import { identifierOf, keysOf } from "./who.ts";

/** Counts of what was removed; never who. */
export type Erased = Readonly<FileCounts> & {
  /** Keys that were searched for: one per identifier found, and kind that it can be read as. */
  readonly keys: number;
  readonly changes: number;
  readonly leftOut: number;
  /** Plans that had not been carried out and are stale now. */
  readonly stalePlans: readonly number[];
  /** References in the audit log that nobody stands behind any more. */
  readonly references: number;
};

/**
 * Removes everything that is kept of one person: sets with their history, agreed states, sealed rows, plans, and who
 * stands behind a reference of the audit log. Interrupted at any moment it is finished by running it again: the sealed
 * rows, which alone tell the person's other identifiers, go last.
 *
 * @param kind null: whatever the identifier can be read as
 * @throws AuditorError bad_data, not_allowed; refused while a reading runs or a plan with this person is being carried
 *   out; stale when a reading began meanwhile
 */
export async function erasePerson(
  app: App,
  me: Person,
  o: { readonly identifier: string; readonly kind: IdentifierKind | null },
): Promise<Erased> {
  if (me.role !== "admin")
    throw new AuditorError("not_allowed", "erase", "your role may not erase people", "ask an admin");
  const identifier = identifierOf(o.identifier, o.kind);
  const began = instant(app.clock.now());
  const running = (await readingsSince(app.db, began)).find((r) => r.running);
  if (running !== undefined)
    throw new AuditorError(
      "refused",
      "erase",
      `${running.id} is reading the systems, and would keep this person again`,
      "wait for its end; if its process was killed, the next start of `plumbline serve` ends it after an hour",
    );

  const files = await memberFiles(app.dataDir);
  const people = [...(await keysOf(app, identifier, files.spools))];
  const counts: FileCounts = { sets: 0, agreed: 0, spools: 0, unsearched: 0 };
  const nobody = {
    at: began,
    nobody: personKey(Buffer.from(app.random(16)).toString("hex")),
    sealed: sealChange(app.sealer, { identifiers: {}, value: null, from: null, found: null, consent: null }),
  };
  // first what can refuse
  const plans = await eraseFromPlans(app.db, people, nobody);
  await eraseFromSets(app, files.sets, people, counts);
  failpoint("erase.sets");
  const references = await forgetMembers(app.db, people, { actor: me.name, at: began });
  await eraseFromSpools(app, files.spools, people, counts);
  const late = await afterwards(app, people, nobody, began);
  const erased: Erased = {
    ...counts,
    keys: people.length,
    changes: plans.changes + late.changes,
    leftOut: plans.leftOut + late.leftOut,
    stalePlans: [...plans.stale, ...late.stale],
    references,
  };
  await appendAuditLog(app.db, {
    at: instant(app.clock.now()),
    actor: me.name,
    action: "person.erased",
    object: "person",
    detail: { ...erased },
  });
  await anchorSoon(app);
  return erased;
}

/** A plan may have been drafted, and a reading begun, from what was there until just now. */
async function afterwards(
  app: App,
  people: readonly PersonKey[],
  nobody: Parameters<typeof eraseFromPlans>[2],
  began: Parameters<typeof readingsSince>[1],
): Promise<Awaited<ReturnType<typeof eraseFromPlans>>> {
  const late = await eraseFromPlans(app.db, people, nobody);
  const [reading] = await readingsSince(app.db, began);
  if (reading !== undefined)
    throw new AuditorError(
      "stale",
      "erase",
      `${reading.id} began to read meanwhile, and may have kept this person on`,
      "run the same command again once it has ended",
    );
  return late;
}
