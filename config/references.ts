import { validate as validCron } from "node-cron";
import type { Path } from "./document.ts";
import { checkClocks } from "./references-clocks.ts";
import { checkScopes } from "./references-scopes.ts";
import type { Names } from "./salvage.ts";
import type { ConfigFile } from "./schema.ts";
import { looksSecret } from "./secret.ts";
import { meant } from "./suggest.ts";

/**
 * Takes a problem at a path of the file; `config/load.ts` adds line and column. `lackedBy` is the block or list that
 * lacks something: when a broken part was taken out of it, the problem is dropped.
 */
export type Report = (path: Path, problem: string, fix: string, lackedBy?: object) => void;

export const isCron = (text: string): boolean => text.trim().split(/\s+/).length === 5 && validCron(text);

/** What the sections of a file say about each other. Expects what fits the schema. */
export function checkReferences(file: ConfigFile, names: Names, report: Report): void {
  const { systems, audiences, attributes } = names;
  const known = (kind: string, names: readonly string[], name: string | undefined, path: Path) => {
    if (name !== undefined && !names.includes(name))
      report(path, `unknown ${kind} “${name}”`, meant(name, names));
  };
  unique(
    file.systems.map((s) => s.id),
    "systems",
    "id",
    report,
  );
  unique(
    file.audiences.map((a) => a.id),
    "audiences",
    "id",
    report,
  );
  unique(
    (file.attributes ?? []).map((a) => a.name),
    "attributes",
    "name",
    report,
  );
  unique(
    (file.writers ?? []).map((w) => w.name),
    "writers",
    "name",
    report,
  );
  unique(
    (file.people ?? []).map((p) => p.name),
    "people",
    "name",
    report,
  );

  for (const [i, system] of file.systems.entries()) {
    for (const name of Object.keys(system.attributes ?? {}))
      known("attribute", attributes, name, ["systems", i, "attributes", name]);
  }
  for (const [i, rule] of (file.attributes ?? []).entries()) {
    const path = ["attributes", i];
    for (const [j, owner] of (rule.owners ?? []).entries()) {
      known("system", systems, owner, [...path, "owners", j]);
      const system = file.systems.find((s) => s.id === owner);
      if (system && !Object.hasOwn(system.attributes ?? {}, rule.name)) {
        report(
          [...path, "owners", j],
          `system ${owner} owns ${rule.name} but has no field for it`,
          `add ${rule.name} to the attributes of ${owner}`,
          system.attributes ?? system,
        );
      }
    }
    for (const [j, system] of (rule.allowed_in ?? []).entries())
      known("system", systems, system, [...path, "allowed_in", j]);
    for (const [j, region] of (rule.regions ?? []).entries()) {
      const regions = file.systems.flatMap((s) => s.region ?? []);
      if (regions.length > 0 && !regions.includes(region))
        report(
          [...path, "regions", j],
          `no system lies in “${region}”`,
          meant(region, regions),
          rule.regions,
        );
    }
    if (rule.class === "consent" && rule.merge !== undefined && rule.merge !== "most_restrictive") {
      report(
        [...path, "merge"],
        `${rule.name} holds consent, which is always merged most_restrictive`,
        "write most_restrictive or remove the line",
      );
    }
    if (rule.merge === "owner_wins" && (rule.owners ?? []).length === 0) {
      report(
        [...path, "merge"],
        `${rule.name}: owner_wins needs an owner`,
        "add owners: [system]",
        rule.owners ?? rule,
      );
    }
    if (rule.pattern !== undefined && !isPattern(rule.pattern)) {
      report(
        [...path, "pattern"],
        `${rule.name}: not a regular expression`,
        "correct it; test it at the JavaScript console",
      );
    }
  }
  checkClocks(file, report);
  checkScopes(file, systems, report);
  for (const [i, writer] of (file.writers ?? []).entries()) {
    known("system", systems, writer.from, ["writers", i, "from"]);
    known("system", systems, writer.to, ["writers", i, "to"]);
    for (const [j, a] of (writer.audiences ?? []).entries())
      known("audience", audiences, a, ["writers", i, "audiences", j]);
    for (const [j, a] of (writer.attributes ?? []).entries())
      known("attribute", attributes, a, ["writers", i, "attributes", j]);
    checkCron(writer.schedule, ["writers", i, "schedule"], report);
  }
  for (const [i, send] of (file.calendar ?? []).entries()) {
    const path = ["calendar", i];
    known("system", systems, send.system, [...path, "system"]);
    known("audience", audiences, send.audience, [...path, "audience"]);
    for (const [j, a] of (send.excludes ?? []).entries())
      known("audience", audiences, a, [...path, "excludes", j]);
    const audience = file.audiences.find((a) => a.id === send.audience);
    if (
      audience &&
      systems.includes(send.system) &&
      !audience.segments.some((s) => s.system === send.system)
    ) {
      report(
        [...path, "system"],
        `audience ${send.audience} has no segment in ${send.system}`,
        "add the segment or correct the send",
        audience.segments,
      );
    }
    if ((send.at === undefined) === (send.cron === undefined))
      report(path, `send “${send.name}” needs either at or cron`, "say when it goes out, once", send);
    if (
      send.at !== undefined &&
      !(/T.*(Z|[+-]\d\d:?\d\d)$/.test(send.at) && Number.isFinite(Date.parse(send.at)))
    ) {
      report([...path, "at"], "not a time with zone", "write it like 2026-12-01T10:00:00+01:00");
    }
    checkCron(send.cron, [...path, "cron"], report);
  }
  checkCron(file.routes?.mail?.report, ["routes", "mail", "report"], report);
  if (file.timezone !== undefined && !isTimezone(file.timezone)) {
    report(
      ["timezone"],
      `unknown time zone “${file.timezone}”`,
      "use an IANA name such as Europe/Berlin or UTC",
    );
  }
  checkServer(file, report);
  checkPlainSecrets(file, [], report);
}

export function checkCron(text: string | undefined, path: Path, report: Report): void {
  if (text === undefined || isCron(text)) return;
  report(path, "not a schedule of five fields", "write it like 0 6 * * * (every day at 06:00)");
}

function unique(names: readonly string[], section: string, key: "id" | "name", report: Report): void {
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i)
      report(
        [section, i, key],
        `two ${section} are called “${name}”`,
        `choose another ${key} for one of them`,
      );
  }
}

function checkServer(file: ConfigFile, report: Report): void {
  const host = file.server?.host ?? "127.0.0.1";
  const loopback = host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
  const people = file.people ?? [];
  if (!loopback && people.length === 0) {
    report(
      ["server", "host"],
      "the server would be reachable from other machines without sign-in",
      "add people: [{name, role, password}] or bind 127.0.0.1",
      file.people ?? file,
    );
  }
  for (const [i, person] of people.entries()) {
    if (!loopback && person.password === undefined && person.token === undefined) {
      report(["people", i], `${person.name} could not sign in`, "add password or token by reference", person);
    }
  }
}

/** Secrets in fields that are not made for them would end up in the dashboard and in logs. */
function checkPlainSecrets(value: unknown, path: Path, report: Report): void {
  if (typeof value === "string") {
    if (looksSecret(value))
      report(
        path,
        "this looks like a secret in plain text",
        "use ${env:NAME} in a field made for secrets, and change the secret if this file was shared",
      );
    else if (/\$\{(env|file):/.test(value) && !/^\$\{(env|file):[^}]+\}$/.test(value)) {
      report(path, "a reference must be the whole value", "put all of it into the variable or file");
    }
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkPlainSecrets(item, [...path, i], report);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) checkPlainSecrets(item, [...path, key], report);
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u") instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
