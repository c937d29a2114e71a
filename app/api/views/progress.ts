import type { Progress } from "../../app.ts";

/** What the API tells of something long that runs. */
export const progressView = ({ what, done, of }: Progress): { what: string; done: number; of: number } => ({
  what,
  done,
  of,
});
