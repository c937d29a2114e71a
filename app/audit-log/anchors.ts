import { open, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AuditorError } from "../../core/errors.ts";
import type { Anchor } from "../../store/verify-chain.ts";
import type { App } from "../app.ts";

export type Anchors = {
  readonly anchors: readonly Anchor[];
  /** Lines that a crash cut short, or that somebody damaged. */
  readonly unreadable: number;
};

/** In the data folder, which replicas share; and where `audit_log: {anchor_file}` says, which best cannot be rewritten. */
export function anchorFiles(app: Pick<App, "dataDir" | "config" | "configFolder">): readonly string[] {
  const second = app.config.auditLog?.anchorFile ?? null;
  return [
    join(app.dataDir, "audit-anchors.jsonl"),
    ...(second === null ? [] : [resolve(app.configFolder, second)]),
  ];
}

/** @throws AuditorError not_allowed: it is there and cannot be read */
export async function readAnchors(file: string): Promise<Anchors> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw cannot(file, "read", cause);
  });
  const lines = text.split("\n").filter((line) => line !== "");
  const anchors = lines.map(anchorOf).filter((a) => a !== null);
  return { anchors, unreadable: lines.length - anchors.length };
}

function anchorOf(line: string): Anchor | null {
  try {
    const { seq, hash, at } = Object(JSON.parse(line)) as Partial<Anchor>;
    return typeof seq === "number" && typeof hash === "string" && typeof at === "string"
      ? { seq, hash, at }
      : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/**
 * Adds one line and waits until it is on the disk. Only ever adds, so the file may lie where nothing can be changed
 * (`chattr +a`, a share of another machine). Lines of several processes do not mix: each is one write at the end.
 */
export async function addAnchor(file: string, anchor: Anchor): Promise<void> {
  try {
    const handle = await open(file, "a+", 0o600);
    try {
      const { size } = await handle.stat();
      const end = Buffer.alloc(1);
      if (size > 0) await handle.read(end, 0, 1, size - 1);
      // after a crash in the middle of a line the next one still stands by itself
      const before = size === 0 || end.toString() === "\n" ? "" : "\n";
      await handle.appendFile(
        `${before}${JSON.stringify({ seq: anchor.seq, hash: anchor.hash, at: anchor.at })}\n`,
      );
      await handle.sync();
      if (size === 0) await syncFolder(dirname(file));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cannot(file, "written", cause);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const cannot = (file: string, what: string, cause: unknown) =>
  new AuditorError(
    "not_allowed",
    file,
    `the anchors of the audit log cannot be ${what}`,
    "check that the folder exists, its owner and its free space",
    { cause },
  );
