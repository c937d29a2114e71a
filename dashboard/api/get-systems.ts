import { queryOptions, useQuery } from "@tanstack/react-query";
import type { SystemList } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchSystemList = (signal: AbortSignal): Promise<SystemList> => get<SystemList>("/systems", signal);

export const systemsQuery = queryOptions({
  queryKey: ["systems"],
  queryFn: ({ signal }) => fetchSystemList(signal),
});

export const useSystems = () => useQuery(systemsQuery);
