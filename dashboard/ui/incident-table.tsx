import { Link } from "@tanstack/react-router";
import type { IncidentRow } from "../../app/api/contract.ts";
import { useClock } from "./clock.tsx";
import { count } from "./format.ts";
import { incidentMark, incidentName, incidentState } from "./labels.ts";
import { Mark } from "./mark.tsx";
import "./incident-table.css";

export function IncidentTable(props: { incidents: readonly IncidentRow[] }) {
  const clock = useClock();
  return (
    <table className="table incidents">
      <thead>
        <tr>
          <th scope="col">Incident</th>
          <th scope="col">Where</th>
          <th scope="col" className="num">
            People
          </th>
          <th scope="col">State</th>
          <th scope="col" className="num">
            Since
          </th>
        </tr>
      </thead>
      <tbody>
        {props.incidents.map((incident) => (
          <tr key={incident.id} className={incident.state === "resolved" ? "over" : ""}>
            <td className="i-what">
              <span className="marked">
                <Mark name={incidentMark(incident)} />
                <span>
                  <Link
                    to="/incidents/$id"
                    params={{ id: String(incident.id) }}
                    data-row=""
                    className="row-link anyname"
                  >
                    {incident.title}
                  </Link>
                  <span className="soft anyname i-moved">{incident.moved}</span>
                </span>
              </span>
            </td>
            <td className="soft i-where">
              <span className="anyname">{incident.systemTitle}</span>
              {incident.audienceTitle && (
                <>
                  <br />
                  <span className="muted small anyname">{incident.audienceTitle}</span>
                </>
              )}
            </td>
            <td className="num i-people">
              <strong>{count(incident.people)}</strong>
              {incident.peak !== null && incident.people !== null && incident.peak > incident.people && (
                <>
                  <br />
                  <span className="muted small">peak {count(incident.peak)}</span>
                </>
              )}
            </td>
            <td className="soft i-state">
              <span className="anyname">{incidentState(incident)}</span>
              <br />
              <span className="muted small">
                {incidentName(incident.id)}
                {incident.state === "snoozed" &&
                  incident.snoozedUntil &&
                  `, until ${clock.when(incident.snoozedUntil)}`}
              </span>
            </td>
            <td className="num muted i-since">
              {clock.when(
                incident.state === "resolved" && incident.resolvedAt
                  ? incident.resolvedAt
                  : incident.openedAt,
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
