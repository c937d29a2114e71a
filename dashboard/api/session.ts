import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "./client.ts";

/** Demo: act as another person. With people configured: sign in. */
export function useSession() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (who: { name: string; password?: string }) => post("/session", who),
    onSuccess: () => cache.invalidateQueries(),
  });
}
