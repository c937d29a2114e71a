import { Link, useSearch } from "@tanstack/react-router";
import type { IncidentList } from "../../app/api/contract.ts";
import { type IncidentFilter, useIncidents } from "../api/get-incidents.ts";
import { useStatus } from "../api/get-status.ts";
import type { IncidentSearch } from "../router.tsx";
import { freshness } from "../shell/freshness-chip.tsx";
import { usePageTitle } from "../shell/page-title.ts";
import { useClock } from "../ui/clock.tsx";
import { FilteredEmpty } from "../ui/filtered-empty.tsx";
import { capital, inWords, plural } from "../ui/format.ts";
import { IncidentTable } from "../ui/incident-table.tsx";
import { Mark } from "../ui/mark.tsx";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { Filters } from "./filters.tsx";
import "./incidents.css";

/** What is wrong? */
export function IncidentsPage() {
  usePageTitle("Incidents");
  const search = useSearch({ from: "/incidents" });
  const filter: IncidentFilter = { ...search, state: search.state ?? "open" };
  const incidents = useIncidents(filter);
  const narrowed = Boolean(search.severity || search.audience || search.system || search.check);
  return (
    <div className="stack">
      {incidents.data && <h1 className="head">{verdict(incidents.data, filter, narrowed)}</h1>}
      {incidents.data && <Filters search={search} />}
      {incidents.isError && (
        <ErrorBlock
          page={!incidents.data}
          error={incidents.error}
          what="The incidents could not be loaded"
          retry={() => void incidents.refetch()}
        />
      )}
      {!incidents.data && !incidents.isError && <Skeleton what="Reading the incidents" />}
      {incidents.data && incidents.data.incidents.length > 0 && (
        <IncidentTable incidents={incidents.data.incidents} />
      )}
      {incidents.data &&
        incidents.data.incidents.length === 0 &&
        (narrowed ? <Nothing search={search} /> : <AllFine all={search.state === "all"} />)}
    </div>
  );
}

function verdict(list: IncidentList, filter: IncidentFilter, narrowed: boolean) {
  const act = list.incidents.filter(
    (i) => i.severity === "act" && i.state !== "resolved" && !i.cantTell,
  ).length;
  const shown = list.incidents.length;
  if (narrowed)
    return (
      <>
        <strong>
          {capital(inWords(shown))} {shown === 1 ? "incident" : "incidents"}
        </strong>{" "}
        with these filters.
      </>
    );
  if (filter.state === "all")
    return (
      <>
        <strong>{capital(plural(shown, "incident"))}</strong>, open and resolved.
      </>
    );
  if (shown === 0) return "No open incidents.";
  return (
    <>
      <strong>
        {capital(inWords(shown))} open {shown === 1 ? "incident" : "incidents"}.
      </strong>{" "}
      {act === 0 ? "None is urgent." : `${capital(inWords(act))} ${act === 1 ? "needs" : "need"} action now.`}
    </>
  );
}

function Nothing(props: { search: IncidentSearch }) {
  const open = useStatus().data?.counts.openIncidents ?? null;
  const { state: _state, ...rest } = props.search;
  const on = Object.entries(rest).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return (
    <FilteredEmpty
      what="incident"
      filters={on.map(([name, value]) => [capital(name), value])}
      total={props.search.state === "all" ? null : open}
      clear={
        <Link to="/incidents" search={{}} className="btn">
          Clear filters
        </Link>
      }
    />
  );
}

/** All fine is said with its completeness: silence of a system that was not read proves nothing. */
function AllFine(props: { all: boolean }) {
  const clock = useClock();
  const systems = useStatus().data?.systems;
  const fresh = systems && freshness(systems, clock);
  return (
    <div className="stack" style={{ gap: 8, justifyItems: "start" }}>
      <p className="lead marked">
        <Mark name={fresh?.mark ?? "waiting"} silent />{" "}
        {fresh?.mark === "fine"
          ? "Everything agrees that was checked."
          : "Nothing was found in what could be read."}
      </p>
      {fresh && (
        <p className="soft">
          {fresh.strong} {fresh.text}.
        </p>
      )}
      {!props.all && (
        <Link to="/incidents" search={{ state: "all" }}>
          Closed incidents
        </Link>
      )}
    </div>
  );
}
