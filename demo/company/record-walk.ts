import { COMPLAINED, EXISTS, LISTS_AT, MAILABLE, OPTED_OUT, PLAN_AT } from "./packed.ts";
import { LISTS, listBit, PLANS, type Population } from "./population.ts";
import { unit } from "./random.ts";
import { bySystem, type Planted, type SystemName } from "./truth.ts";

/** Share of people whose changes of a list arrive a day later. Within every latency budget, so no finding. */
const LATE = 0.06;
/** Salt of the delays on the way into each system: they are late for different people. */
const DELAYS: Readonly<Record<SystemName, number>> = {
  warehouse: 59,
  hubspot: 53,
  klaviyo: 55,
  mailchimp: 57,
  ads: 51,
};
const [FREE, TRIAL] = [PLANS.indexOf("free"), PLANS.indexOf("trial")];

/** People taken out of one list of one copy: whoever's number (of `salt`) is below the share of the day. */
type Loss = { readonly list: number; readonly salt: number; readonly shares: Float64Array };

/** Everybody's records on the days `from` to `to`, one person after the other from number 0 on. */
export class RecordWalk {
  /** The records of the person who was walked to last; index 0 is day `from`. Written over by the next one. */
  readonly records: Readonly<Record<SystemName, Uint16Array>>;
  readonly #population: Population;
  readonly #seed: number;
  readonly #systems: readonly SystemName[];
  readonly #from: number;
  readonly #days: number;
  /** Bits of lists from the day before `from` on. */
  readonly #lists: Uint8Array;
  readonly #losses: Readonly<Record<SystemName, readonly Loss[]>>;
  readonly #mailAgain: Planted | null;
  readonly #duel: Planted | null;
  /** People whose newsletters have still to be put on again. */
  #mailLeft: number;
  /** People whom the duel still has to find, by day. */
  readonly #duelLeft: Int32Array;
  readonly #atDuel = new Uint8Array(2);
  #next = 0;
  #join = 0;
  #optOut = 0;

