import { type PostgresCollector, postgresCollector } from "../../collectors/postgres.ts";
import { openTogether } from "../../collectors/postgres-together.ts";
import type { PostgresSystem } from "../../core/config.ts";
import { systemId } from "../../core/model.ts";
import type { Collector } from "../../core/ports.ts";
import type { PlainKind } from "../../systems/postgres/plain-sql.ts";
import { pgSystem, sqlTarget } from "../contract/postgres-world.ts";
import { type Left, readInto, type Wanted } from "../intake/world.ts";

export type Copy = {
  readonly sql: string;
  readonly system?: Partial<PostgresSystem>;
  readonly wanted: Wanted;
};

const collectorOf = (dsn: string, copy: Copy, n: number): PostgresCollector =>
  postgresCollector(pgSystem({ attributes: { tier: "plan" }, ...copy.system, id: systemId(`s${n}`) }), {
    secret: () => dsn,
  });

/** Each copy as an ordinary read of its system leaves it. */
export async function readApart(dsn: string, copies: readonly Copy[], folder: string): Promise<Left[]> {
  const left: Left[] = [];
  for (const [n, copy] of copies.entries())
    left.push(await readInto(collectorOf(dsn, copy, n), [sqlTarget(copy.sql)], [copy.wanted], folder, true));
  return left;
}

export type Pushed = { readonly left: Left; readonly unfit: readonly string[]; readonly travelled: number };

/** The first is the owner's, and the others are compared with it on the server as far as they fit. */
export async function readTogether(
  dsn: string,
  copies: readonly Copy[],
  joined: readonly number[],
  identity: PlainKind,
  folder: string,
): Promise<Pushed> {
  const collectors = copies.map((copy, n) => collectorOf(dsn, copy, n));
  const unfit: string[] = [];
  let travelled = 0;
  const whole: Collector = {
    system: systemId("s0"),
    capabilities: (collectors[0] as PostgresCollector).capabilities,
    async *read(targets, context) {
      const members = targets.map((target, i) => ({
        part: (collectors[i] as PostgresCollector).part,
        target,
      }));
      const together = await openTogether(members, context);
      try {
        const attributes = copies[0]?.wanted.attributes ?? [];
        const looked = await together.look({ owner: 0, copies: joined, identity, attributes });
        unfit.push(...looked.unfit.values());
        yield* together.read(looked.fits.length === 0 ? [] : [looked], context);
        for (const rows of together.travelled.values()) travelled += rows;
      } finally {
        await together.close();
      }
    },
    async warnings(context) {
      const all: string[] = [];
      for (const collector of collectors) all.push(...(await collector.warnings(context)));
      return all;
    },
    close: async () => undefined,
  };
  const targets = copies.map((copy) => sqlTarget(copy.sql));
  const left = await readInto(
    whole,
    targets,
    copies.map((c) => c.wanted),
    folder,
    true,
  );
  return { left, unfit, travelled };
}

/** What both ways have to leave alike, of each copy. */
export const kept = (left: readonly Left[]): unknown => ({
  builders: left.flatMap((l) => l.builders),
  ends: left
    .flatMap((l, n) => l.ends.map((e) => (left.length === 1 ? e : { ...e, target: n })))
    .sort((a, b) => a.target - b.target),
  warnings: left.flatMap((l) => l.warnings),
});
