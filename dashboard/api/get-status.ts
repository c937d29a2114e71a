import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Status } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchStatus = (signal: AbortSignal): Promise<Status> => get<Status>("/status", signal);

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => fetchStatus(signal),
  refetchInterval: (query) => (query.state.data?.applying ? 1000 : 5000),
  staleTime: 2000,
});

export const useStatus = () => useQuery(statusQuery);
