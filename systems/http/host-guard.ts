import type { LookupAddress } from "node:dns";
import { BlockList, isIP } from "node:net";
import { AuditorError } from "../../core/errors.ts";
import { isLoopback } from "./settings.ts";

/** Throws AuditorError config when a request must not go to this host. */
export type HostGuard = (url: URL, where: string) => Promise<void>;

/** Never asked, whoever writes the address down: cloud metadata (link-local), multicast, unspecified. */
const NEVER = new BlockList();
NEVER.addSubnet("169.254.0.0", 16);
NEVER.addSubnet("224.0.0.0", 4);
NEVER.addSubnet("0.0.0.0", 8);
NEVER.addAddress("255.255.255.255");
NEVER.addSubnet("fe80::", 10, "ipv6");
NEVER.addSubnet("ff00::", 8, "ipv6");
NEVER.addAddress("::", "ipv6");
NEVER.addAddress("fd00:ec2::254", "ipv6");

/** Asked only where the address itself stands in the configuration, or `private_network: true` does. */
const PRIVATE = new BlockList();
PRIVATE.addSubnet("127.0.0.0", 8);
PRIVATE.addSubnet("10.0.0.0", 8);
PRIVATE.addSubnet("172.16.0.0", 12);
PRIVATE.addSubnet("192.168.0.0", 16);
PRIVATE.addSubnet("100.64.0.0", 10);
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addSubnet("fc00::", 7, "ipv6");

/**
 * Keeps addresses given by users, and names that come to mean something else, from leading into our own network. A name
 * is looked up before each request; between that and the connection lies a moment in which it could change.
 */
export function hostGuard(
  lookup: (host: string) => Promise<readonly LookupAddress[]>,
  privateNetwork: boolean,
): HostGuard {
  return async (url, where) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const literal = isIP(host) !== 0 || isLoopback(url.hostname);
    const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await addresses(lookup, host);
    for (const { address, family } of found) {
      // an IPv4 address in IPv6 clothes is the IPv4 address
      const plain = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1] ?? mapped(address) ?? address;
      const kind = isIP(plain) === 4 ? "ipv4" : "ipv6";
      if (NEVER.check(plain, kind))
        throw refusal(where, url, "leads to a link-local or reserved address", family);
      if (!literal && !privateNetwork && PRIVATE.check(plain, kind)) {
        throw refusal(where, url, "leads into a private network", family);
      }
    }
  };
}

/** `::ffff:7f00:1`, as URLs write it → 127.0.0.1; null: not such an address. */
function mapped(address: string): string | null {
  const hex = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address);
  if (!hex) return null;
  const [high, low] = [Number.parseInt(hex[1] ?? "", 16), Number.parseInt(hex[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** A name that cannot be looked up is left to fetch, which tells it as a connection that failed. */
async function addresses(
  lookup: (host: string) => Promise<readonly LookupAddress[]>,
  host: string,
): Promise<readonly LookupAddress[]> {
  try {
    return await lookup(host);
  } catch (e) {
    if (e instanceof Error && "code" in e) return [];
    throw e;
  }
}

const refusal = (where: string, url: URL, what: string, family: number): AuditorError =>
  new AuditorError(
    "config",
    where,
    `${url.host} ${what} (IPv${family})`,
    "correct the url, or say private_network: true if the system is in your own network",
  );
