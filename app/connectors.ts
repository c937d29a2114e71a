import { filesCollector } from "../collectors/files.ts";
import { ghostCollector } from "../collectors/ghost.ts";
import { hubspotCollector } from "../collectors/hubspot.ts";
import { klaviyoCollector } from "../collectors/klaviyo.ts";
import { mailchimpCollector } from "../collectors/mailchimp.ts";
import { mailmanCollector } from "../collectors/mailman.ts";
import { mysqlCollector } from "../collectors/mysql.ts";
import { postgresCollector } from "../collectors/postgres.ts";
import { restCollector } from "../collectors/rest.ts";
import { NOTHING } from "../core/capabilities.ts";
import type { SecretRef, SystemConfig } from "../core/config.ts";
import { AuditorError } from "../core/errors.ts";
import type { Capabilities, Collector, Writer } from "../core/ports.ts";
import type { RestSystem } from "../core/rest-config.ts";
import { ghostWriter } from "../sync/writers/ghost.ts";
import { hubspotWriter } from "../sync/writers/hubspot.ts";
import { klaviyoWriter } from "../sync/writers/klaviyo.ts";
import { mailchimpWriter } from "../sync/writers/mailchimp.ts";
import { mailmanWriter } from "../sync/writers/mailman.ts";
import { mysqlWriter } from "../sync/writers/mysql.ts";
import { postgresWriter } from "../sync/writers/postgres.ts";
import { restWriter } from "../sync/writers/rest.ts";
import { secretsOfAuth } from "../systems/rest/auth-secrets.ts";
import type { Net } from "./net.ts";

export type Resolve = (ref: SecretRef) => Promise<string>;

/** The read side gets read credentials only; a missing secret becomes a failed read, not a failed start. */
export async function openCollector(
  system: SystemConfig,
  configFolder: string,
  resolve: Resolve,
  net: Net,
): Promise<Collector> {
  const given = async (...refs: readonly SecretRef[]) => ({ secret: await known(resolve, refs) });
  try {
    switch (system.kind) {
      case "files":
        return filesCollector(system, { configFolder });
      case "postgres":
        return postgresCollector(system, await given(system.dsn));
      case "mysql":
        return mysqlCollector(system, await given(system.dsn));
      case "mailman":
        return counted(
          mailmanCollector(system, { ...net(system), ...(await given(system.password)) }),
          net(system),
        );
      case "ghost":
        return counted(ghostCollector(system, { ...net(system), ...(await given(system.key)) }), net(system));
      case "rest":
        return counted(
          restCollector(system, { ...net(system), ...(await given(...secretsOfAuth(system.auth))) }),
          net(system),
        );
      case "hubspot":
        return counted(
          hubspotCollector(system, { ...net(system), ...(await given(system.token)) }),
          net(system),
        );
      case "mailchimp":
        return counted(
          mailchimpCollector(system, { ...net(system), ...(await given(system.key)) }),
          net(system),
        );
      case "klaviyo":
        return counted(
          klaviyoCollector(system, { ...net(system), ...(await given(system.key)) }),
          net(system),
        );
    }
  } catch (error) {
    if (error instanceof AuditorError) return unreadable(system, error);
    throw error;
  }
}

/** Collectors are plain values or instances of a class; either way the caller can ask for the traffic. */
function counted(collector: Collector, { traffic }: ReturnType<Net>): Collector {
  return Object.assign(collector, { traffic });
}

/** null: no write credential is configured, so nothing in this process can write there. */
export async function openWriter(system: SystemConfig, resolve: Resolve, net: Net): Promise<Writer | null> {
  const refs = writeSecrets(system);
  if (refs === null) return null;
  const given = { secret: await known(resolve, refs) };
  switch (system.kind) {
    case "postgres":
      return postgresWriter(system, given);
    case "mysql":
      return mysqlWriter(system, given);
    case "mailman":
      return mailmanWriter(system, { ...net(system), ...given });
    case "ghost":
      return ghostWriter(system, { ...net(system), ...given });
    case "rest":
      return restWriter(system, { ...net(system), ...given });
    case "hubspot":
      return hubspotWriter(system, { ...net(system), ...given });
    case "mailchimp":
      return mailchimpWriter(system, { ...net(system), ...given });
    case "klaviyo":
      return klaviyoWriter(system, { ...net(system), ...given });
    case "files":
      return null;
  }
}

/** What allows writing to the system; null: nothing does. */
function writeSecrets(system: SystemConfig): readonly SecretRef[] | null {
  if (system.kind === "rest") return system.write === null ? null : secretsOfAuth(system.write.auth);
  const ref = writeSecret(system);
  return ref === null ? null : [ref];
}

function writeSecret(system: Exclude<SystemConfig, RestSystem>): SecretRef | null {
  switch (system.kind) {
    case "files":
      return null;
    case "postgres":
    case "mysql":
      return system.write?.dsn ?? null;
    case "ghost":
    case "klaviyo":
    case "mailchimp":
      return system.writeKey;
    case "hubspot":
      return system.writeToken;
    case "mailman":
      return system.writePassword;
  }
}

export const isWritable = (system: SystemConfig): boolean => writeSecrets(system) !== null;

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

/** Of a system that could not be opened; as if all could be read, so that every target is told as unread. */
export const UNKNOWN: Capabilities = { ...NOTHING, baseReadable: true };

function unreadable(system: SystemConfig, error: AuditorError): Collector {
  return {
    system: system.id,
    capabilities: UNKNOWN,
    // biome-ignore lint/correctness/useYield: this reader fails before its first page
    async *read() {
      throw error;
    },
    warnings: async () => [error.message],
    close: async () => undefined,
  };
}
