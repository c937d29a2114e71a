import type { Instant } from "../../core/model.ts";
import type { SlackContent } from "./message.ts";

export type Posted = { readonly channel: string; readonly ts: string };

/** What the alerts need of Slack. Throws AuditorError; `kind` says whether another try may help. */
export type PostOptions = {
  /** Travels with the message, unseen, so that it can be found again. */
  readonly key?: string;
  readonly thread?: { readonly ts: string; readonly broadcast: boolean };
};

/** What the alerts need of Slack. Throws AuditorError; `kind` says whether another try may help. */
export type SlackPort = {
  post(channel: string, content: SlackContent, options?: PostOptions): Promise<Posted>;
  /** The message with this key, posted about then; null: there is none. `unreadable`: we may not read the channel. */
  find(channel: string, key: string, about: Instant): Promise<Posted | null | "unreadable">;
  /** `gone`: the message was deleted or may not be edited any more. */
  update(message: Posted, content: SlackContent): Promise<"updated" | "gone">;
  /** null: Slack does not tell. */
  permalink(message: Posted): Promise<string | null>;
};
