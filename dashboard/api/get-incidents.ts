import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import type { IncidentList } from "../../app/api/contract.ts";
import { get, query } from "./client.ts";

/** What the URL of the list holds; empty means "any". */
export type IncidentFilter = {
  readonly state: "open" | "all";
  readonly severity?: "act" | "look";
  readonly audience?: string;
  readonly system?: string;
  readonly check?: string;
};

const fetchIncidents = (filter: IncidentFilter, signal: AbortSignal): Promise<IncidentList> =>
  get<IncidentList>(`/incidents${query({ ...filter })}`, signal);

export const incidentsQuery = (filter: IncidentFilter) =>
  queryOptions({
    queryKey: ["incidents", filter],
    queryFn: ({ signal }) => fetchIncidents(filter, signal),
    placeholderData: keepPreviousData,
  });

export const useIncidents = (filter: IncidentFilter) => useQuery(incidentsQuery(filter));
