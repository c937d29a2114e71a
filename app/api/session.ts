import { createHash, timingSafeEqual } from "node:crypto";
import { verify } from "@node-rs/argon2";
import type { FastifyRequest } from "fastify";
import { nowOf } from "../../core/clock.ts";
import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import type { App } from "../app.ts";

declare module "@fastify/secure-session" {
  interface SessionData {
    person: string;
  }
}

/** Who acts when nobody has to sign in: the person at this machine. */
export const LOCAL: Person = { name: "local", role: "admin", email: null, password: null, token: null };

/**
 * Who sends this request. On loopback without `people:` that is `local`; in the demo the chosen one of two people;
 * otherwise whoever signed in or holds a token.
 */
export async function personOf(app: App, request: FastifyRequest): Promise<Person> {
  const { people } = app.config;
  const first = people[0];
  if (first === undefined) return LOCAL;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (bearer !== undefined) {
    for (const p of people) if (p.token !== null && sameText(await app.secret(p.token), bearer)) return p;
    throw new AuditorError("auth", "sign-in", "this token is not known", "ask an admin for a new one");
  }
  const name: unknown = request.session.get("person");
  const signedIn = people.find((p) => p.name === name);
  if (signedIn !== undefined) return signedIn;
  if (app.mode === "demo") return first;
  throw new AuditorError("auth", "sign-in", "nobody is signed in", "sign in");
}

/** Demo: choose one of its people. Elsewhere: name and password, checked with Argon2id. */
export async function signIn(
  app: App,
  request: FastifyRequest,
  name: string,
  password: string | undefined,
): Promise<Person> {
  const person = app.config.people.find((p) => p.name === name);
  const refused = new AuditorError(
    "auth",
    "sign-in",
    "name or password is wrong",
    "try again or ask an admin",
  );
  if (person === undefined) throw refused;
  if (app.mode !== "demo") {
    if (person.password === null || password === undefined) throw refused;
    if (!(await verify(await app.secret(person.password), password))) throw refused;
  }
  request.session.regenerate();
  request.session.set("person", person.name);
  if (person.role === "approver" || person.role === "admin")
    await appendAuditLog(app.db, {
      at: nowOf(app.clock),
      actor: person.name,
      action: "session.begun",
      object: `role ${person.role}`,
      detail: {},
    });
  return person;
}

/** Compares through hashes, so that neither length nor content shows in the time it takes. */
function sameText(a: string, b: string): boolean {
  const hash = (s: string) => createHash("sha256").update(s).digest();
  return timingSafeEqual(hash(a), hash(b));
}
