import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ApproveRequest, Drafted, OverrideRequest, PlanDetail } from "../../app/api/contract.ts";
import { post } from "./client.ts";
import { planQuery } from "./get-plan.ts";

/**
 * One button: approves as this person, then applies when the approvals suffice.
 * Where they do not, the plan stays and says who has to come next.
 */
export function useApproveAndApply(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ detail, request }: { detail: PlanDetail; request: ApproveRequest }) => {
      if (detail.can.approve) await post(`/plans/${id}/approve`, request);
      const fresh = await cache.fetchQuery({ ...planQuery(id), staleTime: 0 });
      if (fresh.hash === request.hash && fresh.can.apply) await post(`/plans/${id}/apply`, request);
    },
    onSettled: () => cache.invalidateQueries(),
  });
}

export function useStopPlan(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => post(`/plans/${id}/stop`),
    onSettled: () => cache.invalidateQueries(),
  });
}

export function useOverride(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (request: OverrideRequest) => post(`/plans/${id}/override`, request),
    onSettled: () => cache.invalidateQueries(),
  });
}

export function useReview(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => post(`/plans/${id}/review`),
    onSettled: () => cache.invalidateQueries(),
  });
}

/** Drafts another plan from this one: its undo, or the same from fresh reads. */
export function useDraftFrom(id: number, verb: "undo" | "redraft") {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => post<Drafted>(`/plans/${id}/${verb}`),
    onSettled: () => cache.invalidateQueries(),
  });
}

/** The part that no removal limit holds back: a smaller plan of suppressions alone. */
export function useDraftSuppressions(plan: PlanDetail["plan"]) {
  const cache = useQueryClient();
  const path =
    plan.incidentId === null
      ? `/audiences/${encodeURIComponent(plan.audience)}/plan`
      : `/incidents/${plan.incidentId}/plan`;
  return useMutation({
    mutationFn: () => post<Drafted>(path, { only: ["suppress"] }),
    onSettled: () => cache.invalidateQueries(),
  });
}
