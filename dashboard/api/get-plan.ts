import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { PlanDetail } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchPlan = (id: number, signal: AbortSignal): Promise<PlanDetail> =>
  get<PlanDetail>(`/plans/${id}`, signal);

/** Running plans are read each second, others now and then: a second person may act elsewhere. */
export const planQuery = (id: number) =>
  queryOptions({
    queryKey: ["plan", id],
    queryFn: ({ signal }) => fetchPlan(id, signal),
    refetchInterval: (query) => {
      const state = query.state.data?.plan.state;
      if (state === "applying" || state === "verifying") return 1000;
      return state === "draft" || state === "checked" || state === "approved" ? 5000 : false;
    },
  });

/** Everything else on the page is read anew at the moment a plan ends: the shell, its incident, the lists. */
export function usePlan(id: number) {
  const cache = useQueryClient();
  const plan = useQuery(planQuery(id));
  const state = plan.data?.plan.state;
  const before = useRef(state);
  useEffect(() => {
    const ran = before.current === "applying" || before.current === "verifying";
    if (ran && (state === "done" || state === "stopped")) void cache.invalidateQueries();
    before.current = state;
  }, [state, cache]);
  return plan;
}
