import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Static } from "typebox";
import type { AuditStarted } from "../../app/api/contract.ts";
import { post } from "./client.ts";

/** A manual read of everything. Writes to no system. */
export function useStartAudit() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => post<Static<typeof AuditStarted>>("/audit"),
    onSuccess: () => cache.invalidateQueries(),
  });
}
