import { gate } from "../../checks/gate.ts";
import type { GateList, GateSource } from "../../checks/gate-input.ts";
import { nowOf } from "../../core/clock.ts";
import type { Audience } from "../../core/config.ts";
import { isKind } from "../../core/errors.ts";
import type { GateAnswer, GateRef, GateSend } from "../../core/gate.ts";
import type { SystemId } from "../../core/model.ts";
import { countGate, type GateCounts, type GatePanel } from "../../members/gate-panel.ts";
import type { MemberSet } from "../../members/member-set.ts";
import type { App } from "../app.ts";
import { allowedHours, type Lists, type OpenList, openLists } from "./lists.ts";

type Source = GateSource & { readonly set: MemberSet | null };
type List = GateList & { readonly set: MemberSet | null };

/** May this send go out as it is planned? Reads nothing anew: it rests on the latest complete readings. */
export async function checkSend(app: App, send: GateSend): Promise<GateAnswer> {
  const included = send.includes.flatMap((ref) => copyOf(app, ref, send.system) ?? []);
  const lists = openLists(app, included[0]?.identity ?? "email");
  try {
    const includes = await listsOf(app, lists, send.includes, send.system);
    const excludes = await listsOf(app, lists, send.excludes, send.system);
    const sources = await sourcesOf(app, lists, included, send.system);
    const hours = included.map((a) => allowedHours(app, a, send.system));
    const base = await lists.open(null, send.system, Math.min(24, ...hours));
    const counted = await countsOf({
      includes: setsOf(includes),
      excludes: setsOf(excludes),
      base: base.set,
      suppressions: setsOf(sources.filter((s) => s.role === "suppression")),
      keptOut: setsOf(sources.filter((s) => s.role === "kept_out")),
      evidence: setsOf(sources.filter((s) => s.role === "consent")),
    });
    return gate({
      now: nowOf(app.clock),
      timezone: app.config.timezone,
      send,
      campaignHours: hours.length === 0 ? 25 : Math.max(...hours),
      includes,
      excludes,
      sources,
      ...counted,
      incidents: await app.audits.openIncidents(),
    });
  } finally {
    await lists.close();
  }
}

const setsOf = (lists: readonly { readonly set: MemberSet | null }[]): MemberSet[] =>
  lists.flatMap((l) => l.set ?? []);

async function countsOf(
  panel: GatePanel,
): Promise<{ counts: GateCounts | null; countsBecause: string | null }> {
  if (panel.includes.length === 0) return { counts: null, countsBecause: null }; // each list says why
  try {
    return { counts: await countGate(panel), countsBecause: null };
  } catch (error) {
    if (!isKind(error, "bad_data", "config", "stale", "not_found")) throw error;
    return {
      counts: null,
      countsBecause: isKind(error, "config")
        ? "there are too many of them"
        : "a kept reading is damaged or gone",
    };
  }
}

/** The audience whose copy in this system a list of the send is; null: none of ours. */
function copyOf(app: App, ref: GateRef, system: SystemId): Audience | null {
  const mine = app.config.audiences.filter((a) => ref.audiences.includes(a.id));
  return mine.find((a) => a.segments.some((s) => s.system === system)) ?? null;
}

async function listsOf(app: App, lists: Lists, refs: readonly GateRef[], system: SystemId): Promise<List[]> {
  const all: List[] = [];
  for (const ref of refs) {
    const audience = copyOf(app, ref, system);
    const open =
      audience === null ? null : await lists.open(audience, system, allowedHours(app, audience, system));
    all.push({
      title: audience?.title ?? ref.name,
      audiences: ref.audiences,
      reading: open?.reading ?? null,
      set: open?.set ?? null,
    });
  }
  return all;
}

/** Whose word says that somebody must not get it: suppression lists, those kept out, and the other systems' consent. */
async function sourcesOf(
  app: App,
  lists: Lists,
  included: readonly Audience[],
  system: SystemId,
): Promise<Source[]> {
  const sources: Source[] = [];
  const add = (role: Source["role"], title: string, of: SystemId, list: OpenList): void => {
    const systemTitle = app.config.systems.find((s) => s.id === of)?.title ?? of;
    sources.push({ role, title, systemTitle, reading: list.reading, set: list.set });
  };
  const isIncluded = new Set(included.map((a) => a.id));
  const heldOut = new Set(included.flatMap((a) => a.holdout ?? []));
  for (const a of app.config.audiences) {
    const role =
      a.purpose === "suppression"
        ? "suppression"
        : a.purpose === "ineligible" || heldOut.has(a.id)
          ? "kept_out"
          : null;
    if (role === null || isIncluded.has(a.id)) continue;
    add(role, a.title, a.owner, await lists.open(a, a.owner, allowedHours(app, a, a.owner)));
  }
  for (const a of included) {
    for (const s of a.segments) {
      if (s.system === system || !tellsConsent(app, s.system)) continue;
      const hours = allowedHours(app, a, s.system);
      // everybody whom the other system holds, where that can be read: somebody may have left only its copy
      const base = await lists.open(null, s.system, hours);
      const copy = await lists.open(a, s.system, hours);
      if (base.set !== null) add("consent", "Everybody", s.system, base);
      if (base.set === null || s.system === a.owner) add("consent", a.title, s.system, copy);
    }
  }
  return sources;
}

/** An export without a consent column has no opt-outs to tell, however it was read. */
function tellsConsent(app: App, id: SystemId): boolean {
  const system = app.config.systems.find((s) => s.id === id);
  if (system?.kind === "files") return system.columns.consent !== undefined;
  const can = app.capabilities.get(id);
  return can === undefined || can.consentScope !== null;
}
