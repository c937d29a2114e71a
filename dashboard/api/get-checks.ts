import { queryOptions, useQuery } from "@tanstack/react-query";
import type { AudienceChecks } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchChecks = (audience: string, signal: AbortSignal): Promise<AudienceChecks> =>
  get<AudienceChecks>(`/audiences/${encodeURIComponent(audience)}/checks`, signal);

export const checksQuery = (audience: string) =>
  queryOptions({
    queryKey: ["checks", audience],
    queryFn: ({ signal }) => fetchChecks(audience, signal),
  });

/** What the last audit's checks said of this audience. */
export const useChecks = (audience: string) => useQuery(checksQuery(audience));
