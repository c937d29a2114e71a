import type { PostgresCollector } from "../../collectors/postgres.ts";
import { type Joint, type Looked, openTogether, type Together } from "../../collectors/postgres-together.ts";
import type { Audience, SegmentConfig, SystemConfig } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { SystemId } from "../../core/model.ts";
import type { Context } from "../../core/ports.ts";
import { PROBE_BYTES } from "../../systems/postgres/link.ts";
import type { App } from "../app.ts";
import { choosePushdown } from "../compare/pushdown-cost.ts";
import type { OpenSystem } from "./open-system.ts";
import { expectedShare } from "./pushdown-memory.ts";
import { readingKey } from "./readings.ts";
import { trackedAttributes } from "./targets.ts";

/** A copy in the place where its owner's is. */
export type Pair = { readonly audience: Audience; readonly copy: SegmentConfig };
/** A copy that is compared with its owner's on the server: the number of its target, and why. */
export type Compared = Pair & { readonly member: number; readonly because: string };

/** Systems that live in one database and are read by one role: read in one transaction, some copies compared there. */
export type Place = {
  readonly opened: readonly OpenSystem[];
  readonly together: Together;
  readonly looked: readonly Looked[];
  readonly compared: readonly Compared[];
  close(): Promise<void>;
};

/** Copies with fewer bytes are read before the link is measured. */
const FEW_BYTES = 4 * PROBE_BYTES;

type OpenPostgres = OpenSystem & { readonly collector: PostgresCollector };
type Say = (pair: Pair, words: string) => void;

/** @returns null: every copy is read, and `how` says why */
export async function choosePlace(
  app: App,
  here: readonly OpenPostgres[],
  pairs: readonly Pair[],
  how: Map<string, string>,
  context: Context,
): Promise<Place | null> {
  const say: Say = (p, words) => how.set(readingKey(p.audience.id, p.copy.system), words);
  const fit = pairs.filter((pair) => {
    const why = whyRead(app, pair);
    if (why !== null) say(pair, `read: ${why}`);
    return why === null;
  });
  const ids = new Set(fit.flatMap((p) => [p.audience.owner, p.copy.system]));
  const opened = here.filter((o) => ids.has(o.system.id));
  const members = opened.flatMap(({ system, collector, planned }) =>
    planned.map(({ target, audience }) => ({ part: collector.part, target, audience, system: system.id })),
  );
  if (fit.length === 0) return null;
  let together: Together | null = null;
  try {
    together = await openTogether(members, context);
    const memberOf = (audience: Audience, system: SystemId): number =>
      members.findIndex((m) => m.audience === audience.id && m.system === system);
    const choose = chooser(app, together, say);
    const looked: Looked[] = [];
    const compared: Compared[] = [];
    for (const audience of new Set(fit.map((p) => p.audience))) {
      const copies = fit
        .filter((p) => p.audience === audience)
        .map((p) => ({ ...p, member: memberOf(audience, p.copy.system) }));
      const chosen = await choose(audience, memberOf(audience, audience.owner), copies);
      if (chosen === null) continue;
      looked.push(chosen.looked);
      compared.push(...chosen.compared);
    }
    const { close } = together;
    if (compared.length > 0) return { opened, together, looked, compared, close };
    await close();
    return null;
  } catch (e) {
    await together?.close();
    if (!(e instanceof AuditorError) || e.kind === "interrupted") throw e;
    for (const pair of fit) say(pair, `read: ${e.message}`);
    return null;
  }
}

function whyRead(app: App, { audience, copy }: Pair): string | null {
  if (audience.identity === "phone") return "phone numbers have too many spellings for the server";
  const off = [copy.system, audience.owner].find((id) => pushdownOf(app, id) === "off");
  return off === undefined ? null : `pushdown is off for ${off}`;
}

function pushdownOf(app: App, id: SystemId): "auto" | "on" | "off" {
  const system: SystemConfig | undefined = app.config.systems.find((s) => s.id === id);
  return system?.kind === "postgres" ? (system.pushdown ?? "auto") : "off";
}

type Candidate = Pair & { readonly member: number };

/** Chooses the copies of one audience; the link is measured once, when it first matters. */
function chooser(app: App, together: Together, say: Say) {
  let speed: number | null = null;
  return async (
    audience: Audience,
    owner: number,
    copies: readonly Candidate[],
  ): Promise<{ looked: Looked; compared: Compared[] } | null> => {
    if (audience.identity === "phone") return null;
    const joint: Joint = {
      owner,
      copies: copies.map((c) => c.member),
      identity: audience.identity,
      attributes: trackedAttributes(audience),
    };
    const looked = await together.look(joint).catch((e: unknown) => {
      if (!(e instanceof AuditorError)) throw e;
      for (const copy of copies) say(copy, `read: ${e.message}`);
      return null;
    });
    const compared: Compared[] = [];
    for (const copy of looked === null ? [] : copies) {
      const because = await reason(copy, looked);
      if (because !== null) compared.push({ ...copy, because });
    }
    if (looked === null || compared.length === 0) return null;
    const chosen = new Set(compared.map((c) => c.member));
    return { looked: { ...looked, fits: looked.fits.filter((f) => chosen.has(f.member)) }, compared };
  };

  /** Why this copy is compared; null: it is read, which is told. */
  async function reason(copy: Candidate, looked: Looked | null): Promise<string | null> {
    const read = (why: string): null => {
      say(copy, `read: ${why}`);
      return null;
    };
    const fit = looked?.fits.find((f) => f.member === copy.member);
    if (looked == null || fit === undefined) return read(looked?.unfit.get(copy.member) ?? "it does not fit");
    if (pushdownOf(app, copy.copy.system) === "on") return "pushdown is on";
    const share = await expectedShare(app, copy.audience, copy.copy);
    if (share === null) return read("the server refused to compare it the last time");
    if (fit.look.rows * fit.look.width < FEW_BYTES) return read("it has few rows");
    speed ??= await together.speed(() => performance.now());
    const sides = [looked.owner, fit.look];
    const choice = choosePushdown(sides, speed, { spared: [fit.look], share, by: "audit" });
    return choice.push ? choice.because : read(choice.because);
  }
}
