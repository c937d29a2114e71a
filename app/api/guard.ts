import type { FastifyReply, FastifyRequest } from "fastify";
import { AuditorError } from "../../core/errors.ts";

/** Which names a browser may use for us; anything else is somebody's page pointing at our port (DNS rebinding). */
export function allowedHosts(port: number, publicUrl: string | null): ReadonlySet<string> {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  if (publicUrl !== null) hosts.add(new URL(publicUrl).host);
  return hosts;
}

/**
 * Host is checked on every request; Origin and our own header on those that change something, so that no other
 * site's form or script can act in the name of the person at this machine.
 */
export function guard(hosts: () => ReadonlySet<string>) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    done(verdict(request, hosts()));
  };
}

function verdict(request: FastifyRequest, hosts: ReadonlySet<string>): Error | undefined {
  const host = request.headers.host ?? "";
  if (!hosts.has(host)) {
    return new AuditorError(
      "not_allowed",
      "request",
      "this host name is not served here",
      "use the address that Plumbline printed, or set server.public_url",
    );
  }
  if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") return undefined;
  const { origin } = request.headers;
  if (origin !== undefined && !isOneOf(origin, hosts)) {
    return new AuditorError(
      "not_allowed",
      "request",
      "it comes from another site",
      "open Plumbline itself and try again",
    );
  }
  if (request.headers["x-plumbline"] !== "1") {
    return new AuditorError(
      "not_allowed",
      "request",
      "the header x-plumbline: 1 is missing",
      "send it with every request that changes something",
    );
  }
  return undefined;
}

function isOneOf(origin: string, hosts: ReadonlySet<string>): boolean {
  return URL.canParse(origin) && hosts.has(new URL(origin).host);
}
