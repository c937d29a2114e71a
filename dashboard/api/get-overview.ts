import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Overview } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchOverview = (signal: AbortSignal): Promise<Overview> => get<Overview>("/overview", signal);

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => fetchOverview(signal),
});

export const useOverview = () => useQuery(overviewQuery);
