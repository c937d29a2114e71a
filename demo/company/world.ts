import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AD_FILES, type ExportedName, exportAds } from "./ads.ts";
import { Copies } from "./copies.ts";
import { type HistoryDay, type HistoryRequest, type Tell, writeHistory } from "./fast-history.ts";
import { movedBetween } from "./moved.ts";
import { Population } from "./population.ts";
import { type Places, SIMULATED, type SimulatedName, Simulators } from "./simulators.ts";
import { DAYS, Days } from "./time.ts";
import { type Planted, plant } from "./truth.ts";
import { openWarehouse, type Warehouse } from "./warehouse.ts";

export type WorldOptions = {
  /** People on day 56. */
  readonly size: number;
  readonly seed: number;
  /** Date of day 56, ISO. */
  readonly today: string;
  /** The moment of starting. */
  readonly now: Date;
  /** Connection with the right to make databases. */
  readonly warehouseAdminUrl: string;
  /** For exports, the simulators' journals and the world's own memory. */
  readonly folder: string;
  /** Go on with what is there instead of starting anew. */
  readonly resume?: boolean;
  /** False: a company without any fault, for tests of false alarms. Default true. */
  readonly faults?: boolean;
};

/** Parts that a day is told in: the warehouse, three simulators, the exports. */
const STEPS = 5;

type Memory = { readonly day: number; readonly places: Places };

/** The demo company: a warehouse, HubSpot, Klaviyo, Mailchimp and exports that live through their days together. */
export class DemoWorld {
  readonly days: Days;
  readonly population: Population;
  /** What is wrong in this world; for tests only. */
  readonly planted: readonly Planted[];
  readonly simulators: Simulators;
  readonly warehouse: Warehouse;
  readonly adsFolder: string;
  readonly #copies: Copies;
  readonly #options: WorldOptions;
  #day: number;
  #warehouse: Uint16Array = new Uint16Array();
  readonly #shown: Record<SimulatedName, Uint16Array> = {
    hubspot: new Uint16Array(),
    klaviyo: new Uint16Array(),
    mailchimp: new Uint16Array(),
  };

  private constructor(
    options: WorldOptions,
    days: Days,
    simulators: Simulators,
    warehouse: Warehouse,
    day: number,
  ) {
    this.#options = options;
    this.days = days;
    this.population = new Population(options.seed, options.size, this.days);
    this.planted = options.faults === false ? [] : plant(options.seed, options.size);
    this.#copies = new Copies(this.population, options.seed, this.planted);
    this.simulators = simulators;
    this.warehouse = warehouse;
    this.adsFolder = join(options.folder, "ads");
    this.#day = day;
  }

  static async start(options: WorldOptions): Promise<DemoWorld> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const memory = options.resume ? recall(options.folder) : null;
    const days = new Days(options.today, options.now);
    const warehouse = await openWarehouse(options.warehouseAdminUrl, options.folder, memory !== null);
    const simulators = await Simulators.start(options.folder, memory?.places ?? null, {
      at: days.at(DAYS + 4, 7, 0),
    });
    const world = new DemoWorld(options, days, simulators, warehouse, memory?.day ?? 0);
    if (memory && memory.day > 0) {
      world.#warehouse = world.#copies.day("warehouse", memory.day);
      for (const name of SIMULATED) world.#move(name, memory.day);
      simulators.redo();
    }
    world.#remember();
    return world;
  }

  /** Last day that was lived; 0: none. */
  get today(): number {
    return this.#day;
  }

  /**
   * Moves all systems to day n and answers the moment at which it is to be audited. Days beyond 56 go on as before;
   * going back is not possible.
   */
  async day(n: number, tell: Tell = () => undefined): Promise<Date> {
    if (!Number.isInteger(n) || n < this.#day || n < 1) {
      throw new RangeError(`demo: day ${n} after day ${this.#day} → ask for a later day`);
    }
    tell(0);
    const optedOutAt = this.#optedOutBy(n);
    const warehouse = this.#copies.day("warehouse", n);
    const loadedAt = new Date(this.days.audit(n).getTime() - 90 * 60_000);
    await this.warehouse.load(this.#warehouse, warehouse, this.population, loadedAt, optedOutAt);
    this.#warehouse = warehouse;
    for (const [done, name] of SIMULATED.entries()) {
      tell((1 + done) / STEPS);
      this.#move(name, n);
      await setImmediate();
    }
    tell(4 / STEPS);
    await this.#exportStale(n);
    await this.#export(n);
    tell(1);
    const { control } = this.simulators.klaviyo;
    control.clearFaults();
    if (this.#copies.active("lost_page", n)) {
      // A maintenance page instead of the rest of the profiles.
      control.fault({ kind: "html", status: 200, method: "GET", path: "/profiles", skip: 3, times: null });
    }
    this.#day = n;
    this.#remember();
    return this.days.audit(n);
  }

  #optedOutBy(n: number): (i: number) => Date | null {
    return (i) => {
      const day = this.population.optOutDay(i);
      return Number.isFinite(day) && day <= n ? this.days.at(day, 5, 0) : null;
    };
  }

  #export(n: number): Promise<void> {
    return exportAds(this.#copies.day("ads", n), this.population, this.#copies, {
      folder: this.adsFolder,
      day: n,
      seed: this.#options.seed,
      exportedAt: this.days.exported(n),
      optedOutAt: this.#optedOutBy(n),
    });
  }

  /** Whoever starts late in the story finds the export that nobody renews as it was left on its last good day. */
  async #exportStale(n: number): Promise<void> {
    const stale = this.#copies.active("stale_copy", n);
    if (stale === undefined || stale.audience === null) return;
    if (!existsSync(join(this.adsFolder, AD_FILES[stale.audience as ExportedName])))
      await this.#export(stale.from - 1);
  }

  /** Counts, comparisons and member sets of days 1 to `until`, without touching any system. */
  history(request: HistoryRequest, tell?: Tell): Promise<HistoryDay[]> {
    return writeHistory(
      { population: this.population, copies: this.#copies, days: this.days },
      request,
      tell,
    );
  }

  async close(): Promise<void> {
    await this.simulators.close();
    await this.warehouse.close();
  }

  /** Ends and removes everything that is outside the folder. */
  async dispose(): Promise<void> {
    await this.simulators.close();
    await this.warehouse.drop();
  }

  #move(name: SimulatedName, n: number): void {
    const now = this.#copies.day(name, n);
    const joinedAt = (i: number): Date =>
      new Date(this.days.at(this.population.joined(i), 3, 0).getTime() + (i % 3600) * 1000);
    const moved = movedBetween(this.#shown[name], now, this.population, joinedAt, this.#optedOutBy(n));
    this.simulators.move(name, moved);
    this.#shown[name] = now;
  }

  #remember(): void {
    const memory: Memory = { day: this.#day, places: this.simulators.places };
    writeFileSync(join(this.#options.folder, "world.json"), JSON.stringify(memory), { mode: 0o600 });
  }
}

function recall(folder: string): Memory | null {
  try {
    const memory: Memory = JSON.parse(readFileSync(join(folder, "world.json"), "utf8"));
    return memory;
  } catch (e) {
    if (e instanceof Error && "code" in e && e.code === "ENOENT") return null;
    throw e;
  }
}
