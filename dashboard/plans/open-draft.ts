import { useNavigate } from "@tanstack/react-router";
import type { Drafted } from "../../app/api/contract.ts";

/** Goes to the plan that was just drafted. */
export function useOpenDraft(): (made: Drafted | null) => void {
  const navigate = useNavigate();
  return (made) => {
    if (made) void navigate({ to: "/plans/$id", params: { id: String(made.planId) } });
  };
}