  constructor(
    population: Population,
    seed: number,
    faults: readonly Planted[],
    systems: readonly SystemName[],
    from: number,
    to: number,
  ) {
    this.#population = population;
    this.#seed = seed;
    this.#systems = systems;
    this.#from = from;
    this.#days = to - from + 1;
    const none = () => new Uint16Array(this.#days);
    this.records = bySystem(none);
    this.#lists = new Uint8Array(this.#days + 1);
    const find = (kind: Planted["kind"]): Planted | null => faults.find((f) => f.kind === kind) ?? null;
    const losses = [
      this.#loss(find("halved"), 60, () => 0.5),
      this.#loss(find("slow_leak"), 61, (age) => 0.01 * (age + 1)),
    ];
    const of = (system: SystemName) => losses.flatMap((l) => (l?.system === system ? [l] : []));
    this.#losses = bySystem(of);
    this.#mailAgain = find("opted_out_mailable");
    this.#mailLeft = this.#mailAgain?.people ?? 0;
    this.#duel = find("duel");
    this.#duelLeft = new Int32Array(this.#days).fill(this.#duel?.people ?? 0);
  }

  next(): void {
    const i = this.#next++;
    this.#join = this.#population.joined(i);
    this.#optOut = this.#population.optOutDay(i);
    this.#population.lists(i, this.#from - 1, this.#lists);
    for (const system of this.#systems) this.#fill(system, i);
    if (this.#mailAgain && this.#systems.includes("klaviyo")) this.#subscribeAgain(this.#mailAgain, i);
    if (this.#duel && this.#systems.includes(this.#duel.system)) this.#fight(this.#duel, i);
  }

  /** Has the person who was walked to last the same record on all days? Half of the people have. */
  isSteady(system: SystemName): boolean {
    const records = this.records[system];
    for (let d = 1; d < records.length; d++) if (records[d] !== records[0]) return false;
    return true;
  }

  #fill(system: SystemName, i: number): void {
    const records = this.records[system];
    const lists = this.#lists;
    const losses = this.#losses[system];
    const join = this.#join;
    const optOut = this.#optOut;
    const paid = this.#population.paidPlan(i);
    const out = this.#population.complains(i) ? OPTED_OUT | COMPLAINED : OPTED_OUT;
    const warehouse = system === "warehouse";
    // The warehouse hears of an opt-out by a nightly sync; where mail is sent and where it was said, it holds at once.
    const heard = warehouse && this.#isLate(system, i, 20) ? optOut + 1 : optOut;
    const late = warehouse ? 0 : this.#lateLists(system, i);
    for (let d = 0; d < records.length; d++) {
      const day = this.#from + d;
      if (day < join) {
        records[d] = 0;
        continue;
      }
      const now = lists[d + 1] ?? 0;
      const plan = now & listBit.trial ? TRIAL : now & listBit.active_customers ? paid : FREE;
      let shown = 0;
      if (warehouse) shown = now;
      else if (day < optOut) {
        shown = (now & ~late) | ((lists[d] ?? 0) & late);
        for (const { list, salt, shares } of losses) {
          const share = shares[d] ?? 0;
          if (share > 0 && shown & list && unit(this.#seed, i, salt) < share) shown &= ~list;
        }
      }
      records[d] = EXISTS | (day < heard ? MAILABLE : out) | (plan << PLAN_AT) | (shown << LISTS_AT);
    }
  }

  #isLate(system: SystemName, i: number, list: number): boolean {
    return unit(this.#seed, i, list, DELAYS[system]) < LATE;
  }

  #lateLists(system: SystemName, i: number): number {
    let late = 0;
    for (let n = 0; n < LISTS.length; n++) if (this.#isLate(system, i, n)) late |= 1 << n;
    return late;
  }

  /** Opted-out people whose newsletters are on again, as after a careless re-import. The same ones every day. */
  #subscribeAgain(fault: Planted, i: number): void {
    if (this.#mailLeft <= 0) return;
    if (this.#optOut >= fault.from - 7 || unit(this.#seed, i, 62) >= 0.8) return;
    this.#mailLeft--;
    const records = this.records.klaviyo;
    for (let [d, end] = this.#span(fault); d < end; d++) records[d] = (records[d] ?? 0) | MAILABLE;
  }

  /** Two writers undo each other's work: half of the people are in on even days, the other half on odd ones. */
  #fight(fault: Planted, i: number): void {
    const list = LISTS.find((l) => l === fault.audience);
    if (!list || unit(this.#seed, i, 63) >= 0.7) return;
    const [bit, records] = [listBit[list], this.records[fault.system]];
    this.#population.lists(i, fault.from - 1, this.#atDuel);
    // Only people who would be there all the time, so that every change is the duel's.
    if (((this.#atDuel[0] ?? 0) & (this.#atDuel[1] ?? 0) & bit) === 0) return;
    for (let [d, end] = this.#span(fault); d < end; d++) {
      const [day, left] = [this.#from + d, this.#duelLeft[d] ?? 0];
      const steady = (this.#lists[d] ?? 0) & (this.#lists[d + 1] ?? 0) & bit;
      if (left <= 0 || steady === 0 || day >= this.#optOut) continue;
      if ((left + day) % 2 === 0) records[d] = (records[d] ?? 0) & ~(bit << LISTS_AT);
      this.#duelLeft[d] = left - 1;
    }
  }

  /** @param share by the age of the fault in days */
  #loss(
    fault: Planted | null,
    salt: number,
    share: (age: number) => number,
  ): (Loss & { system: SystemName }) | null {
    const list = LISTS.find((l) => l === fault?.audience);
    if (!fault || !list) return null;
    const shares = new Float64Array(this.#days);
    for (let [d, end] = this.#span(fault); d < end; d++) shares[d] = share(this.#from + d - fault.from);
    return { system: fault.system, list: listBit[list], salt, shares };
  }

  /** Days of the fault, as indexes: the first, and the one after the last. */
  #span({ from, to }: Planted): [number, number] {
    return [
      Math.max(0, from - this.#from),
      to === null ? this.#days : Math.min(this.#days, to - this.#from + 1),
    ];
  }
}
