import { filesCollector } from "../collectors/files.ts";
import { ghostCollector } from "../collectors/ghost.ts";
import { postgresCollector } from "../collectors/postgres.ts";
import type { SecretRef, SystemConfig } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { Capabilities, Collector, Writer } from "../core/ports.ts";
import { ghostWriter } from "../sync/writers/ghost.ts";
import { postgresWriter } from "../sync/writers/postgres.ts";

export type Resolve = (ref: SecretRef) => Promise<string>;

/** The read side gets read credentials only; a missing secret becomes a failed read, not a failed start. */
export async function openCollector(
  system: SystemConfig,
  configFolder: string,
  resolve: Resolve,
): Promise<Collector> {
  try {
    switch (system.kind) {
      case "files":
        return filesCollector(system, { configFolder });
      case "postgres":
        return postgresCollector(system, { secret: await known(resolve, [system.dsn]) });
      case "ghost":
        return ghostCollector(system, { secret: await known(resolve, [system.key]), random: Math.random });
    }
  } catch (error) {
    if (error instanceof AuditorError) return unreadable(system, error);
    throw error;
  }
}

/** null: no write credential is configured, so nothing in this process can write there. */
export async function openWriter(system: SystemConfig, resolve: Resolve): Promise<Writer | null> {
  switch (system.kind) {
    case "files":
      return null;
    case "postgres":
      return system.write === null
        ? null
        : postgresWriter(system, { secret: await known(resolve, [system.write.dsn]) });
    case "ghost":
      return system.writeKey === null
        ? null
        : ghostWriter(system, { secret: await known(resolve, [system.writeKey]), random: Math.random });
  }
}

export const isWritable = (system: SystemConfig): boolean =>
  (system.kind === "postgres" && system.write !== null) ||
  (system.kind === "ghost" && system.writeKey !== null);

/** Resolved just before use and dropped with the connector, so a rotated secret works from the next run on. */
async function known(resolve: Resolve, refs: readonly SecretRef[]): Promise<(ref: SecretRef) => string> {
  const values = new Map<SecretRef, string>();
  for (const ref of refs) values.set(ref, await resolve(ref));
  return (ref) => {
    const value = values.get(ref);
    if (value === undefined) throw new RangeError("a connector asked for a secret that is not its own");
    return value;
  };
}

const NOTHING: Capabilities = {
  read: "none",
  write: "none",
  identifiers: [],
  ops: [],
  baseReadable: true,
  settleMs: 0,
};

function unreadable(system: SystemConfig, error: AuditorError): Collector {
  return {
    system: system.id,
    capabilities: NOTHING,
    // biome-ignore lint/correctness/useYield: this reader fails before its first page
    async *read() {
      throw error;
    },
    warnings: async () => [error.message],
    close: async () => undefined,
  };
}
