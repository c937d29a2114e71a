import { Link } from "@tanstack/react-router";
import type { AudienceList } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { purposeWord } from "../ui/labels.ts";
import { Mark } from "../ui/mark.tsx";

type Row = AudienceList["audiences"][number];

export function AudienceTable(props: { rows: readonly Row[]; systems: AudienceList["systems"] }) {
  const clock = useClock();
  const title = (id: string) => props.systems.find((s) => s.id === id)?.title ?? id;
  return (
    <div className="scroll-x">
      <table className="table audiences">
        <thead>
          <tr>
            <th scope="col">Audience</th>
            <th scope="col">Owner</th>
            <th scope="col" className="num">
              People there
            </th>
            <th scope="col" className="num">
              Missing
            </th>
            <th scope="col" className="num">
              Extra
            </th>
            <th scope="col">Copies</th>
            <th scope="col" className="num">
              Incidents
            </th>
            <th scope="col" className="num">
              Read
            </th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.id}>
              <td>
                <span className="marked">
                  <Mark name={row.mark} />
                  <span>
                    <Link
                      to="/audiences/$id"
                      params={{ id: row.id }}
                      data-row=""
                      className="row-link anyname"
                    >
                      {row.title}
                    </Link>{" "}
                    <span className="muted">{purposeWord(row.purpose)}</span>
                  </span>
                </span>
              </td>
              <td className="soft anyname">{row.ownerTitle}</td>
              <td className="num">
                <strong>{count(row.ownerSize)}</strong>
              </td>
              <td className="num">{count(row.missing)}</td>
              <td className="num">{count(row.extra)}</td>
              <td>
                <div className="copies">
                  {row.cells
                    .filter((c) => c.mark !== "absent" && c.mark !== "owner")
                    .map((cell) => (
                      <span key={cell.system} className="copy">
                        <Mark name={cell.mark} size={11} /> {title(cell.system)}
                      </span>
                    ))}
                </div>
              </td>
              <td className="num">
                {row.openIncidents > 0 ? (
                  <Link to="/incidents" search={{ audience: row.id }}>
                    {count(row.openIncidents)} open
                  </Link>
                ) : (
                  <span className="muted">none</span>
                )}
              </td>
              <td className="num muted">{row.asOf ? clock.when(row.asOf) : "not yet"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
