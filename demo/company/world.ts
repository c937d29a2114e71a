import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GhostSim, startGhostSim } from "../ghost/server.ts";
import { Copies } from "./copies.ts";
import { CRM_FILES, exportCrm } from "./crm.ts";
import { type HistoryDay, type HistoryRequest, type Tell, writeHistory } from "./fast-history.ts";
import { loadGhost, replayJournal } from "./newsletter.ts";
import { Population } from "./population.ts";
import { Days } from "./time.ts";
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
  /** For exports, the simulator's journal and the world's own memory. */
  readonly folder: string;
  /** Go on with what is there instead of starting anew. */
  readonly resume?: boolean;
  /** False: a company without any fault, for tests of false alarms. Default true. */
  readonly faults?: boolean;
};

type Memory = { readonly day: number; readonly ghostPort: number; readonly ghostKey: string };

/** The demo company: a warehouse, a CRM and a newsletter tool that live through their days together. */
export class DemoWorld {
  readonly days: Days;
  readonly population: Population;
  /** What is wrong in this world; for tests only. */
  readonly planted: readonly Planted[];
  readonly ghost: GhostSim;
  readonly warehouse: Warehouse;
  readonly crmFolder: string;
  readonly #copies: Copies;
  readonly #options: WorldOptions;
  #day: number;
  #warehouse: Uint16Array = new Uint16Array();
  #ghost: Uint16Array = new Uint16Array();

  private constructor(options: WorldOptions, ghost: GhostSim, warehouse: Warehouse, day: number) {
    this.#options = options;
    this.days = new Days(options.today, options.now);
    this.population = new Population(options.seed, options.size, this.days);
    this.planted = options.faults === false ? [] : plant(options.seed, options.size);
    this.#copies = new Copies(this.population, options.seed, this.planted);
    this.ghost = ghost;
    this.warehouse = warehouse;
    this.crmFolder = join(options.folder, "crm");
    this.#day = day;
  }

  static async start(options: WorldOptions): Promise<DemoWorld> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const memory = options.resume ? recall(options.folder) : null;
    const journalFile = join(options.folder, "ghost-journal.jsonl");
    if (!memory) rmSync(journalFile, { force: true });
    const warehouse = await openWarehouse(options.warehouseAdminUrl, options.folder, memory !== null);
    const ghost = await startGhost(memory, journalFile);
    const world = new DemoWorld(options, ghost, warehouse, memory?.day ?? 0);
    if (memory && memory.day > 0) {
      world.#warehouse = world.#copies.day("warehouse", memory.day);
      await world.#moveGhost(memory.day);
      replayJournal(ghost.control, journalFile);
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
    tell(1 / 3);
    await this.#moveGhost(n);
    tell(2 / 3);
    await this.#exportStale(n);
    await this.#export(n);
    tell(1);
    this.ghost.control.clearFaults();
    if (this.#copies.active("lost_page", n)) {
      // A maintenance page instead of the rest of the members.
      this.ghost.control.fault({
        kind: "html",
        status: 200,
        method: "GET",
        path: "/members/",
        skip: 3,
        times: null,
      });
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
    return exportCrm(this.#copies.day("crm", n), this.population, this.#copies, {
      folder: this.crmFolder,
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
    if (!existsSync(join(this.crmFolder, CRM_FILES[stale.audience]))) await this.#export(stale.from - 1);
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
    await this.ghost.close();
    await this.warehouse.close();
  }

  /** Ends and removes everything that is outside the folder. */
  async dispose(): Promise<void> {
    await this.ghost.close();
    await this.warehouse.drop();
  }

  async #moveGhost(n: number): Promise<void> {
    const now = this.#copies.day("ghost", n);
    const joinedAt = (i: number): Date =>
      new Date(this.days.at(this.population.joined(i), 3, 0).getTime() + (i % 3600) * 1000);
    await loadGhost(this.ghost.control, this.#ghost, now, this.population, joinedAt);
    this.#ghost = now;
  }

  #remember(): void {
    const memory: Memory = {
      day: this.#day,
      ghostPort: Number(new URL(this.ghost.url).port),
      ghostKey: this.ghost.key,
    };
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

/** On the same port and with the same key as before, if the port is free: then the configuration does not change. */
async function startGhost(memory: Memory | null, journalFile: string): Promise<GhostSim> {
  if (memory) {
    try {
      return await startGhostSim({ port: memory.ghostPort, key: memory.ghostKey, journalFile });
    } catch (e) {
      if (!(e instanceof Error && "code" in e && e.code === "EADDRINUSE")) throw e;
    }
  }
  return startGhostSim({ port: 0, journalFile, ...(memory ? { key: memory.ghostKey } : {}) });
}
