import { queryOptions, useQuery } from "@tanstack/react-query";
import type { PlanList } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchPlanList = (signal: AbortSignal): Promise<PlanList> => get<PlanList>("/plans", signal);

export const plansQuery = queryOptions({
  queryKey: ["plans"],
  queryFn: ({ signal }) => fetchPlanList(signal),
});

export const usePlans = () => useQuery(plansQuery);
