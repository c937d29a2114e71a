import { queryOptions, useQuery } from "@tanstack/react-query";
import type { AudienceList } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchAudienceList = (signal: AbortSignal): Promise<AudienceList> =>
  get<AudienceList>("/audiences", signal);

export const audiencesQuery = queryOptions({
  queryKey: ["audiences"],
  queryFn: ({ signal }) => fetchAudienceList(signal),
});

export const useAudiences = () => useQuery(audiencesQuery);
