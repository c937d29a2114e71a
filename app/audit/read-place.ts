import type { Context } from "../../core/ports.ts";
import { secondOf } from "../../members/second-identifier.ts";
import { count } from "../api/views/words.ts";
import type { App } from "../app.ts";
import type { Place } from "./choose-place.ts";
import { builderFor, intakeFor } from "./open-system.ts";
import { rememberShare } from "./pushdown-memory.ts";
import { readSystem, type SystemReading } from "./read-system.ts";
import { readingKey } from "./readings.ts";

/**
 * Reads the systems of a place in one go.
 *
 * @returns one reading for each of them; null: the server refused to compare, or went away, and nothing of it is kept: they
 *   are to be read one by one, and `how` says why
 */
export async function readPlace(
  app: App,
  { opened, together, looked, compared, close }: Place,
  run: { readonly keepRows: boolean },
  how: Map<string, string>,
  context: Context,
  seen: (records: number) => void,
): Promise<readonly SystemReading[] | null> {
  const [first] = opened;
  if (first === undefined) return null;
  const { identifiers } = first.collector.capabilities;
  const reading = await readSystem(
    first.system,
    { read: (_, context) => together.read(looked, context) },
    opened.flatMap((o) => o.planned),
    (p) => builderFor(app, p, run.keepRows, secondOf(p.identity, identifiers)),
    context,
    seen,
    intakeFor(),
  ).finally(close);
  const lost = reading.targets.some((t) => t.end === null) ? "the connection was lost" : null;
  const refused = reading.failure?.message ?? lost;
  for (const { audience, copy, member, because } of compared) {
    const say = (words: string) => how.set(readingKey(audience.id, copy.system), words);
    const travelled = together.travelled.get(member) ?? 0;
    const records = reading.targets[member]?.builder.records ?? 0;
    if (refused === null)
      say(
        `compared in the database: ${count(records - travelled)} rows as the owner’s, ${count(travelled)} travelled; ${because}`,
      );
    else say(`read, since the server did not compare it: ${refused}`);
    await rememberShare(app, audience, copy, refused === null ? travelled / Math.max(1, records) : null);
  }
  if (refused !== null) {
    for (const { builder } of reading.targets) builder.discard();
    return null;
  }
  let from = 0;
  return opened.map(({ system, planned }) => {
    const targets = reading.targets.slice(from, from + planned.length);
    from += planned.length;
    return { ...reading, system, targets };
  });
}
