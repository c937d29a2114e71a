import { queryOptions, useQuery } from "@tanstack/react-query";
import type { SystemOverlap } from "../../app/api/contract.ts";
import { get, query } from "./client.ts";

const fetchOverlap = (system: string, audience: string, signal: AbortSignal): Promise<SystemOverlap> =>
  get<SystemOverlap>(`/systems/${encodeURIComponent(system)}/overlap${query({ audience })}`, signal);

export const overlapQuery = (system: string, audience: string) =>
  queryOptions({
    queryKey: ["overlap", system, audience],
    queryFn: ({ signal }) => fetchOverlap(system, audience, signal),
  });

/** Which other audiences of this system hold the people of this one. */
export const useOverlap = (system: string, audience: string) => useQuery(overlapQuery(system, audience));
