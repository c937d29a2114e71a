import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { restCollector } from "../../collectors/rest.ts";
import { loadConfig } from "../../config/load.ts";
import { formatProblem } from "../../config/problem.ts";
import type { SecretRef } from "../../core/config.ts";
import { audienceId, type SegmentSource } from "../../core/model.ts";
import type { RestSystem } from "../../core/rest-config.ts";
import { CURSOR_KEYS, cursorDialect } from "../../demo/rest/cursor-dialect.ts";
import type { Dialect } from "../../demo/rest/dialect.ts";
import { LINK_CLIENT, linkDialect } from "../../demo/rest/link-dialect.ts";
import { OFFSET_KEYS, offsetDialect } from "../../demo/rest/offset-dialect.ts";
import { PAGE_LOGIN, pageDialect } from "../../demo/rest/page-dialect.ts";
import { startRestSim } from "../../demo/rest/server.ts";
import { restWriter } from "../../sync/writers/rest.ts";
import type { CollectorWorld } from "./collector.ts";
import { ALL_FAULTS, type WorldFault } from "./faults.ts";
import { quick } from "./ghost-world.ts";
import { simFaults } from "./sim-faults.ts";
import type { WriterWorld } from "./writer.ts";

/** Systems of YAML → the configuration's, through every check that a real file passes. */
export function loadRest(yaml: string, segment: object): RestSystem {
  const system: unknown = parse(yaml);
  const attributes =
    typeof system === "object" && system !== null && "attributes" in system
      ? Object.keys(Object(system.attributes))
      : [];
  const id = typeof system === "object" && system !== null && "id" in system ? system.id : "";
  const loaded = loadConfig(
    stringify({
      company: "Test",
      systems: [system],
      attributes: attributes.map((name) => ({ name })),
      audiences: [{ id: "active", purpose: "lifecycle", owner: id, segments: [{ system: id, ...segment }] }],
    }),
    { file: "rest.yaml" },
  );
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  const [first] = loaded.config.systems;
  if (first?.kind !== "rest") throw new Error("not a rest system");
  return first;
}

type Kind = {
  readonly dialect: () => Dialect;
  readonly source: SegmentSource;
  /** Secrets by reference; `wrong` replaces the one that matters. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly field: string;
  readonly listPath: string;
  readonly readVerbs: readonly string[];
  readonly without: readonly WorldFault[];
  readonly lost: { readonly method: string; readonly path: string };
};

export const KINDS: Readonly<Record<"cursor" | "offset" | "link" | "page", Kind>> = {
  cursor: {
    dialect: () => cursorDialect,
    source: { list: "vip" },
    secrets: { SHOP_KEY: CURSOR_KEYS.read, SHOP_WRITE_KEY: CURSOR_KEYS.write },
    field: "name",
    listPath: "/lists/",
    readVerbs: ["GET", "POST"],
    without: ["renamed_field", "null_field"], // they hit the look-up, which rest.test.ts shows
    lost: { method: "POST", path: "/lists/" },
  },
  offset: {
    dialect: () => offsetDialect,
    source: { list: "vip" },
    secrets: { CLUBS_PASSWORD: OFFSET_KEYS.read, CLUBS_WRITE_PASSWORD: OFFSET_KEYS.write },
    field: "full_name",
    listPath: "/people",
    readVerbs: ["GET"],
    without: ["repeat_cursor"],
    lost: { method: "DELETE", path: "/groups/" },
  },
  link: {
    dialect: linkDialect,
    source: { tag: "vip" },
    secrets: { POST_SECRET: LINK_CLIENT.secret },
    field: "name",
    listPath: "/subscribers",
    readVerbs: ["GET", "POST"],
    without: [],
    lost: { method: "POST", path: "/subscribers/labels" },
  },
  page: {
    dialect: pageDialect,
    source: { tag: "vip" },
    secrets: { PAPER_PASSWORD: PAGE_LOGIN.password },
    field: "name",
    listPath: "/rest/readers",
    readVerbs: ["GET", "POST"],
    without: ["repeat_cursor"],
    lost: { method: "DELETE", path: "/rest/readers/" },
  },
};
export type KindName = keyof typeof KINDS;

const nameOf = (ref: SecretRef): string => /^\$\{env:(\w+)\}$/.exec(ref)?.[1] ?? "";
export const secretsOf =
  (secrets: Readonly<Record<string, string>>) =>
  (ref: SecretRef): string =>
    secrets[nameOf(ref)] ?? "missing";

export const yamlOf = (name: string, url: string): string =>
  readFileSync(new URL(`./rest-systems/${name}.yaml`, import.meta.url), "utf8").replaceAll("URL", url);

export async function restSimWorld(name: KindName): Promise<CollectorWorld> {
  const kind = KINDS[name];
  const dialect = kind.dialect();
  const sim = await startRestSim(dialect, { port: 0 });
  const system = loadRest(yamlOf(name, sim.url), kind.source);
  const deps = { secret: secretsOf(kind.secrets), ...quick };
  return {
    pageSize: dialect.pageSize,
    target: { kind: "segment", audience: audienceId("active"), source: kind.source },
    collector: restCollector(system, deps),
    wrongCredentials: restCollector(system, { ...deps, secret: () => "wrong" }),
    readVerbs: kind.readVerbs,
    async seed(people) {
      sim.store.clear();
      sim.store.addList("vip");
      sim.store.load(people.map((p) => ({ email: p.email, name: p.name ?? null, lists: ["vip"] })));
    },
    faults: new Set(ALL_FAULTS.filter((f) => !kind.without.includes(f))),
    async fault(fault, after) {
      sim.faults.clear();
      const faults = simFaults(fault, kind.listPath, after, kind.field);
      // a list that slips is read once more: what passes by then is no fault
      sim.faults.add(...faults.map((f) => (f.kind === "repeat_page" ? { ...f, times: null } : f)));
    },
    patient: {
      collector: restCollector(system, { secret: deps.secret }),
      requestTimes: () => sim.requests.map((r) => r.atMs),
    },
    attribute: { name: "name", field: kind.field },
    verbs: () => sim.requests.map((r) => r.method),
    close: () => sim.close(),
  };
}

export async function restSimWriterWorld(name: KindName): Promise<WriterWorld> {
  const kind = KINDS[name];
  const sim = await startRestSim(kind.dialect(), { port: 0 });
  const system = loadRest(yamlOf(name, sim.url), kind.source);
  return {
    writer: restWriter(system, { secret: secretsOf(kind.secrets), ...quick }),
    system: system.id,
    source: kind.source,
    addsOptedInOnly: true,
    attribute: "name",
    consentAttribute: "marketing_consent",
    async seed(people) {
      sim.store.addList("vip");
      sim.store.addList("other");
      sim.store.load(
        people.map((p) => ({
          email: p.email,
          name: p.value ?? null,
          status: p.subscribed ? "subscribed" : "unsubscribed",
          lists: [...(p.inSegment ? ["vip"] : []), ...(p.other ? ["other"] : [])],
        })),
      );
    },
    async truth(email) {
      const [c] = sim.store.of(null).filter((x) => x.email === email);
      return c === undefined
        ? null
        : {
            inSegment: c.lists.has("vip"),
            other: c.lists.has("other"),
            mailable: c.status === "subscribed" && c.complainedAt === null,
            value: c.name,
          };
    },
    async loseAnswer() {
      sim.faults.add({ kind: "reset_after", ...kind.lost });
      return "set";
    },
    close: () => sim.close(),
  };
}
