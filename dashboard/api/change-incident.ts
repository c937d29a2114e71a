import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Drafted, IncidentAction } from "../../app/api/contract.ts";
import { post } from "./client.ts";

export type IncidentVerb = "take" | "snooze" | "resolve" | "dismiss";
type Change = { readonly verb: IncidentVerb; readonly action: IncidentAction };

/** Take, snooze, resolve, or call it no problem; a stale version is refused with 409 and the fresh state is fetched. */
export function useChangeIncident(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, action }: Change) => post(`/incidents/${id}/${verb}`, action),
    onSettled: () => cache.invalidateQueries(),
  });
}

/** Drafts the repair of an incident. A draft changes nothing. */
export function useDraftRepair(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => post<Drafted>(`/incidents/${id}/plan`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["plans"] }),
  });
}
