import type { Clock } from "../core/clock.ts";
import type { Config, SecretRef, Send, SystemConfig } from "../core/config.ts";
import type { Incident } from "../core/finding.ts";
import type {
  AuditStore,
  Capabilities,
  Collector,
  Log,
  NoticeStore,
  PlanStore,
  Sealer,
  Writer,
} from "../core/ports.ts";
import type { Keys } from "../members/keys.ts";
import type { Database } from "../store/database.ts";

/** What a person sees while something long runs; null when idle. */
export type Progress = {
  what: string;
  done: number;
  of: number;
  /** While records are read: how many have been, and how many are expected in all; null: not known. */
  records?: number;
  expected?: number | null;
};

/** Everything a request, a job or a command needs; made once by open-app.ts, closed by whoever opened it. */
export type App = {
  readonly config: Config;
  /** Folder that relative paths of the configuration start from. */
  readonly configFolder: string;
  readonly dataDir: string;
  readonly mode: "demo" | "live";
  readonly db: Database;
  readonly audits: AuditStore;
  readonly plans: PlanStore;
  readonly notices: NoticeStore;
  readonly keys: Keys;
  readonly epoch: number;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: (bytes: number) => Uint8Array;
  readonly secret: (ref: SecretRef) => Promise<string>;
  /** Declared by the connectors at the start and at each read; absent: the system could not be opened yet. */
  readonly capabilities: Map<string, Capabilities>;
  readonly collector: (system: SystemConfig) => Promise<Collector>;
  /** null: Plumbline may not write to this system. */
  readonly writer: (system: SystemConfig) => Promise<Writer | null>;
  /** Sends what the outbox holds of these changed incidents and others; failures stay there, never thrown. */
  readonly notify: (changed: readonly Incident[]) => Promise<void>;
  /** The calendar with the campaigns that systems have scheduled, as of the last read; keeps connectors quiet around them. */
  readonly plannedSends: { current: readonly Send[] };
  readonly progress: { current: Progress | null };
  /** What each system's last read warned of: "this role can write". Empty before the first read of this process. */
  readonly warnings: Map<string, readonly string[]>;
};
