import type { SlackContent } from "./message.ts";

export type Posted = { readonly channel: string; readonly ts: string };

/** What the alerts need of Slack. Throws AuditorError; `kind` says whether another try may help. */
export type SlackPort = {
  post(
    channel: string,
    content: SlackContent,
    thread?: { readonly ts: string; readonly broadcast: boolean },
  ): Promise<Posted>;
  /** `gone`: the message was deleted or may not be edited any more. */
  update(message: Posted, content: SlackContent): Promise<"updated" | "gone">;
  /** null: Slack does not tell. */
  permalink(message: Posted): Promise<string | null>;
};
