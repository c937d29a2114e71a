import { queryOptions, useQuery } from "@tanstack/react-query";
import type { RunList } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchRunList = (signal: AbortSignal): Promise<RunList> => get<RunList>("/runs", signal);

export const runsQuery = queryOptions({
  queryKey: ["runs"],
  queryFn: ({ signal }) => fetchRunList(signal),
});

export const useRuns = () => useQuery(runsQuery);
