import type { KeptReading } from "./keep-reading.ts";

/** Readings of one run by segment; `base` readings have the audience "". */
export type Readings = ReadonlyMap<string, KeptReading>;
export const readingKey = (audience: string | null, system: string) => `${audience ?? ""}@${system}`;
