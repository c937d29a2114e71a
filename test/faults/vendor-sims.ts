/** The two simulators, each in a process of its own, as the tests of vendor faults see them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ghostCollector } from "../../collectors/ghost.ts";
import { klaviyoCollector } from "../../collectors/klaviyo.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Collector, Writer } from "../../core/ports.ts";
import type { Op } from "../../core/repair.ts";
import type { GhostEntry } from "../../demo/ghost/journal.ts";
import type { Fault } from "../../demo/sim/faults.ts";
import { ghostWriter } from "../../sync/writers/ghost.ts";
import { klaviyoWriter } from "../../sync/writers/klaviyo.ts";
import type { ConnectorDeps } from "../../systems/http/connector-deps.ts";
import { ghostSystem } from "../contract/ghost-world.ts";
import { klaviyoSystem } from "../contract/klaviyo-world.ts";
import { DEST, mailOf, type Twin } from "../property/sync-world.ts";
import { changedGhost, changedKlaviyo, type KlaviyoEntry } from "./vendor-journal.ts";

/** One effective mutation, as the simulator's journal has it. */
export type Mutation = {
  readonly at: number;
  readonly email: string;
  readonly ops: readonly Op[];
  /** What no change of a plan may ever do, in words; null: nothing of the kind. */
  readonly wrong: string | null;
};

export type Asked = { readonly method: string; readonly status: number; readonly atMs: number };

export type Sim = {
  readonly name: "Ghost" | "Klaviyo" | "Postgres";
  readonly source: SegmentSource;
  writer(deps: Partial<ConnectorDeps>): Writer;
  collector(deps: Partial<ConnectorDeps>): Collector;
  /** Everybody anew, faults gone. Answers where the journal stands. */
  fill(twins: readonly Twin[]): Promise<number>;
  mutations(since: number): Promise<readonly Mutation[]>;
  asked(): Promise<readonly Asked[]>;
  fault(...faults: readonly Fault[]): Promise<void>;
  heal(): Promise<void>;
  close(): Promise<void>;
};

type Told = { readonly url: string; readonly key: string; readonly controlUrl: string };
type Control = (method: string, path: string, body?: unknown) => Promise<string>;

const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

async function start(name: string, args: readonly string[]): Promise<{ child: ChildProcess; told: Told }> {
  const file = dist(`demo/${name}/main.js`);
  if (!existsSync(file)) throw new Error("this test runs built simulators: npm run build");
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes("\n")) return { child, told: JSON.parse(text) as Told };
  }
  throw new Error(`${name} ended without a word`);
}

/** A simulator whose port is closed for a moment is asked again. */
const controlOf =
  (told: Told): Control =>
  async (method, path, body) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await fetch(new URL(path, told.controlUrl), {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (!answer.ok) throw new RangeError(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        return await answer.text();
      } catch (e) {
        if (e instanceof RangeError || attempt === 40) throw e;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };

const lines = <T>(text: string): readonly T[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** What both simulators have in common. */
function shared(control: Control, child: ChildProcess) {
  return {
    asked: async () => lines<Asked>(await control("GET", "requests")),
    fault: async (...faults: readonly Fault[]) => void (await control("POST", "faults", faults)),
    heal: async () => void (await control("DELETE", "faults")),
    async close() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

const everyone = (twins: readonly Twin[]): readonly string[] => twins.map((_, i) => mailOf(i));

export async function ghostSim(): Promise<Sim> {
  const { child, told } = await start("ghost", []);
  const control = controlOf(told);
  const config = ghostSystem(told.url, { id: DEST, attributes: { plan: "name" } });
  const deps = { secret: () => told.key };
  return {
    name: "Ghost",
    source: { label: "active" },
    writer: (more) => ghostWriter(config, { ...deps, ...more }),
    collector: (more) => ghostCollector(config, { ...deps, ...more }),
    async fill(twins) {
      await control("DELETE", "faults");
      await control("POST", "unload", everyone(twins));
      await control(
        "POST",
        "load",
        twins.flatMap(({ dest }, i) => {
          const labels = dest?.inSegment ? ["active", "keep"] : ["keep"];
          return dest === null ? [] : [{ email: mailOf(i), name: dest.plan, labels }];
        }),
      );
      return lines(await control("GET", "journal")).length;
    },
    async mutations(since) {
      const entries = lines<GhostEntry>(await control("GET", `journal?since=${since}`));
      return entries.filter((e) => e.effective).map(changedGhost);
    },
    ...shared(control, child),
  };
}

export async function klaviyoSim(jobMs: number): Promise<Sim> {
  const { child, told } = await start("klaviyo", ["--job-ms", String(jobMs)]);
  const control = controlOf(told);
  await control("POST", "limits", { on: false });
  const list = async (name: string) =>
    (JSON.parse(await control("POST", "list", { name })) as { id: string }).id;
  const [active, keep] = [await list("active"), await list("keep")];
  const config = klaviyoSystem(told.url, { id: DEST, attributes: { plan: "properties.plan" } });
  const deps = { secret: () => told.key };
  return {
    name: "Klaviyo",
    source: { list: "active" },
    writer: (more) => klaviyoWriter(config, { ...deps, ...more }),
    collector: (more) => klaviyoCollector(config, { ...deps, ...more }),
    async fill(twins) {
      await control("DELETE", "faults");
      // jobs of the case before end first, so that they hit nobody of this one
      await new Promise((resolve) => setTimeout(resolve, jobMs));
      await control("GET", "journal");
      await control("POST", "clear");
      await control(
        "POST",
        "load",
        twins.flatMap(({ dest }, i) => {
          const lists = dest?.inSegment ? [active, keep] : [keep];
          const person = { email: mailOf(i), consent: "SUBSCRIBED", lists, properties: { plan: dest?.plan } };
          return dest === null ? [] : [person];
        }),
      );
      return lines(await control("GET", "journal")).length;
    },
    async mutations(since) {
      const entries = lines<KlaviyoEntry>(await control("GET", `journal?since=${since}`));
      return entries.filter((e) => e.effective).map((e) => changedKlaviyo(e, active));
    },
    ...shared(control, child),
  };
}
