import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { WritesRequest } from "../../app/api/contract.ts";
import { put } from "./client.ts";

/** Admins only; the server refuses everybody else. */
export function useSwitchWrites(system: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (request: WritesRequest) => put(`/systems/${encodeURIComponent(system)}/writes`, request),
    onSettled: () => cache.invalidateQueries(),
  });
}
