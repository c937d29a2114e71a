import { existsSync, readFileSync, writeFileSync } from "node:fs";

export type Version = { readonly at: string; readonly text: string; readonly blocks: readonly unknown[] };

/** A message as the fake workspace keeps it. `versions` holds what was shown before each edit, oldest first. */
export type SlackMessage = Version & {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  /** Seen by apps only. */
  readonly metadata?: unknown;
  readonly versions: readonly Version[];
};

/** Messages of all channels in the order of posting; edits keep what was there before. */
export class ChannelLog {
  readonly #messages: SlackMessage[];
  readonly #file: string | null;
  #counter: number;

  /** @param file messages survive a restart here; null: in memory only */
  constructor(file: string | null) {
    this.#file = file;
    this.#messages = file && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
    this.#counter = this.#messages.length;
  }

  #save(): void {
    if (this.#file) writeFileSync(this.#file, JSON.stringify(this.#messages), { mode: 0o600 });
  }

  post(
    channel: string,
    text: string,
    blocks: readonly unknown[],
    threadTs: string | null,
    at: Date,
    metadata?: unknown,
  ): SlackMessage {
    this.#counter += 1;
    const ts = `${Math.floor(at.getTime() / 1000)}.${String(this.#counter).padStart(6, "0")}`;
    const message: SlackMessage = {
      channel,
      ts,
      threadTs,
      text,
      blocks,
      at: at.toISOString(),
      versions: [],
      ...(metadata === undefined ? {} : { metadata }),
    };
    this.#messages.push(message);
    this.#save();
    return message;
  }

  find(channel: string, ts: string): SlackMessage | undefined {
    return this.#messages.find((m) => m.channel === channel && m.ts === ts);
  }

  edit(
    channel: string,
    ts: string,
    text: string,
    blocks: readonly unknown[],
    at: Date,
  ): SlackMessage | undefined {
    const index = this.#messages.findIndex((m) => m.channel === channel && m.ts === ts);
    const before = this.#messages[index];
    if (!before) return undefined;
    const version: Version = { at: before.at, text: before.text, blocks: before.blocks };
    const after: SlackMessage = {
      ...before,
      text,
      blocks,
      at: at.toISOString(),
      versions: [...before.versions, version],
    };
    this.#messages[index] = after;
    this.#save();
    return after;
  }

  /** As if somebody had deleted it in Slack: further updates answer `message_not_found`. */
  delete(channel: string, ts: string): boolean {
    const index = this.#messages.findIndex((m) => m.channel === channel && m.ts === ts);
    if (index >= 0) this.#messages.splice(index, 1);
    this.#save();
    return index >= 0;
  }

  all(): readonly SlackMessage[] {
    return this.#messages;
  }
}
