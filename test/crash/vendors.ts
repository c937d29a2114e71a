import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SecretRef, SystemConfig } from "../../core/config.ts";
import type { SegmentSource } from "../../core/model.ts";
import type { Op } from "../../core/repair.ts";
import type { MemberState } from "../../demo/ghost/journal.ts";
import type { PersonState } from "../../demo/klaviyo/account.ts";
import type { JournalEntry } from "../../demo/sim/journal.ts";
import { DEST, mailOf, type Rec } from "../property/sync-world.ts";

/** One change that really happened at the vendor, in the words of a plan. */
export type Effect = {
  readonly email: string;
  readonly ops: readonly Op[];
  /** May this person be mailed now who could not be before? */
  readonly loosened: boolean;
  /** Was something lost or changed that no plan speaks of? */
  readonly harmed: boolean;
};

/** A simulator in a process of its own; its journal is the truth. */
export type CrashVendor = {
  readonly name: string;
  readonly system: SystemConfig;
  readonly key: string;
  /** How long a write needs until reads show it. */
  readonly settleMs: number;
  /** Changes that are enough for the canary and several batches after it, by operation. */
  readonly bulk: Readonly<Record<Op, number>>;
  source(list: string): SegmentSource;
  load(list: string, people: readonly { readonly i: number; readonly rec: Rec }[]): Promise<void>;
  /** Everything that any client ever changed, in its order. */
  effects(): Promise<readonly Effect[]>;
  close(): Promise<void>;
};

export const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const base = { limitShare: 1, privateNetwork: false, id: DEST, sends: true } as const;
const ref = "k" as SecretRef;
/** On everybody from the start: labels that a plan does not speak of stay. */
const KEEP = "keep";

type Sim = {
  readonly url: string;
  readonly key: string;
  post(path: string, body: unknown): Promise<void>;
  journal<S>(): Promise<readonly JournalEntry<S>[]>;
  close(): Promise<void>;
};

async function startSim(path: string, words: readonly string[]): Promise<Sim> {
  if (!existsSync(dist(path))) throw new Error("this test runs built code: npm run build");
  const process_ = spawn(process.execPath, [dist(path), ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const told = JSON.parse(await firstLine(process_)) as { url: string; key: string; controlUrl: string };
  const control = async (method: string, at: string, body?: unknown): Promise<string> => {
    const answer = await fetch(new URL(at, told.controlUrl), {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  };
  return {
    ...told,
    post: async (at, body) => void (await control("POST", at, body)),
    async journal<S>() {
      const lines = (await control("GET", "journal")).split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as JournalEntry<S>);
    },
    async close() {
      process_.kill("SIGTERM");
      if (process_.exitCode === null) await once(process_, "exit");
    },
  };
}

async function firstLine(p: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of p.stdout ?? []) {
    text += String(chunk);
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  throw new Error("the simulator ended without a word");
}

export async function ghostVendor(): Promise<CrashVendor> {
  const sim = await startSim("demo/ghost/main.js", []);
  const lists = (s: MemberState | null): readonly string[] =>
    (s?.labels ?? []).filter((l) => l !== KEEP).sort();
  return {
    name: "ghost",
    system: {
      ...base,
      kind: "ghost",
      title: "Ghost",
      attributes: { plan: "name" },
      url: sim.url,
      key: ref,
      writeKey: ref,
    },
    key: sim.key,
    settleMs: 0,
    bulk: { suppress: 45, remove: 45, add: 45, set: 45 },
    source: (label) => ({ label }),
    async load(label, people) {
      // a label without anybody has to be there too
      const somebody = { email: `nobody-${label}@example.com`, labels: [label], newsletters: [] };
      await sim.post("load", [
        somebody,
        ...people.map(({ i, rec }) => ({
          email: mailOf(i),
          name: rec.plan,
          labels: rec.inSegment ? [label, KEEP] : [KEEP],
          ...(rec.mailable ? {} : { newsletters: [] }),
        })),
      ]);
    },
    async effects() {
      const entries = (await sim.journal<MemberState>()).filter((e) => e.effective);
      return entries.map(({ op, before, after }) => ({
        email: after?.email ?? before?.email ?? "",
        ops: opsOf({
          suppressed: (before?.newsletters.length ?? 0) > 0 && after?.newsletters.length === 0,
          before: lists(before),
          after: lists(after),
          set: before !== null && before.name !== after?.name,
        }),
        loosened: (after?.newsletters ?? []).some((n) => !before?.newsletters.includes(n)),
        harmed: op === "delete" || (before !== null && !after?.labels.includes(KEEP)),
      }));
    },
    close: sim.close,
  };
}

/** Its jobs take a third of a second; asked for limits would only slow the test. */
export async function klaviyoVendor(): Promise<CrashVendor> {
  const sim = await startSim("demo/klaviyo/main.js", ["--job-ms", "300"]);
  await sim.post("limits", { on: false });
  const lists = (s: PersonState | null): readonly string[] => [...(s?.lists ?? [])].sort();
  return {
    name: "klaviyo",
    system: {
      ...base,
      kind: "klaviyo",
      title: "Klaviyo",
      attributes: { plan: "properties.plan" },
      url: sim.url,
      key: ref,
      writeKey: ref,
    },
    key: sim.key,
    settleMs: 350,
    bulk: { suppress: 160, remove: 160, add: 160, set: 45 },
    source: (list) => ({ list }),
    async load(list, people) {
      await sim.post("list", { name: list });
      await sim.post(
        "load",
        people.map(({ i, rec }) => ({
          email: mailOf(i),
          properties: { plan: rec.plan },
          consent: rec.consent === "subscribed" ? "SUBSCRIBED" : "UNSUBSCRIBED",
          lists: rec.inSegment ? [list] : [],
        })),
      );
    },
    async effects() {
      const entries = (await sim.journal<PersonState>()).filter((e) => e.effective);
      return entries.map(({ before, after }) => ({
        email: after?.email ?? before?.email ?? "",
        ops: opsOf({
          suppressed: before?.canReceiveEmail === true && after?.canReceiveEmail === false,
          before: lists(before),
          after: lists(after),
          set: before !== null && before.properties.plan !== after?.properties.plan,
        }),
        loosened:
          (before?.canReceiveEmail !== true && after?.canReceiveEmail === true) ||
          (before?.consent !== "SUBSCRIBED" && after?.consent === "SUBSCRIBED") ||
          (before?.suppressions ?? []).some((s) => !after?.suppressions.includes(s)),
        harmed: before === null || after === null,
      }));
    },
    close: sim.close,
  };
}

function opsOf(e: {
  readonly suppressed: boolean;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly set: boolean;
}): readonly Op[] {
  return [
    ...(e.suppressed ? (["suppress"] as const) : []),
    ...e.before.filter((l) => !e.after.includes(l)).map(() => "remove" as const),
    ...e.after.filter((l) => !e.before.includes(l)).map(() => "add" as const),
    ...(e.set ? (["set"] as const) : []),
  ];
}
