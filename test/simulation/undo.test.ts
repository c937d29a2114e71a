import { expect, it } from "vitest";
import { isOptOut } from "../../sync/effect.ts";
import { mailOf, type Rec } from "../property/sync-world.ts";
import { History } from "./history.ts";

const one = process.env.PLUMBLINE_UNDO_SEED;
const count = Number(process.env.PLUMBLINE_UNDO_HISTORIES ?? 10_000);
const seeds = one === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(one)];

const NOBODY: Rec = { inSegment: false, consent: "unsubscribed", mailable: false, plan: null };

/** Apply, undo, and what is not as it was; in words. */
async function play(
  seed: number,
): Promise<{ applied: number; undone: number; kept: number; wrong: string[] }> {
  const h = new History(seed);
  const r = h.random;
  const ids: number[] = [];
  for (let n = 0; n < r.between(1, 2); n += 1) {
    const doc = h.draft();
    if (r.chance(0.5)) h.othersEdit(); // after the read, before the apply
    if (doc !== null) ids.push(await h.apply(doc, true));
    h.ownerMoves();
  }
  if (r.chance(0.5)) h.othersEdit();
  const suppressed = new Set<number>();
  const leftOpen = new Set<number>();
  let applied = 0;
  let undone = 0;
  for (const id of ids.toReversed()) {
    for (const { i, op, end } of await h.endsOf(id)) {
      if (end === "applied") applied += 1;
      if (op === "suppress" && end === "applied") suppressed.add(i);
      if (end === "unknown") leftOpen.add(i);
    }
    const undo = await h.undo(id);
    if (undo === null) continue;
    const state = (await h.memory.get(undo))?.state;
    if (state !== "done") throw new Error(`seed ${seed}: the undo ended ${state}`);
    for (const { i, op, end } of await h.endsOf(undo)) {
      if (end === "applied" || end === "already_so") undone += 1;
      // whoever opted out meanwhile is not put back; a value that others wrote stays
      else if (end === "skipped_consent" && h.others.get(i) === "consent" && op === "add") leftOpen.add(i);
      else if (end !== "skipped_drift" || h.others.get(i) !== "value")
        throw new Error(`seed ${seed}: the undo of ${op} for ${i} ended ${end}`);
    }
  }
  const wrong: string[] = [];
  h.twins.forEach((_, i) => {
    const start = h.start.get(mailOf(i)) ?? NOBODY;
    const now = h.vendor.recs.get(mailOf(i)) ?? NOBODY;
    const edit = h.others.get(i);
    const say = (what: string) =>
      wrong.push(
        `seed ${seed}, person ${i}: ${what}; was ${JSON.stringify(start)}, is ${JSON.stringify(now)}, others: ${edit}`,
      );
    // what others did last is what would be there without us
    if (edit === "value" ? now.plan !== "gold" : now.plan !== start.plan) say("the field");
    const inSegment = edit === "membership" ? null : start.inSegment;
    if (inSegment !== null && !leftOpen.has(i) && now.inSegment !== inSegment) say("the membership");
    if (suppressed.has(i) || edit === "consent") {
      if (now.mailable || !isOptOut(now.consent)) say("the opt-out");
    } else if (now.consent !== start.consent || now.mailable !== start.mailable) say("the consent");
  });
  return { applied, undone, kept: h.others.size, wrong };
}

it(`${seeds.length} histories return to the start, except for tightened consent (I7)`, async () => {
  const sum = { applied: 0, undone: 0, kept: 0 };
  for (const seed of seeds) {
    const { wrong, ...n } = await play(seed);
    expect(wrong, `replay: PLUMBLINE_UNDO_SEED=${seed} npm run test:simulation`).toEqual([]);
    sum.applied += n.applied;
    sum.undone += n.undone;
    sum.kept += n.kept;
  }
  console.log(JSON.stringify({ histories: seeds.length, ...sum }));
  expect(sum.undone).toBeGreaterThan(0);
  expect(sum.kept).toBeGreaterThan(0);
}, 600_000);
