import { queryOptions, useQuery } from "@tanstack/react-query";
import type { IncidentDetail } from "../../app/api/contract.ts";
import { get } from "./client.ts";

const fetchIncident = (id: number, signal: AbortSignal): Promise<IncidentDetail> =>
  get<IncidentDetail>(`/incidents/${id}`, signal);

export const incidentQuery = (id: number) =>
  queryOptions({ queryKey: ["incident", id], queryFn: ({ signal }) => fetchIncident(id, signal) });

export const useIncident = (id: number) => useQuery(incidentQuery(id));
