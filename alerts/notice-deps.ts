import type { Incident } from "../core/finding.ts";
import type { Instant } from "../core/model.ts";
import type { Log, NoticeStore } from "../core/ports.ts";
import type { Told } from "./dispatch.ts";
import type { IncidentFacts } from "./slack/facts.ts";
import type { Posted, SlackPort } from "./slack/port.ts";

/** A root message that is on its way to Slack; at most one in a database, since one process sends at a time. */
export type InFlight = {
  /** Goes with the message, where people do not see it. */
  readonly key: string;
  readonly channel: string;
  /** By this process's clock. */
  readonly since: Instant;
  /** What the storm rule counts from. */
  readonly at: Instant;
  readonly generation: number;
  readonly speaksOf: readonly { readonly incident: number; readonly version: number }[];
  /** The message before it, which is to say where it goes on. */
  readonly replaces: Told | null;
};

/** Everything that telling people needs; made in app/alerts. */
export type NoticeDeps = {
  readonly notices: NoticeStore;
  readonly slack: SlackPort;
  readonly channel: string;
  readonly timezone: string;
  readonly publicUrl: string;
  readonly log: Log;
  readonly now: () => Instant;
  readonly inFlight: {
    get(): Promise<InFlight | null>;
    set(message: InFlight | null): Promise<void>;
  };
  readonly incident: (id: number) => Promise<Incident | null>;
  readonly facts: (incident: Incident) => Promise<IncidentFacts>;
  /** Has another can't-tell of this incident's system a message of its own? */
  readonly systemTold: (incident: Incident) => Promise<boolean>;
  readonly rollUpSince: (at: Instant) => Promise<Posted | null>;
  readonly incidentsOf: (rollUp: Posted) => Promise<readonly Incident[]>;
};
