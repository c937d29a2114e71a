import { mailOf, type Rec } from "../property/sync-world.ts";
import type { Worker } from "./worker.ts";
import type { World } from "./world.ts";

const EVENTS = {
  kill: 3,
  pause: 3,
  go_down: 2,
  store_down: 1,
  vendor_down: 1,
  person_opts_out: 6,
  person_returns: 1,
  other_adds: 2,
  other_removes: 2,
  other_sets: 2,
  record_goes: 1,
  other_sync: 1,
  stop_plan: 3,
} as const;

/** Something happens, and then something else, until the faults end. Of nobody's process. */
export function chaos(w: World): void {
  const r = w.random;
  const busy = r.pick([1_500, 5_000, 20_000, 60_000]);
  const next = (): void => {
    // most of it while something is under way: faults of an idle hour find nothing
    const quiet = w.judge.working() === null;
    w.s.in(r.between(100, quiet ? 20 * busy : busy), null, "chaos", () => {
      if (!w.faulty) return;
      happen(w, r.weighted(EVENTS));
      next();
    });
  };
  next();
}

function happen(w: World, event: keyof typeof EVENTS): void {
  const r = w.random;
  const working = w.workers.find((x) => x.process === w.judge.working());
  const worker = working !== undefined && r.chance(0.6) ? working : r.pick(w.workers);
  const pending = w.judge.pending();
  const i = pending.length > 0 && r.chance(0.6) ? r.pick(pending) : r.between(0, w.owners.length - 1);
  const mail = mailOf(i);
  const rec = w.vendor.recs.get(mail) ?? null;
  const edit = (what: "consent" | "membership" | "value", change: Partial<Rec>): void => {
    if (rec !== null) w.vendor.edit(mail, what, { ...rec, ...change });
  };
  w.s.say("chaos", `${event} ${event.includes("_") && !event.endsWith("down") ? mail : worker.name}`);
  switch (event) {
    case "kill":
      if (worker.process.alive) w.kill(worker);
      return;
    case "pause":
      pause(w, worker);
      return;
    case "go_down":
      goDown(w, worker);
      return;
    case "store_down":
      w.storeMood.downUntil = w.s.now + r.between(500, 20_000);
      return;
    case "vendor_down":
      w.vendorMood.downUntil = w.s.now + r.between(500, 60_000);
      return;
    case "person_opts_out":
      edit("consent", { consent: r.pick(["unsubscribed", "complained", "erased"]), mailable: false });
      return;
    case "person_returns":
      edit("consent", { consent: "subscribed", mailable: true });
      return;
    case "other_adds":
      edit("membership", { inSegment: true });
      return;
    case "other_removes":
      edit("membership", { inSegment: false });
      return;
    case "other_sets":
      edit("value", { plan: r.pick(["free", "pro", "gold"]) });
      return;
    case "record_goes":
      if (rec !== null) w.vendor.edit(mail, "record", null);
      return;
    case "other_sync":
      // another program writes many at once
      for (let n = 0; n < w.owners.length; n += r.between(1, 8)) {
        const there = w.vendor.recs.get(mailOf(n));
        if (there !== undefined)
          w.vendor.edit(mailOf(n), "value", { ...there, plan: r.pick(["free", "pro", "gold"]) });
      }
      return;
    case "stop_plan":
      void stopOne(w);
  }
}

/** SIGSTOP and SIGCONT: nothing of it runs, and then it goes on in the middle of whatever it did. */
export function pause(w: World, worker: Worker): void {
  if (!worker.process.alive) return;
  const ms = w.random.between(500, w.random.pick([20_000, 90_000]));
  w.s.say(worker.name, `is paused for ${ms} ms`);
  worker.process.pausedUntil = w.s.now + ms;
  worker.hindered = worker.process.pausedUntil;
}

/** SIGTERM: it ends what it does in good order, and another one starts. */
function goDown(w: World, worker: Worker): void {
  const { process, stop } = worker;
  w.s.in(0, process, "is asked to go down", () => {
    if (stop.signal.aborted) return;
    stop.abort();
    w.s.in(w.random.between(20_000, 60_000), null, `${worker.name} is started again`, () => {
      if (worker.process !== process || !process.alive) return;
      process.alive = false;
      w.startAgain(worker);
    });
  });
}

async function stopOne(w: World): Promise<void> {
  const running = (await w.memory.list()).filter((p) => p.state === "applying");
  if (running.length === 0) return;
  const { id } = w.random.pick(running);
  w.judge.stops.set(id, w.judge.stops.get(id) ?? w.s.now);
  await w.memory.requestStop(id, "Ben");
}
