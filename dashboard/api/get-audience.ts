import { queryOptions, useQuery } from "@tanstack/react-query";
import type { AudienceDetail } from "../../app/api/contract.ts";
import { get, query } from "./client.ts";

const fetchAudience = (id: string, days: number, signal: AbortSignal): Promise<AudienceDetail> =>
  get<AudienceDetail>(`/audiences/${encodeURIComponent(id)}${query({ days })}`, signal);

export const audienceQuery = (id: string, days: number) =>
  queryOptions({
    queryKey: ["audience", id, days],
    queryFn: ({ signal }) => fetchAudience(id, days, signal),
  });

/** @param days length of the lines, 7 to 56 */
export const useAudience = (id: string, days: number) => useQuery(audienceQuery(id, days));
