import { once } from "node:events";
import type { Writable } from "node:stream";

/** Writes and waits until the reader keeps up. @throws AbortError when the signal is aborted meanwhile */
export async function writeBlock(output: Writable, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (text !== "" && !output.write(text)) await once(output, "drain", { signal });
}
